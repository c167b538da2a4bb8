import type { IConstruct } from 'constructs';
import { capabilityOf } from '../../plan/capabilities';
import { FEATURE_OF_METRIC } from '../../plan/features';
import { isNvidia } from '../../plan/gpus';
import { type AutoscalingIntent, type BackendIntent, ScalingMetric } from '../../plan/intents';
import { SupportLevel, type TargetProfile } from '../../plan/target-profile';
import { ServingError } from '../../private/errors';

/** What must measure a metric, and how to add it to a backend. */
interface Source {
  readonly needed: string;
  /** @default - the server cannot have it */
  readonly way?: string;
}

/** What must measure a metric, if the backend does not have it. */
const MISSING: { readonly [metric in ScalingMetric]?: (backend: BackendIntent) => Source | undefined } = {
  [ScalingMetric.QUEUE_DEPTH]: ({ server: { descriptor } }) =>
    descriptor.metrics?.waiting === undefined
      ? { needed: `a metric of waiting requests, which ${descriptor.name} does not have` }
      : undefined,
  [ScalingMetric.GPU]: ({ gpu }) =>
    gpu === undefined || !isNvidia(gpu) ? { needed: 'NVIDIA GPUs', way: "set 'gpu' to Gpu.nvidia()" } : undefined,
};

/** Scaling targets that every server has, the better one first. */
const OTHERS: readonly (readonly [ScalingMetric, string])[] = [
  [ScalingMetric.ONGOING_REQUESTS, 'ScalingTarget.ongoingRequests'],
  [ScalingMetric.CPU, 'ScalingTarget.cpuUtilization'],
];

/** Rejects metrics that nothing of the backend measures, on every target, and names a way that this target supports. */
export function requireSources(
  backend: BackendIntent,
  { targets }: AutoscalingIntent,
  { target, scope }: { readonly target: TargetProfile; readonly scope: IConstruct },
): void {
  const supports = (metric: ScalingMetric): boolean =>
    capabilityOf(target, FEATURE_OF_METRIC[metric]).level !== SupportLevel.REFUSED;
  for (const { metric } of targets) {
    const missing = MISSING[metric]?.(backend);
    if (missing === undefined) continue;
    const other = OTHERS.find(([one]) => supports(one))?.[1];
    const ways = [supports(metric) ? missing.way : undefined, other && `use ${other}`].filter(Boolean).join(', or ');
    throw new ServingError(
      'Unsupported',
      `scaling target '${metric}' of backend '${backend.name}' requires ${missing.needed}; ${ways || 'remove it'}`,
      scope,
    );
  }
}
