import { requireName, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { freeze } from '../private/freeze';
import { checkOptions, checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';
import { requireSeconds } from '../units/private/seconds';
import type { GatewayFeatures } from './gateway-features';
import { type GatewayPolicyProps, GatewayPolicyScope } from './gateway-policy';
import type { GatewayProfileOptions } from './gateway-profile-options';
import { ENVOY_GATEWAY } from './gateway-profiles/envoy-gateway';
import { PORTABLE } from './gateway-profiles/portable';
import { MAX_BACKENDS } from './private/gateway-target';

/** The maximum of Gateway API: https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref */
const MAX_WEIGHT = 1_000_000;

/** A day, which is longer than any server keeps a connection. */
const MAX_IDLE_SECONDS = 86_400;

/** The bounds of a gateway's propagation delay, in seconds. */
export const PROPAGATION = { min: 1, max: 600 };

/** The bounds of the idle timeout of connections to servers, in seconds. */
export const IDLE = { min: 1, max: MAX_IDLE_SECONDS };

/**
 * What a gateway supports, and how it is configured.
 *
 * @example
 *
 * const profile = kubernetes.GatewayProfile.custom({
 *   ...kubernetes.GatewayProfile.ENVOY_GATEWAY.options,
 *   name: 'the edge gateway',
 *   propagationDelay: Duration.seconds(15),
 * });
 * const gateway = kubernetes.Gateway.fromName('edge', { profile });
 */
export class GatewayProfile {
  /**
   * What every conformant implementation of Gateway API 1.4 or newer supports. Algorithm, request timeout and 405
   * are left to the gateway.
   */
  public static readonly PORTABLE = new GatewayProfile(PORTABLE);
  /** Envoy Gateway 1.9 or newer, with its policies for the algorithm, idle connections and 405. */
  public static readonly ENVOY_GATEWAY = new GatewayProfile(ENVOY_GATEWAY);

  /** A profile for any other gateway, with the same options as the built-in profiles. */
  public static custom(options: GatewayProfileOptions): GatewayProfile {
    checkOptions('kubernetes.GatewayProfileOptions', options, 'options');
    requireName('name', options.name);
    checkTimes(options);
    requireNumber('maxWeight', options.maxWeight ?? 1, { min: 1, max: MAX_WEIGHT, integer: true });
    requireNumber('maxBackends', options.maxBackends ?? 1, { min: 1, max: MAX_BACKENDS, integer: true });
    for (const [status, value] of Object.entries(options.statuses ?? {}))
      requireNumber(`statuses.${status}`, value, { min: 400, max: 599, integer: true });
    checkPolicies(options);
    return new GatewayProfile(options);
  }

  /** The name in messages. */
  public readonly name: string;
  /** The options of the profile. Spread them to derive another profile. */
  public readonly options: GatewayProfileOptions;

  private constructor(options: GatewayProfileOptions) {
    const { features, statuses, policies } = options;
    this.name = options.name;
    this.options = freeze({
      ...options,
      ...(features !== undefined && { features: copyOf(features) }),
      ...(statuses !== undefined && { statuses: { ...statuses } }),
      ...(policies !== undefined && { policies: [...policies] }),
    });
  }
}

tagClass('GatewayProfile', GatewayProfile);

function copyOf(features: GatewayFeatures): GatewayFeatures {
  return Object.fromEntries(Object.entries(features).map(([member, support]) => [member, support && { ...support }]));
}

function checkTimes({ idleTimeout, clientIdleTimeout, propagationDelay }: GatewayProfileOptions): void {
  if (idleTimeout !== undefined) requireSeconds('idleTimeout', idleTimeout, IDLE);
  if (clientIdleTimeout !== undefined) requireSeconds('clientIdleTimeout', clientIdleTimeout, IDLE);
  if (propagationDelay !== undefined) requireSeconds('propagationDelay', propagationDelay, PROPAGATION);
}

const PARTS = [
  ['id', /^[A-Za-z][A-Za-z0-9]*$/, 'TrafficPolicy'],
  ['apiVersion', /^(?:[a-z0-9.-]+\/)?v[0-9][a-z0-9]*$/, 'gateway.example.com/v1'],
  ['kind', /^[A-Z][A-Za-z0-9]*$/, 'TrafficPolicy'],
  ['nameSuffix', /^(?:-[a-z0-9]+)*$/, '-policy'],
] as const;

function checkPolicies({ policies = [], methodNotAllowed }: GatewayProfileOptions): void {
  const all = policies.map(({ props }, index): [string, GatewayPolicyProps] => [`policies[${index}]`, props]);
  if (methodNotAllowed !== undefined) all.push(['methodNotAllowed', methodNotAllowed.props]);
  all.forEach(([prop, props], index) => {
    checkValue('kubernetes.GatewayPolicyProps', props, `${prop}.props`);
    for (const [part, pattern, example] of PARTS) {
      const value = props[part] ?? '';
      if (pattern.test(value)) continue;
      throw new ServingError(
        'InvalidName',
        `'${prop}.props.${part}' ('${value}') is invalid; use a value such as '${example}'`,
      );
    }
    const duplicate = all.slice(0, index).find(([, other]) => isDuplicate(other, props));
    if (duplicate !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'${duplicate[0]}' and '${prop}' have the same 'id' or the same name for kind '${props.kind}'; use another 'id' and 'nameSuffix' for one of them`,
      );
    }
  });
  if (methodNotAllowed?.props.scope === GatewayPolicyScope.BACKEND)
    throw new ServingError(
      'ConflictingProps',
      "'methodNotAllowed.props.scope' ('backend') must be GatewayPolicyScope.ENDPOINT, because routes of the endpoint reference it",
    );
}

/** Whether two objects would have the same id in the tree, or the same name in the cluster. */
function isDuplicate(a: GatewayPolicyProps, b: GatewayPolicyProps): boolean {
  const { ENDPOINT } = GatewayPolicyScope;
  if ((a.scope ?? ENDPOINT) !== (b.scope ?? ENDPOINT)) return false;
  return a.id === b.id || (a.kind === b.kind && (a.nameSuffix ?? '') === (b.nameSuffix ?? ''));
}
