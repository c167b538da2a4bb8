import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';

/** The default idle timeout of a load balancer. */
const STANDARD_IDLE_SECONDS = 60;

const IDLE = 'idle_timeout.timeout_seconds';

/** The default ports, which are omitted from URLs. */
const STANDARD_PORTS: { readonly [protocol: string]: number } = { HTTP: 80, HTTPS: 443 };

/** The load balancer of a listener, both defined in the app. */
export class OwnLoadBalancer {
  /** The load balancer of the listener with this ARN; undefined if one of them is not defined in the app. */
  public static of(listenerArn: string): OwnLoadBalancer | undefined {
    const listener = resourceOf<elbv2.CfnListener>(listenerArn, 'Listener');
    const balancer = resourceOf<elbv2.CfnLoadBalancer>(listener?.loadBalancerArn, 'LoadBalancer');
    return listener === undefined || balancer === undefined ? undefined : new OwnLoadBalancer(listener, balancer);
  }

  private constructor(
    private readonly listener: elbv2.CfnListener,
    private readonly balancer: elbv2.CfnLoadBalancer,
  ) {}

  /** The path of the load balancer in the construct tree. */
  public get path(): string {
    return this.balancer.node.path;
  }

  /** The current idle timeout; undefined if its value is known only at deployment. */
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

/** The resource that a reference refers to, if it is defined in the app and has this type. */
function resourceOf<T extends CfnResource>(reference: string | undefined, type: string): T | undefined {
  if (reference === undefined) return undefined;
  const { length, firstToken: token } = Tokenization.reverseString(reference);
  if (length !== 1 || token === undefined || !Reference.isReference(token)) return undefined;
  const target: IConstruct = token.target;
  const matches =
    CfnResource.isCfnResource(target) && target.cfnResourceType === `AWS::ElasticLoadBalancingV2::${type}`;
  return matches ? (target as T) : undefined;
}
