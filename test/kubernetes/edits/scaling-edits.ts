import { ApiObject } from 'cdk8s';
import type { AutoscalingOptions } from '../../../src/constructs/autoscaling-policy';
import { PrometheusTarget } from '../../../src/constructs/prometheus-target';
import { ScalingTarget } from '../../../src/constructs/scaling-target';
import { KubernetesBackend } from '../../../src/kubernetes';
import { Duration } from '../../../src/units/duration';
import { type Edit, type Parts, PRUNE, type State } from './edit';

const HANDOVER = "hand 'replicas' over first, as docs/autoscaling.md describes";
const TAKEOVER = 'KEDA takes the HorizontalPodAutoscaler over, as docs/kubernetes.md describes';
const cpu = [ScalingTarget.cpuUtilization(60)];
const bounds: AutoscalingOptions = { minReplicas: 3, maxReplicas: 8, targets: cpu };

const keda: State = { platform: { keda: { prometheusAddress: 'http://prometheus.monitoring:9090' } } };
const waiting = PrometheusTarget.ofTotal('Waiting', 'sum(waiting)', 2);
const schedules = [{ from: '07:30', to: '19:00', timeZone: 'UTC', minReplicas: 5 }];

const metadata = { timezone: 'UTC', start: '0 8 * * *', end: '0 18 * * *', desiredReplicas: '6' };
const triggers = [{ type: 'cron', metadata }];

/** Declares an autoscaler of KEDA. */
function scaledObject(minReplicaCount: number): (parts: Parts) => void {
  return ({ chart, backend }) => {
    const target = KubernetesBackend.of(backend);
    target.markHasAutoscaler();
    new ApiObject(chart, 'Scaler', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'scaler' },
      spec: { scaleTargetRef: { name: target.deployment.name }, minReplicaCount, maxReplicaCount: 8, triggers },
    });
  };
}

const pruned = [[/^gone (HorizontalPodAutoscaler|PodDisruptionBudget|ScaledObject)/, PRUNE]] as const;

/** Edits of the number of replicas, and of what sets it. */
export const SCALING_EDITS: readonly Edit[] = [
  {
    name: 'autoscaling instead of four replicas',
    options: ['AutoscalingOptions.minReplicas'],
    from: { backend: { replicas: 4 } },
    to: { autoscale: bounds },
    forth: [[/^replicas Deployment\/digits-svm: 4 leave/, HANDOVER]],
    back: [[/^gone HorizontalPodAutoscaler/, PRUNE]],
  },
  {
    name: 'autoscaling from one replica instead of four',
    from: { backend: { replicas: 4 } },
    to: { autoscale: { ...bounds, minReplicas: 1 } },
    forth: [[/^replicas Deployment\/digits-svm: 4 leave/, HANDOVER]],
    back: [[/^gone HorizontalPodAutoscaler/, PRUNE]],
  },
  { name: 'autoscaling instead of one replica', to: { autoscale: bounds }, back: pruned },
  {
    name: 'higher bounds',
    options: ['AutoscalingOptions.maxReplicas'],
    from: { autoscale: bounds },
    to: { autoscale: { ...bounds, minReplicas: 5, maxReplicas: 20 } },
  },
  {
    name: 'a maximum of one replica',
    from: { autoscale: bounds },
    to: { autoscale: { ...bounds, minReplicas: 1, maxReplicas: 1 } },
    forth: [[/^gone PodDisruptionBudget/, PRUNE]],
  },
  {
    name: 'targets',
    options: ['AutoscalingOptions.targets'],
    from: { autoscale: bounds },
    to: { autoscale: { ...bounds, targets: [ScalingTarget.memoryUtilization(80), ...cpu] } },
  },
  {
    name: 'delays',
    options: ['AutoscalingOptions.scaleUpDelay', 'AutoscalingOptions.scaleDownDelay'],
    from: { autoscale: bounds },
    to: { autoscale: { ...bounds, scaleUpDelay: Duration.seconds(0), scaleDownDelay: Duration.minutes(30) } },
  },
  {
    name: 'KEDA instead of four replicas',
    from: { backend: { replicas: 4 } },
    to: { more: scaledObject(2) },
    forth: [[/^replicas Deployment\/digits-svm: 4 leave/, HANDOVER]],
    back: pruned,
  },
  {
    name: 'KEDA with scale to zero instead of one replica',
    to: { more: scaledObject(0) },
    back: pruned,
  },
  {
    name: 'KEDA instead of the HorizontalPodAutoscaler',
    from: { autoscale: bounds },
    to: { more: scaledObject(3) },
    forth: [[/^gone HorizontalPodAutoscaler/, TAKEOVER]],
    back: pruned,
  },
  {
    name: 'KEDA of the platform, with an autoscaler',
    options: ['kubernetes.KubernetesPlatformProps.keda'],
    from: { autoscale: bounds },
    to: { ...keda, autoscale: bounds },
    forth: [[/^gone HorizontalPodAutoscaler/, 'KEDA takes it over, and creates it again if it is pruned']],
    back: [
      [
        /^gone ScaledObject/,
        'it is deleted first, without its HorizontalPodAutoscaler, as docs/kubernetes.md describes',
      ],
    ],
  },
  {
    name: 'a query next to another target',
    from: { ...keda, autoscale: bounds },
    to: { ...keda, autoscale: { ...bounds, targets: [...cpu, waiting] } },
  },
  {
    name: 'schedules',
    options: ['AutoscalingOptions.schedules'],
    from: { ...keda, autoscale: bounds },
    to: { ...keda, autoscale: { ...bounds, schedules } },
  },
  {
    name: 'a minimum of 0 between schedules',
    from: { ...keda, autoscale: { ...bounds, schedules } },
    to: { ...keda, autoscale: { ...bounds, minReplicas: 0, schedules } },
  },
];
