import { type AutoscalingIntent, ScalingMetric, type ScalingTargetIntent } from '../../plan/intents';
import type { CustomMetric, HorizontalPodAutoscalerSpec, ResourceMetric, ScalingBehavior } from './manifests';

/** The resource whose utilization is a metric, for a HorizontalPodAutoscaler and for KEDA. */
export const RESOURCE_OF: { readonly [metric in ScalingMetric]: 'cpu' | 'memory' | undefined } = {
  [ScalingMetric.CPU]: 'cpu',
  [ScalingMetric.MEMORY]: 'memory',
  [ScalingMetric.REQUESTS_PER_SECOND]: undefined,
  [ScalingMetric.ONGOING_REQUESTS]: undefined,
  [ScalingMetric.QUEUE_DEPTH]: undefined,
  [ScalingMetric.GPU]: undefined,
  [ScalingMetric.CUSTOM]: undefined,
  [ScalingMetric.QUERY]: undefined,
};

/** The autoscaler of a Deployment. */
export function autoscalerSpec(policy: AutoscalingIntent, name: string): HorizontalPodAutoscalerSpec {
  const metrics = policy.targets.flatMap((target): (ResourceMetric | CustomMetric)[] => {
    const resource = RESOURCE_OF[target.metric];
    if (resource !== undefined) return [utilization(resource, target.value)];
    // The profile refuses other metrics that have no name.
    return target.name === undefined ? [] : [customMetric(target.name, target)];
  });
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    metrics: metrics.length === 0 ? undefined : metrics,
    behavior: scalingBehavior(policy),
  };
}

/** How long the load must be high or low. */
export function scalingBehavior({ scaleUpSeconds, scaleDownSeconds }: AutoscalingIntent): ScalingBehavior {
  return {
    scaleUp: { stabilizationWindowSeconds: scaleUpSeconds },
    scaleDown: { stabilizationWindowSeconds: scaleDownSeconds },
  };
}

function utilization(name: string, averageUtilization: number): ResourceMetric {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** With `AverageValue`, an external metric is divided by the number of replicas. */
function customMetric(name: string, { value, isTotal }: ScalingTargetIntent): CustomMetric {
  const metric = { metric: { name }, target: { type: 'AverageValue' as const, averageValue: String(value) } };
  return isTotal ? { type: 'External', external: metric } : { type: 'Pods', pods: metric };
}
