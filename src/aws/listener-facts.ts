import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { requireIdentifier, requireNumber } from '../private/checks';
import { renderError, ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';
import type { EcsPlatformProps } from './ecs-platform-props';

/** What a platform uses of a listener that exists, stated or read from the app. */
export interface ListenerFacts {
  readonly listenerArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly vpc?: ec2.IVpc;
  readonly url: string;
  readonly idleSeconds: number;
}

/** Props that describe a new load balancer. */
const OF_NEW_BALANCER = ['publicAccess', 'certificate', 'allowPlainHttp', 'idleTimeout'] as const;

/** Checks the props about an existing listener, and completes them with what the app knows of its load balancer. */
export function listenerFacts(props: EcsPlatformProps, at: IConstruct): ListenerFacts | undefined {
  if (props.listener === undefined) return undefined;
  const { listenerArn, securityGroup, vpc, ...stated } = props.listener._known;
  const useless = OF_NEW_BALANCER.find((prop) => props[prop] !== undefined);
  if (useless !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'${useless}' describes a new load balancer, but 'listener' names one that exists; leave one of them out`,
      at,
    );
  }
  if (props.vpc === undefined && props.cluster === undefined && vpc === undefined) {
    throw new ServingError(
      'NetworkRequired',
      "'listener' belongs to a load balancer in a network that exists, where its backends must be too; name that with 'vpc' or 'cluster'",
      at,
    );
  }
  const own = ownLoadBalancer(listenerArn);
  const url = requireIdentifier('listener.url', stated.url ?? (own?.url as string), at);
  if (!isUnresolved(url) && !/^https?:\/\/[^/]+\/?$/.test(url)) {
    throw new ServingError(
      'InvalidUrl',
      `'url' ('${url}') of 'listener' must have a scheme and a host and no path, such as 'https://models.example.com'`,
      at,
    );
  }
  const seconds = stated.idleTimeout?.toSeconds() ?? own?.idleSeconds;
  if (seconds === undefined) {
    throw new ServingError(
      'InvalidType',
      "'idleTimeout' (undefined) of 'listener' must be a Duration, for example Duration.seconds(60): the app does not contain the idle timeout of the load balancer",
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
  return `'idleTimeout' (${used} s) of 'listener' differs from the idle timeout of load balancer '${path}' (${found} s); leave 'idleTimeout' out, and set that of the load balancer before the platform is constructed`;
}
