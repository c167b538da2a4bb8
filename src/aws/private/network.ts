import { Fn, Stack } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Warning } from '../../constructs/private/warnings';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { CorsIntent } from '../../plan/intents';
import { isUnresolved } from '../../private/tokens';
import type { EcsPlatformProps } from '../ecs-platform-props';
import type { ListenerFacts } from '../listener-facts';
import { outermostStack } from '../stack';
import { late } from './late';
import { setBalancerLogs } from './operate/balancer-logs';
import { acceptsRules } from './outbound';
import { balancerSubnets } from './subnets';
import { TaskNetwork } from './task-network';
import { PlatformVpc } from './vpc';

/**
 * How the load balancer handles headers. The last two are its defaults, set explicitly because they are deliberate.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
const HEADER_POLICY: Partial<elbv2.ApplicationLoadBalancerProps> = {
  dropInvalidHeaderFields: true,
  // Closes the connections of ambiguous requests, which prevents request smuggling. The strictest mode also rejects harmless
  // requests, such as a GET with 'Content-Length: 0'.
  desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
  // The last address is that of the caller; those before it were sent by the caller.
  xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
};

/** The network, cluster and load balancer that the endpoints of a platform share. */
export class Network {
  public readonly vpc: ec2.IVpc;
  public readonly cluster: ecs.ICluster;
  public readonly loadBalancer?: elbv2.ApplicationLoadBalancer;
  public readonly listener?: elbv2.ApplicationListener;
  public readonly listenerArn: string;
  /** The security group of the load balancer, the only one that backends accept traffic from. */
  public readonly securityGroup: ec2.ISecurityGroup;
  /**
   * The group that the load balancer can connect to, which every backend is in: rules for each backend would exceed the quota.
   * Undefined if no rules can be added to the group of the load balancer.
   */
  public readonly backendGroup?: ec2.ISecurityGroup;
  /** The URL of the listener without a path. */
  public readonly url: string;
  /** Where tasks and instances run. */
  public readonly tasks: TaskNetwork;

  /** The listener on port 80 that redirects to the other one. */
  private readonly redirect?: elbv2.ApplicationListener;

  constructor(platform: TargetPlatform, props: EcsPlatformProps, existing?: ListenerFacts) {
    const given = props.vpc ?? props.cluster?.vpc ?? existing?.vpc;
    const own = given === undefined ? new PlatformVpc(platform, props) : undefined;
    this.vpc = given ?? (own as PlatformVpc).vpc;
    this.tasks = new TaskNetwork(platform, this.vpc, own, props);
    this.cluster = props.cluster ?? makeCluster(platform, this.vpc);
    this.securityGroup = existing?.securityGroup ?? this.makeSecurityGroup(platform, props);
    this.backendGroup = this.makeBackendGroup(platform);
    if (existing !== undefined) {
      this.listenerArn = existing.listenerArn;
      this.url = existing.url;
      return;
    }
    this.loadBalancer = this.makeLoadBalancer(platform, props);
    const { certificate } = props;
    const plain = makeListener(platform, this.loadBalancer, certificate === undefined ? NOT_FOUND : REDIRECT);
    this.redirect = certificate === undefined ? undefined : plain;
    this.listener = certificate === undefined ? plain : makeSecureListener(platform, this.loadBalancer, certificate);
    addCors(this.listener, platform);
    this.listenerArn = this.listener.listenerArn;
    this.url = `${props.certificate === undefined ? 'http' : 'https'}://${this.loadBalancer.loadBalancerDnsName}`;
  }

  /** The part of the ARN by which CloudWatch identifies the load balancer: `app/<name>/<id>`. */
  public get loadBalancerFullName(): string {
    return this.loadBalancer?.loadBalancerFullName ?? this.nameInListener;
  }

  /** The ARN of the load balancer, or one in which CloudWatch's name of the load balancer is at the same position. */
  public get loadBalancerArn(): string {
    if (this.loadBalancer !== undefined) return this.loadBalancer.loadBalancerArn;
    if (isUnresolved(this.listenerArn)) return this.listenerArn;
    return this.listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
  }

  /**
   * CloudWatch's name of the load balancer for a user in any stack. In other stacks it is a part of the listener's ARN, which
   * rules refer to anyway, so that the user adds no export.
   */
  public loadBalancerNameIn(user: Construct): string {
    if (this.loadBalancer !== undefined && Stack.of(user) === Stack.of(this.loadBalancer))
      return this.loadBalancer.loadBalancerFullName;
    return this.nameInListener;
  }

  private get nameInListener(): string {
    const parts = Fn.split('/', this.listenerArn);
    return Fn.join(
      '/',
      [1, 2, 3].map((index) => (index === 1 ? 'app' : Fn.select(index, parts))),
    );
  }

