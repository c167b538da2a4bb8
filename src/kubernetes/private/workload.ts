import { type BackendIntent, type RolloutIntent, RolloutKind } from '../../plan/intents';
import type { BackendPlan } from '../../plan/serving-plan';
import type { PodSettingsOptions } from '../pod-settings-options';
import type { Labels } from './labels';
import type { DeploymentSpec, PodDisruptionBudgetSpec, ServiceSpec } from './manifests';
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

function rollingUpdate({ kind, surgePercent }: RolloutIntent): DeploymentSpec['strategy']['rollingUpdate'] {
  switch (kind) {
    case RolloutKind.SURGE:
      return { maxSurge: `${surgePercent}%`, maxUnavailable: 0 };
    case RolloutKind.IN_PLACE:
      return { maxSurge: 0, maxUnavailable: 1 };
  }
}
