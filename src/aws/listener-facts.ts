import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { requireIdentifier, requireNumber } from '../private/checks';
import { renderError, ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';
import type { EcsPlatformProps } from './ecs-platform-props';

/** The facts about an existing listener that a platform uses, declared or read from the app. */
export interface ListenerFacts {
  readonly listenerArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly vpc?: ec2.IVpc;
  readonly url: string;
  readonly idleSeconds: number;
}

/** Props that configure a new load balancer. */
const OF_NEW_BALANCER = [
  'publicAccess',
  'certificate',
  'allowPlainHttp',
  'idleTimeout',
  'loadBalancerSubnets',
  'loadBalancerLogs',
  'deletionProtection',
] as const;

/** Checks the props of an existing listener, and completes them from its load balancer if that is defined in the app. */
export function listenerFacts(props: EcsPlatformProps, at: IConstruct): ListenerFacts | undefined {
  if (props.listener === undefined) return undefined;
  const { listenerArn, securityGroup, vpc, ...stated } = props.listener._declared;
  const conflicting = OF_NEW_BALANCER.find((prop) => props[prop] !== undefined);
  if (conflicting !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'${conflicting}' configures a new load balancer, but 'listener' belongs to an existing one; remove one of them`,
      at,
    );
  }
  if (props.vpc === undefined && props.cluster === undefined && vpc === undefined) {
    throw new ServingError(
      'NetworkRequired',
      "'listener' requires 'vpc' or 'cluster', because backends must run in the network of its load balancer; set one of them",
      at,
    );
  }
  const own = ownLoadBalancer(listenerArn);
  const url = requireIdentifier('listener.url', stated.url ?? (own?.url as string), at);
  if (!isUnresolved(url) && !/^https?:\/\/[^/]+\/?$/.test(url)) {
    throw new ServingError(
      'InvalidUrl',
      `'url' ('${url}') of 'listener' must be a scheme and a host without a path, such as 'https://models.example.com'`,
      at,
    );
  }
  const seconds = stated.idleTimeout?.toSeconds() ?? own?.idleSeconds;
  if (seconds === undefined) {
    throw new ServingError(
      'InvalidType',
      "'idleTimeout' (undefined) of 'listener' must be a Duration, for example Duration.seconds(60), because the app does not define the idle timeout of the load balancer",
      at,
    );
  }
  const idleSeconds = requireNumber('idleTimeout', seconds, { min: 1, max: 4000, integer: true, at });
  if (own !== undefined) {
    const found = own.idleSeconds;
    if (found !== undefined && found !== idleSeconds)
      throw new ServingError('ConflictingProps', contradiction(idleSeconds, found, own.path), at);
    at.node.addValidation({
      validate: () => {
        const { idleSeconds: last = idleSeconds } = own;
        return last === idleSeconds
          ? []
          : [renderError('ConflictingProps', contradiction(idleSeconds, last, own.path), at.node.path)];
      },
    });
  }
  return { listenerArn, securityGroup, vpc, url: url.replace(/\/$/, ''), idleSeconds };
}

function ownLoadBalancer(listenerArn: string): import('./private/own-load-balancer').OwnLoadBalancer | undefined {
  if (!isUnresolved(listenerArn)) return undefined;
  const { OwnLoadBalancer } = require('./private/own-load-balancer') as typeof import('./private/own-load-balancer');
  return OwnLoadBalancer.of(listenerArn);
}

function contradiction(used: number, found: number, path: string): string {
  return `'idleTimeout' (${used} s) of 'listener' differs from the idle timeout of load balancer '${path}' (${found} s); remove 'idleTimeout', and set that of the load balancer before the platform is created`;
}
