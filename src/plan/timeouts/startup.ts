import { modelImageBytes } from '../compute';
import type { BackendIntent } from '../intents';
import { copySecondsOf } from '../models';
import { IMAGE_PULL_SECONDS, MARGIN_SECONDS, PROGRESS_SECONDS } from '../rules';
import type { BackendTimes, ModelPlan } from '../serving-plan';
import { sidecarStartSeconds } from '../sidecars';
import type { Checks } from './checks';

/** How long a new replica may take to become ready: images, sidecars, models and loading. */
export function solveStartup(
  backend: BackendIntent,
  models: ModelPlan[],
  checks: Checks,
): Pick<BackendTimes, 'fetch' | 'load' | 'startup' | 'progress'> {
  const fetch = models.reduce((total, { seconds }) => total + seconds, 0);
  const load = Math.ceil(backend.loadSeconds);
  const before = sidecarStartSeconds(backend);
  const startup = IMAGE_PULL_SECONDS + copySecondsOf(modelImageBytes(models)) + before + fetch + load;
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
