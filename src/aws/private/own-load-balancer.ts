import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';

/** The idle timeout of a load balancer that does not set it. */
const STANDARD_IDLE_SECONDS = 60;

const IDLE = 'idle_timeout.timeout_seconds';

/** The ports that a URL leaves out. */
const STANDARD_PORTS: { readonly [protocol: string]: number } = { HTTP: 80, HTTPS: 443 };

/** What the app knows of the load balancer of a listener that it contains. */
export class OwnLoadBalancer {
  /** The load balancer of the listener with this ARN; undefined where one of them is not part of the app. */
  public static of(listenerArn: string): OwnLoadBalancer | undefined {
    const listener = resourceOf<elbv2.CfnListener>(listenerArn, 'Listener');
    const balancer = resourceOf<elbv2.CfnLoadBalancer>(listener?.loadBalancerArn, 'LoadBalancer');
    return listener === undefined || balancer === undefined ? undefined : new OwnLoadBalancer(listener, balancer);
  }

  private constructor(
    private readonly listener: elbv2.CfnListener,
    private readonly balancer: elbv2.CfnLoadBalancer,
  ) {}

  /** The path of the load balancer in the tree. */
  public get path(): string {
    return this.balancer.node.path;
  }

  /** The idle timeout as it is now; undefined where only the deployment decides it. */
  public get idleSeconds(): number | undefined {
    const attributes = Stack.of(this.balancer).resolve(this.balancer.loadBalancerAttributes) as Attribute[] | undefined;
    const value = attributes?.find(({ key }) => key === IDLE)?.value;
    if (value === undefined) return STANDARD_IDLE_SECONDS;
    const seconds = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
    return Number.isNaN(seconds) ? undefined : seconds;
  }

  /** The URL of the listener without a path. */
  public get url(): string {
    const { protocol = 'HTTP', port } = this.listener;
    const suffix = port === undefined || port === STANDARD_PORTS[protocol] ? '' : `:${port}`;
    return `${protocol.toLowerCase()}://${this.balancer.attrDnsName}${suffix}`;
  }
}

interface Attribute {
  readonly key?: string;
  readonly value?: unknown;
}

/** The resource of the app that a reference refers to, if it has this type. */
function resourceOf<T extends CfnResource>(reference: string | undefined, type: string): T | undefined {
  if (reference === undefined) return undefined;
  const { length, firstToken: token } = Tokenization.reverseString(reference);
  if (length !== 1 || token === undefined || !Reference.isReference(token)) return undefined;
  const target: IConstruct = token.target;
  const isOne = CfnResource.isCfnResource(target) && target.cfnResourceType === `AWS::ElasticLoadBalancingV2::${type}`;
  return isOne ? (target as T) : undefined;
}
