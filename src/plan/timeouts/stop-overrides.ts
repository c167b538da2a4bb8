import type { BackendIntent } from '../intents';
import { refuse } from '../refuse';
import type { TimeoutRuleId } from '../rules';
import { DrainBehavior } from '../server/descriptor';
import { isSettable } from '../server/knobs';
import { versionWays } from '../server/version';
import { DrainOrder, type TargetProfile } from '../target-profile';
import type { Checks } from './checks';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The props that set a time of a stop. */
export const STOP_PROPS = {
  deregistration: "'deregistrationDelay' of 'timeouts'",
  preStop: "'preStop' of 'timeouts'",
  drain: "'drain' of 'timeouts'",
  stop: "'stop' of 'timeouts'",
} as const;

/** The times of a stop that the user set. */
export type StopOverrides = { readonly [time in keyof typeof STOP_PROPS]?: number };

/** The longest time from SIGTERM to SIGKILL that the compute of a backend allows, in seconds. */
export function maxStopOf(target: TargetProfile, { maxStopSeconds }: BackendIntent): number {
  return maxStopSeconds ?? target.maxStopSeconds ?? ENDLESS;
}

/** The times that the user set, without those that the target or the server does not support, which are refused. */
export function acceptedOverrides(target: TargetProfile, backend: BackendIntent, checks: Checks): StopOverrides {
  const accepted = overridesOf(target, backend).filter((override) => {
    const refusal = refusalOf(override);
    if (refusal !== undefined) refuse(checks.refusals, refusal.code, backend.path, refusal.message);
    return refusal === undefined;
  });
  return Object.fromEntries(accepted.map(({ time, seconds }) => [time, seconds]));
}

/** A time that the user set, and what the target and the server permit. */
interface Override {
  readonly time: keyof typeof STOP_PROPS;
  readonly seconds: number;
  /** Why it cannot be set here. */
  readonly unsupported?: string;
  readonly max: number;
  /** What the maximum is a limit of. */
  readonly limitedBy: string;
  readonly rule: TimeoutRuleId;
}

function overridesOf(target: TargetProfile, backend: BackendIntent): Override[] {
  const { timeouts = {}, server } = backend;
  const together = target.drainOrder === DrainOrder.TOGETHER;
  const settings: (Omit<Override, 'seconds'> & { readonly seconds?: number })[] = [
    {
      time: 'deregistration',
      seconds: timeouts.deregistrationSeconds,
      unsupported: together
        ? `is not supported by ${target.name}, where only the replica itself delays its stop; set 'preStop'`
        : undefined,
      max: target.maxDeregistrationSeconds ?? ENDLESS,
      limitedBy: target.name,
      rule: 'D1',
    },
    {
      time: 'preStop',
      seconds: timeouts.preStopSeconds,
      unsupported: together
        ? undefined
        : `is not supported by ${target.name}, which drains a replica before SIGTERM; set 'deregistrationDelay'`,
      max: ENDLESS,
      limitedBy: target.name,
      rule: 'D2',
    },
    {
      time: 'drain',
      seconds: timeouts.drainSeconds,
      unsupported: whyDrainIsFixed(backend),
      max: server.descriptor.drainKnob?.maxSeconds ?? ENDLESS,
      limitedBy: server.descriptor.name,
      rule: 'D2',
    },
    {
      time: 'stop',
      seconds: timeouts.stopSeconds,
      max: maxStopOf(target, backend),
      limitedBy: 'the compute',
      rule: 'D2',
    },
  ];
  return settings.flatMap(({ seconds, ...setting }) => (seconds === undefined ? [] : [{ ...setting, seconds }]));
}

function refusalOf({ time, seconds, unsupported, max, limitedBy, rule }: Override) {
  const what = `${STOP_PROPS[time]} (${seconds} s)`;
  if (unsupported !== undefined) return { code: 'TimeoutNotSettable', message: `${what} ${unsupported}` } as const;
  if (seconds <= max) return undefined;
  return {
    code: 'TimeoutOverride',
    message: `${what} must be at most ${max} s (rule ${rule}), the limit of ${limitedBy}; change it, or omit it to use the computed value`,
  } as const;
}

/** Why the drain time of a server cannot be set; undefined if it can. */
function whyDrainIsFixed({ server: { descriptor } }: BackendIntent): string | undefined {
  const { name, drain, drainKnob: knob } = descriptor;
  if (drain === DrainBehavior.DROPS_REQUESTS)
    return `is not supported by ${name}, which drops its requests on SIGTERM; ${[...versionWays(descriptor, 'drain'), 'leave it out'].join(', or ')}`;
  if (isSettable(knob)) return undefined;
  return knob === undefined
    ? `is not supported by ${name}, which drains without a time limit; set 'stop', or leave it out`
    : `cannot be configured for ${name}, because ${knob.name} is set in its ${knob.place}; leave it out`;
}
