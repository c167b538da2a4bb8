import type { IConstruct } from 'constructs';
import type { TimeoutOverrides } from '../../plan/intents';
import { requireSeconds, type Time } from '../../units/private/seconds';

/** The maximum of a configured time in seconds: a week, as for streams. */
const LONGEST = 604_800;

/** The props of times that can be configured. */
type Prop = 'keepAlive' | 'watchdog' | 'deregistrationDelay' | 'preStop' | 'drain' | 'stop';

/** The configured times, as a plan contains them. */
export function overridesOf(
  timeouts: { readonly [prop in Prop]?: Time } | undefined,
  at: IConstruct,
): TimeoutOverrides | undefined {
  if (timeouts === undefined) return undefined;
  const seconds = (prop: Prop, max = LONGEST, min = 1): number | undefined => {
    const time = timeouts[prop];
    return time === undefined ? undefined : requireSeconds(`timeouts.${prop}`, time, { min, max, at });
  };
  return {
    keepAliveSeconds: seconds('keepAlive', 86_400),
    watchdogSeconds: seconds('watchdog'),
    deregistrationSeconds: seconds('deregistrationDelay', 3600, 0),
    preStopSeconds: seconds('preStop'),
    drainSeconds: seconds('drain'),
    stopSeconds: seconds('stop'),
  };
}
