import { isCanceled } from './cancellation';
import { refuseCompute } from './compute';
import { blockingOf, healthOf } from './health';
import { refuseHealthCheck } from './health-check-refusals';
import { type BackendIntent, RolloutKind } from './intents';
import { refuseModels } from './model-refusals';
import { bakedImage, planModels } from './models';
import { prefixEntry, prefixOf, prefixVariable, prefixWords } from './path-prefix';
import type { Planning } from './planning';
import { refuseProtocol } from './protocols';
import { refuse } from './refuse';
import { placeAnchors } from './rule-slots';
import type { AnchorPlan, BackendPlan } from './serving-plan';
import { commandOf, environmentOf } from './start-command';
import { solveBackend } from './timeouts/backend';
import { rolloutOf } from './timeouts/rollout-cost';

/** Plans the backends of a platform, in the order of their declaration. */
export function planBackends(planning: Planning): BackendPlan[] {
  const { backends, target } = planning.intents;
  const identities = backends.map(({ identity, path }) => identity ?? path);
  const anchors = target.rules === undefined ? [] : placeAnchors(target.rules, identities);
  return backends.map((backend, index) => planBackend(planning, backend, anchors[index]));
}

function planBackend(planning: Planning, backend: BackendIntent, anchor: AnchorPlan | undefined): BackendPlan {
  const { index, balancer, ledger, checks } = planning;
  const { target } = planning.intents;
  const endpoints = index.endpointsOf(backend.path);
  const autoscaling = index.autoscaling.get(backend.path);
  const minReplicas = autoscaling?.minReplicas ?? backend.replicas;
  if (minReplicas <= 1 && backend.rollout.kind === RolloutKind.IN_PLACE && backend.rollout.availablePercent > 0) {
    refuse(
      checks.refusals,
      'RolloutStopsOnlyReplica',
      backend.path,
      `'rollout' (in place) would stop the only replica of backend '${backend.name}' before a new one runs; use at least 2 replicas, Rollout.surge(), or Rollout.inPlace({ allowDowntime: true }) to accept downtime`,
    );
  }
  const models = planModels(target, backend);
  refuseModels(target, backend, models, checks.refusals);
  refuseProtocol(backend, checks.refusals);
  refuseHealthCheck(target, backend, checks.refusals);
  refuseCompute(backend, models, checks.refusals);
  const { times, ladderOf, chain } = solveBackend({ target, balancer, checks }, { backend, endpoints, models });
  const health = healthOf(target, backend, times.requestTimeout);
  const blockingRequests = blockingOf(target, backend);
  ledger.addBackend({ intent: backend, autoscaling, models, times, health, blockingRequests }, balancer.plan);
  ledger.addStreams(backend, endpoints);
  ledger.entries.push(...prefixEntry(backend, endpoints, target));
  const prefix = prefixOf(endpoints);
  const maxReplicas = autoscaling?.maxReplicas ?? backend.maxReplicas ?? backend.replicas;
  return {
    path: backend.path,
    name: backend.name,
    slug: backend.slug,
    intent: backend,
    endpoints: endpoints.map((endpoint) => endpoint.path),
    ...commandOf(backend.server, times, prefixWords(backend, prefix)),
    image: bakedImage(models) ?? backend.image,
    environment: { ...environmentOf(backend, times), ...prefixVariable(backend, prefix) },
    health,
    blockingRequests,
    cancelOnDisconnect: isCanceled(backend),
    models,
    minReplicas,
    maxReplicas,
    autoscaling,
    times,
    // Only reports read it.
    get ladder() {
      return ladderOf();
    },
    chain,
    rollout: rolloutOf(target, { ...backend, health }, times, {
      min: Math.max(1, minReplicas),
      max: Math.max(minReplicas, maxReplicas),
    }),
    anchor,
  };
}
