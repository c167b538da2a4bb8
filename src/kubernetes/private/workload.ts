import {
  type AutoscalingIntent,
  type BackendIntent,
  type RolloutIntent,
  RolloutKind,
  ScalingMetric,
  type ScalingTargetIntent,
} from '../../plan/intents';
import type { BackendPlan } from '../../plan/serving-plan';
import type { PodSettingsOptions } from '../pod-settings-options';
import type { Labels } from './labels';
import type {
  CustomMetric,
  DeploymentSpec,
  HorizontalPodAutoscalerSpec,
  PodDisruptionBudgetSpec,
  ResourceMetric,
  ScalingBehavior,
  ServiceSpec,
} from './manifests';
import { type PodOptions, podSpec } from './pod';
import { servicePorts } from './ports';

/** How long a new replica must stay ready before an old one is stopped. */
const MIN_READY_SECONDS = 10;

/** The Deployment of a backend. With an autoscaler it has no number of replicas, because each apply would reset it. */
export function deploymentSpec(
  plan: BackendPlan,
  labels: Labels,
  options: PodOptions,
  scaled: boolean,
): DeploymentSpec {
  return {
    replicas: scaled ? undefined : plan.intent.replicas,
    minReadySeconds: MIN_READY_SECONDS,
    progressDeadlineSeconds: plan.times.progress,
    strategy: { type: 'RollingUpdate', rollingUpdate: rollingUpdate(plan.intent.rollout) },
    selector: { matchLabels: labels.selector },
    template: { metadata: podMetadata(labels.all, options.settings), spec: podSpec(plan, labels.selector, options) },
  };
}

/** The metadata of Pods. It contains the annotations of the identity, which take effect only when a Pod is created. */
function podMetadata(
  labels: Record<string, string>,
  { annotations, serviceAccount }: PodSettingsOptions,
): DeploymentSpec['template']['metadata'] {
  const identity = Object.entries(serviceAccount?._annotations ?? {});
  const all = {
    ...annotations,
    ...(identity.length > 0 && { 'serving-constructs/service-account': JSON.stringify(Object.fromEntries(identity)) }),
  };
  return {
    labels: { ...labels, ...serviceAccount?._podLabels },
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}

/** The Service that distributes requests among the replicas, or the headless one that lists them. */
export function serviceSpec(intent: BackendIntent, selector: Record<string, string>, headless: boolean): ServiceSpec {
  return {
    type: 'ClusterIP',
    clusterIP: headless ? 'None' : undefined,
    selector,
    ports: servicePorts(intent),
  };
}

/** Evictions stop one replica at a time, and never wait for an unhealthy one. */
export function disruptionSpec(matchLabels: Record<string, string>): PodDisruptionBudgetSpec {
  return { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels } };
}

/** The resource of each metric; the profile refuses other metrics without one, except custom ones. */
const RESOURCES: { readonly [metric in ScalingMetric]: 'cpu' | 'memory' | undefined } = {
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
    const resource = RESOURCES[target.metric];
    if (resource !== undefined) return [utilization(resource, target.value)];
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

function rollingUpdate({ kind, surgePercent }: RolloutIntent): DeploymentSpec['strategy']['rollingUpdate'] {
  switch (kind) {
    case RolloutKind.SURGE:
      return { maxSurge: `${surgePercent}%`, maxUnavailable: 0 };
    case RolloutKind.IN_PLACE:
      return { maxSurge: 0, maxUnavailable: 1 };
  }
}
