import { blockedChecks, describeBlocked } from '../../plan/health';
import type { BackendIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { slug } from '../../private/names';
import type { Warning } from './warnings';

/** Checks that the longest request can fail, so that replicas which are only busy get no requests or are replaced. */
export function healthWarnings(plan: ServingPlan, { path, name }: BackendIntent): Warning[] {
  const backend = plan.backend(path);
  const blocked = blockedChecks(backend);
  if (blocked.length === 0) return [];
  const messages = blocked.map((check) => describeBlocked(backend.intent, check));
  return [{ id: `blockedHealthCheck.${slug(name)}`, message: `backend '${name}': ${messages.join('; ')}` }];
}
