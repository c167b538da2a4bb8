import type { Construct } from 'constructs';
import type { BackendIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { needsStickySplit } from '../../plan/sticky-sessions';
import type { TargetProfile } from '../../plan/target-profile';
import { slug } from '../../private/names';
import { Duration } from '../../units/duration';
import { requireSeconds } from '../../units/private/seconds';
import type { StickySession } from '../sticky-session';
import type { Warning } from './warnings';

/** Browsers keep no cookie for longer: https://www.rfc-editor.org/rfc/rfc6265bis#section-5.5 */
const LONGEST_SECONDS = 400 * 86_400;

/** How long a client is kept, in seconds; undefined if it is not. */
export function stickySecondsOf(
  session: StickySession | undefined,
  { maxStickySeconds = LONGEST_SECONDS, name }: TargetProfile,
  at: Construct,
): number | undefined {
  if (session === undefined) return undefined;
  const { maxAge = Duration.days(1) } = session;
  const hint = maxStickySeconds < LONGEST_SECONDS ? `${name} does not support a longer time` : undefined;
  return requireSeconds('stickySession.maxAge', maxAge, { max: maxStickySeconds, hint, at });
}

/** Where a deployed endpoint that was not sticky can become so only in two steps, because its backends are changed first. */
export function stickinessOrder(plan: ServingPlan, target: TargetProfile, backend: BackendIntent): Warning[] {
  if (backend.stickySeconds === undefined) return [];
  const shared = plan
    .backend(backend.path)
    .endpoints.map((path) => plan.endpoint(path))
    .find(({ shares }) =>
      needsStickySplit(
        target,
        shares.map((share) => plan.backend(share.backend).intent),
      ),
    );
  if (shared === undefined || !shared.routes.some(({ stickySeconds }) => stickySeconds !== undefined)) return [];
  const message = `'stickySession' of backend '${backend.name}' can be deployed only after that of the split of endpoint '${shared.name}', because ${target.name} refuses it before; if the endpoint is deployed without it, deploy the split first and the backend in a second deployment, otherwise acknowledge this warning`;
  return [{ id: `stickinessOrder.${slug(backend.name)}`, message }];
}
