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

/** The attributes of an existing listener. Nothing is looked up in the account. */
export interface ExistingListenerAttributes {
  /** The ARN of the listener. */
  readonly listenerArn: string;

  /**
   * The security group of the load balancer. An egress rule to the backends is added to it. A group that is imported with
   * `mutable: false` is not changed, and must already allow traffic to the backends.
   */
  readonly securityGroup: ec2.ISecurityGroup;

  /** The idle timeout of the load balancer, which must fit the times of every backend. */
  readonly idleTimeout: Duration;

  /** The URL of the listener without a path, such as `https://models.example.com`. */
  readonly url: string;
}

/** Attributes that a CDK listener does not have. */
export interface ExistingListenerOptions {
  /**
   * The idle timeout of the load balancer, which must fit the times of every backend. It is required if the load balancer
   * is not defined in the app.
   *
   * @default - that of the load balancer, if it is defined in the app
   */
  readonly idleTimeout?: Duration;

  /**
   * The security group of the load balancer. An egress rule to the backends is added to it.
   *
   * @default - the first security group of the listener
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * The URL of the listener without a path, such as `https://models.example.com`. It is required if the load balancer is
   * not defined in the app.
   *
   * @default - the DNS name of the load balancer, if it is defined in the app
   */
  readonly url?: string;
}

/** A listener that the platform uses and does not create. */
export class ExistingListener {
  /**
   * A CDK listener, imported or defined in this app. If its load balancer is defined in the app, the idle timeout, the URL
   * and the VPC are read from it.
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

  /**
   * A listener with these attributes.
   *
   * @example
   * declare const vpc: ec2.IVpc;
   * const listener = aws.ExistingListener.fromAttributes({
   *   listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/models/...',
   *   securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, 'LoadBalancer', 'sg-0123456789abcdef0'),
   *   idleTimeout: Duration.seconds(300),
   *   url: 'https://models.example.com',
   * });
   * new aws.EcsPlatform(this, 'Platform', { vpc, listener });
   */
  public static fromAttributes(attributes: ExistingListenerAttributes): ExistingListener {
    checkOptions('aws.ExistingListenerAttributes', attributes, 'attributes');
    requireShape('securityGroup', attributes.securityGroup, SECURITY_GROUP);
    requireIdentifier('url', attributes.url);
    return new ExistingListener(attributes);
  }

  /** Whether `x` is an ExistingListener, including one created by another copy of this package. */
  public static isExistingListener(x: unknown): x is ExistingListener {
    return hasTag('ExistingListener', x);
  }

  /** The ARN of the listener. */
  public readonly listenerArn: string;

  private constructor(
    /** @internal */
    public readonly _declared: DeclaredListener,
  ) {
    this.listenerArn = requireIdentifier('listenerArn', _declared.listenerArn);
    if (_declared.url !== undefined) requireIdentifier('url', _declared.url);
  }
}

tagClass('ExistingListener', ExistingListener);

/** @internal */
interface DeclaredListener extends ExistingListenerOptions {
  readonly listenerArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly vpc?: ec2.IVpc;
}
