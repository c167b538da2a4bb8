import type { BackendIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { longestOf, mostOf } from '../../plan/timeouts/demand';
import { slug } from '../../private/names';
import type { Warning } from './warnings';

/** The longest stop of a replica without a warning. A node drain or a rollback waits for it too. */
const LONG_STOP_SECONDS = 900;

/** Backends whose replicas take long to stop because of streams, which `cutOnStop` would interrupt. */
export function stopWarnings(plan: ServingPlan, { path, name }: BackendIntent): Warning[] {
  const { endpoints, rollout } = plan.backend(path);
  const { worst } = rollout.stopSeconds;
  const streams = endpoints
    .map((endpoint) => plan.endpoint(endpoint).intent)
    .filter(({ streamSeconds = 0, requestTimeoutSeconds, cutOnStop }) => {
      return cutOnStop !== true && streamSeconds > requestTimeoutSeconds;
    });
  const longest = mostOf(streams, longestOf);
  if (longest === undefined || worst <= LONG_STOP_SECONDS) return [];
  const message = `the stop of a replica of backend '${name}' takes up to ${worst} s, because it waits for the streams of endpoint '${longest.name}' ('maxDuration' is ${longest.streamSeconds} s); rollouts, scale-in and node drains wait as long; set 'cutOnStop' in 'streaming' if streams may be interrupted, or reduce 'maxDuration'`;
  return [{ id: `longStop.${slug(name)}`, message }];
}
