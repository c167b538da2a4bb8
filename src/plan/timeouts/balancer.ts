import type { BackendIntent, EndpointIntent } from '../intents';
import { refuse } from '../refuse';
import { MARGIN_SECONDS } from '../rules';
import type { BalancerPlan, Refusal } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { silenceOf } from './demand';
import { idleAllowedBy } from './keep-alive';

/**
 * Solves the balancer: its idle time follows the longest silence among its endpoints, and comes down to a server whose
 * keep-alive is fixed or capped as long as that silence allows.
 */
export function solveBalancer(
  target: TargetProfile,
  endpoints: EndpointIntent[],
  backends: BackendIntent[],
  refusals: Refusal[],
): BalancerPlan {
  const { idle } = target;
  const longest = endpoints.reduce<EndpointIntent | undefined>(
    (a, b) => (a === undefined || silenceOf(b) > silenceOf(a) ? b : a),
    undefined,
  );
  const silence = longest === undefined ? 0 : silenceOf(longest);
  const needed = idle.cutsSilence ? silence + MARGIN_SECONDS : idle.min;
  const allowed = backends.reduce((least, backend) => Math.min(least, idleAllowedBy(backend)), idle.standard);
  const wanted =
    idle.settable === false
      ? idle.standard
      : Math.max(Math.ceil(needed), idle.min, idle.canCloseEach ? idle.standard : allowed);
  const limit = idle.settable === false ? idle.standard : idle.max;
  if (longest !== undefined && needed > limit) {
    refuse(
      refusals,
      'RequestTimeoutTooLong',
      longest.path,
      `'requestTimeout' (${silence} s) must be at most ${limit - MARGIN_SECONDS} s behind ${target.name}, whose idle timeout is ` +
        `${idle.settable === false ? `${limit} s` : `at most ${limit} s`}: a server that stays silent longer is cut off; ` +
        `answer sooner, send a heartbeat with 'streaming', or move the work to a queue`,
    );
  }
  return { idle: Math.min(wanted, limit), requestTimeout: silence };
}