  private makeSecurityGroup(platform: TargetPlatform, props: EcsPlatformProps): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(platform, 'LoadBalancerSecurityGroup', {
      vpc: this.vpc,
      description: 'Load balancer of the model endpoints',
      allowAllOutbound: false,
    });
    const callers = props.publicAccess ? ec2.Peer.anyIpv4() : ec2.Peer.ipv4(this.vpc.vpcCidrBlock);
    const ports = props.certificate === undefined ? [80] : [443, 80];
    for (const port of ports) group.addIngressRule(callers, ec2.Port.tcp(port), 'Callers of the endpoints');
    return group;
  }

  private makeLoadBalancer(platform: TargetPlatform, props: EcsPlatformProps): elbv2.ApplicationLoadBalancer {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(platform, 'LoadBalancer', {
      vpc: this.vpc,
      vpcSubnets: balancerSubnets(this.vpc, props, platform),
      internetFacing: props.publicAccess ?? false,
      securityGroup: this.securityGroup,
      deletionProtection: props.deletionProtection ?? false,
      ...HEADER_POLICY,
    });
    const { loadBalancerLogs: logs } = props;
    if (!setBalancerLogs(platform, loadBalancer, logs)) platform._warn(platform, [unwritableLogs(logs?.bucket)]);
    // The L2 property does not accept lazy numbers, and the idle timeout depends on endpoints that are added later.
    loadBalancer.setAttribute(
      'idle_timeout.timeout_seconds',
      late.string(() => String(platform.plan().balancer.idle)),
    );
    return loadBalancer;
  }

  private makeBackendGroup(platform: TargetPlatform): ec2.ISecurityGroup | undefined {
    if (!acceptsRules(this.securityGroup)) return undefined;
    const group = new ec2.SecurityGroup(platform, 'BackendSecurityGroup', {
      vpc: this.vpc,
      description: 'Backends, as the destination of the load balancer',
      allowAllOutbound: false,
    });
    new ec2.CfnSecurityGroupEgress(group, 'FromLoadBalancer', {
      ipProtocol: 'tcp',
      // Backends allow only the ports of their own.
      fromPort: 0,
      toPort: 65_535,
      groupId: this.securityGroup.securityGroupId,
      destinationSecurityGroupId: group.securityGroupId,
      description: 'Requests to the backends',
    });
    return group;
  }

  /**
   * Keeps what other stacks may still refer to. When a certificate is added, their rules are on the listener of port 80 until
   * they are deployed themselves, and the platform is deployed first.
   */
  public keepFor(user: Construct): void {
    if (this.redirect === undefined) return;
    const own = outermostStack(Stack.of(this.redirect)) as Stack;
    if (outermostStack(Stack.of(user)) !== own && own === Stack.of(this.redirect))
      own.exportValue(this.redirect.listenerArn);
  }
}

/** The attributes of the listener that add the headers of cross-origin requests, by their suffix. */
const CORS_ATTRIBUTES: { readonly [suffix: string]: (cors: CorsIntent) => string } = {
  allow_origin: ({ origins }) => origins[0] as string,
  allow_methods: ({ methods }) => methods.join(','),
  allow_headers: ({ headers }) => headers.join(','),
  allow_credentials: ({ credentials }) => (credentials ? 'true' : ''),
  expose_headers: ({ exposedHeaders }) => exposedHeaders.join(','),
  max_age: ({ maxAgeSeconds }) => String(maxAgeSeconds),
};

/** Adds the headers of cross-origin requests to all responses of the listener. All endpoints have the same. */
function addCors(listener: elbv2.ApplicationListener, platform: TargetPlatform): void {
  (listener.node.defaultChild as elbv2.CfnListener).listenerAttributes = late.any(() => {
    const cors = platform.plan().endpoints.find((endpoint) => endpoint.cors !== undefined)?.cors;
    if (cors === undefined) return undefined;
    return Object.entries(CORS_ATTRIBUTES)
      .map(([suffix, textOf]) => ({
        key: `routing.http.response.access_control_${suffix}.header_value`,
        value: textOf(cors),
      }))
      .filter(({ value }) => value !== '');
  });
}

/** Creates a cluster. */
export function makeCluster(scope: Construct, vpc: ec2.IVpc): ecs.Cluster {
  return new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
}

/** The load balancer cannot be created without the permission, and the policy of an imported bucket is not in the app. */
function unwritableLogs(bucket: s3.IBucket | undefined): Warning {
  return {
    id: 'logBucketPolicy',
    message: `the policy of bucket '${bucket?.bucketName}' in 'loadBalancerLogs' is not defined in the app, and must allow logdelivery.elasticloadbalancing.amazonaws.com to put objects; check it, and acknowledge this warning`,
  };
}

const NOT_FOUND = elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' });
const REDIRECT = elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });

/**
 * The listener on port 80. Each port has a listener with an id of its own, because a listener cannot be created on a port that
 * another one still has: a certificate that is added or removed adds or removes the other listener, and the rules move.
 */
function makeListener(
  platform: TargetPlatform,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  defaultAction: elbv2.ListenerAction,
): elbv2.ApplicationListener {
  return new elbv2.ApplicationListener(platform, 'Listener', {
    loadBalancer,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open: false,
    defaultAction,
  });
}

/** The listener on port 443. */
function makeSecureListener(
  platform: TargetPlatform,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  certificate: acm.ICertificate,
): elbv2.ApplicationListener {
  return new elbv2.ApplicationListener(platform, 'HttpsListener', {
    loadBalancer,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates: [certificate],
    // TLS 1.3, or 1.2 with forward secrecy and authenticated encryption.
    sslPolicy: elbv2.SslPolicy.TLS13_RES,
    open: false,
    defaultAction: NOT_FOUND,
  });
}
