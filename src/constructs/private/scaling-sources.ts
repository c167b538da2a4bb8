import type { IConstruct } from 'constructs';
import { isNvidia } from '../../plan/gpus';
import { type AutoscalingIntent, type BackendIntent, ScalingMetric } from '../../plan/intents';
import { ServingError } from '../../private/errors';

/** What must measure a metric, if the backend does not have it. */
const MISSING: { readonly [metric in ScalingMetric]?: (backend: BackendIntent) => string | undefined } = {
  [ScalingMetric.QUEUE_DEPTH]: ({ server: { descriptor } }) =>
    descriptor.metrics?.waiting === undefined
      ? `a metric of waiting requests, which ${descriptor.name} does not have; use ScalingTarget.ongoingRequests`
      : undefined,
  [ScalingMetric.GPU]: ({ gpu }) =>
    gpu === undefined || !isNvidia(gpu) ? "NVIDIA GPUs; set 'gpu' to Gpu.nvidia(), or use another target" : undefined,
};

/** Rejects metrics that nothing of the backend measures, on every target. */
export function requireSources(backend: BackendIntent, { targets }: AutoscalingIntent, scope: IConstruct): void {
  for (const { metric } of targets) {
    const missing = MISSING[metric]?.(backend);
    if (missing === undefined) continue;
    throw new ServingError(
      'Unsupported',
      `scaling target '${metric}' of backend '${backend.name}' requires ${missing}`,
      scope,
    );
  }
}
