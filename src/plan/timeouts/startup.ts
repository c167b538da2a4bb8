import type { BackendIntent } from '../intents';
import { refuse } from '../refuse';
import { FETCH_SECONDS, IMAGE_PULL_SECONDS, MARGIN_SECONDS, PROGRESS_SECONDS } from '../rules';
import type { BackendTimes } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import type { Checks } from './checks';

/** How long the fetches, the load and the whole start of a replica may take. */
export function solveStartup(
  target: TargetProfile,
  backend: BackendIntent,
  checks: Checks,
): Pick<BackendTimes, 'fetch' | 'load' | 'startup' | 'progress'> {
  const maxFetch = backend.maxFetchSeconds ?? target.maxFetchSeconds ?? Number.POSITIVE_INFINITY;
  let fetch = 0;
  for (const model of backend.models) {
    if (model.uri === undefined) continue;
    if (model.fetchSeconds !== undefined && model.fetchSeconds > maxFetch) {
      refuse(
        checks.refusals,
        'FetchTooLong',
        backend.path,
        `'fetchTimeout' (${model.fetchSeconds} s) of model '${model.name}' must be at most ${maxFetch} s on this compute; ` +
          'bake the model into the image, or use a compute without the limit',
      );
    }
    fetch += fetchSecondsOf(model.fetchSeconds, maxFetch);
  }
  const load = Math.ceil(backend.loadSeconds);
  const startup = IMAGE_PULL_SECONDS + fetch + load;
  checks.add(
    {
      rule: 'B3',
      less: { what: 'the fetch and the load', seconds: fetch + load },
      more: { what: 'the start-up', seconds: startup, row: 'start-up' },
      margin: 0,
    },
    backend.path,
  );
  return { fetch, load, startup, progress: Math.max(PROGRESS_SECONDS, startup + MARGIN_SECONDS) };
}

/** The time one model fetch may take, in seconds. */
export function fetchSecondsOf(asked: number | undefined, max: number): number {
  return Math.ceil(Math.min(asked ?? FETCH_SECONDS, max));
}
