import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { requireIdentifier, requireShape, type Shape } from '../private/checks';
import { checkOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import type { Duration } from '../units/duration';

const LISTENER: Shape = {
  kind: 'an elbv2.IApplicationListener',
  member: 'listenerArn',
  example: "loadBalancer.addListener('Listener', { port: 80, open: false, defaultAction })",
};

const SECURITY_GROUP: Shape = {
  kind: 'an ec2.ISecurityGroup',
  member: 'securityGroupId',
  example: "ec2.SecurityGroup.fromSecurityGroupId(this, 'Balancer', 'sg-1')",
};

/** The attributes of a listener that exists already: nothing is looked up. */
export interface ExistingListenerAttributes {
  /** The ARN of the listener. */
  readonly listenerArn: string;

  /**
   * The security group of the load balancer, which gets a rule to reach each backend. One that was imported with
   * `mutable: false` is left as it is, and must reach the backends already.
   */
  readonly securityGroup: ec2.ISecurityGroup;

  /** The idle timeout of the load balancer, against which every backend is checked. */
  readonly idleTimeout: Duration;

  /** The URL of the listener without a path, such as `https://models.example.com`. */
  readonly url: string;
}

/** What a listener of CDK does not contain. */
export interface ExistingListenerOptions {
  /**
   * The idle timeout of the load balancer, against which every backend is checked. It is required where the load balancer
   * is not part of the app.
   *
   * @default - that of the load balancer, if it is part of the app
   */
  readonly idleTimeout?: Duration;

  /**
   * The security group of the load balancer, which gets a rule to reach each backend.
   *
   * @default - the first one of the listener
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * The URL of the listener without a path, such as `https://models.example.com`. It is required where the load balancer is
   * not part of the app.
   *
   * @default - the DNS name of the load balancer, if it is part of the app
   */
  readonly url?: string;
}

/** A listener that the platform uses and does not create. */
export class ExistingListener {
  /**
   * A listener as CDK knows it, imported or of this app. What the app knows of its load balancer is read: the idle timeout,
   * the address and the network.
   *
   * @example
   * declare const loadBalancer: elbv2.ApplicationLoadBalancer;
   * const defaultAction = elbv2.ListenerAction.fixedResponse(404);
   * const listener = loadBalancer.addListener('Models', { port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, defaultAction });
   * new aws.EcsPlatform(this, 'Platform', { listener: aws.ExistingListener.fromListener(listener) });
   */
  public static fromListener(
    listener: elbv2.IApplicationListener,
    options: ExistingListenerOptions = {},
  ): ExistingListener {
    checkOptions('aws.ExistingListenerOptions', options, 'options');
    requireShape('listener', listener, LISTENER);
    const securityGroup = options.securityGroup ?? listener.connections?.securityGroups[0];
    const { loadBalancer } = listener as Partial<elbv2.ApplicationListener>;
    return new ExistingListener({
      ...options,
      listenerArn: listener.listenerArn,
      securityGroup: requireShape('securityGroup', securityGroup as ec2.ISecurityGroup, SECURITY_GROUP),
      vpc: loadBalancer?.vpc,
    });
  }

  /** A listener by its attributes. */
  public static fromAttributes(attributes: ExistingListenerAttributes): ExistingListener {
    checkOptions('aws.ExistingListenerAttributes', attributes, 'attributes');
    requireShape('securityGroup', attributes.securityGroup, SECURITY_GROUP);
    requireIdentifier('url', attributes.url);
    return new ExistingListener(attributes);
  }

  /** Whether `x` is such a listener, also one of another copy of this package. */
  public static isExistingListener(x: unknown): x is ExistingListener {
    return hasTag('ExistingListener', x);
  }

  /** The ARN of the listener. */
  public readonly listenerArn: string;

  private constructor(
    /** @internal */
    public readonly _known: KnownListener,
  ) {
    this.listenerArn = requireIdentifier('listenerArn', _known.listenerArn);
    if (_known.url !== undefined) requireIdentifier('url', _known.url);
  }
}

tagClass('ExistingListener', ExistingListener);

/** @internal */
interface KnownListener extends ExistingListenerOptions {
  readonly listenerArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly vpc?: ec2.IVpc;
}
