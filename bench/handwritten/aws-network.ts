import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

/** The resources that all endpoints share. */
export class Network extends Construct {
  readonly vpc: ec2.Vpc;
  readonly cluster: ecs.Cluster;
  readonly securityGroup: ec2.SecurityGroup;
  /** All backends, as the destination of the load balancer: a rule for each would exceed the quota. */
  readonly backendGroup: ec2.SecurityGroup;
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly listener: elbv2.ApplicationListener;
  /** The next free priorities of the rules of endpoints, and of the rules that attach backends. */
  nextRule = 1;
  nextAnchor = 40_000;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      restrictDefaultSecurityGroup: false,
    });
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    this.securityGroup = new ec2.SecurityGroup(this, 'LoadBalancerSecurityGroup', {
      vpc: this.vpc,
      description: 'Load balancer of the model endpoints',
      allowAllOutbound: false,
    });
    this.securityGroup.addIngressRule(
      ec2.Peer.ipv4(this.vpc.vpcCidrBlock),
      ec2.Port.tcp(80),
      'Callers of the endpoints',
    );
    this.backendGroup = new ec2.SecurityGroup(this, 'BackendSecurityGroup', {
      vpc: this.vpc,
      description: 'Backends, as the destination of the load balancer',
      allowAllOutbound: false,
    });
    new ec2.CfnSecurityGroupEgress(this.backendGroup, 'FromLoadBalancer', {
      ipProtocol: 'tcp',
      fromPort: 0,
      toPort: 65_535,
      groupId: this.securityGroup.securityGroupId,
      destinationSecurityGroupId: this.backendGroup.securityGroupId,
      description: 'Requests to the backends',
    });
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: this.vpc,
      internetFacing: false,
      securityGroup: this.securityGroup,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
      idleTimeout: Duration.seconds(70),
      deletionProtection: false,
    });
    // A load balancer keeps attributes that a template no longer has.
    for (const kind of ['access_logs', 'connection_logs'])
      this.loadBalancer.setAttribute(`${kind}.s3.enabled`, 'false');
    this.listener = new elbv2.ApplicationListener(this, 'Listener', {
      loadBalancer: this.loadBalancer,
      protocol: elbv2.ApplicationProtocol.HTTP,
      open: false,
      defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' }),
    });
  }
}
