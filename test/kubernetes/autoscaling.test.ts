import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { KubernetesBackend } from '../../src/kubernetes';
import { Duration } from '../../src/units/duration';
import { findObject, manifestsOf, oneBackend } from './support';

describe('autoscaling', () => {
  test('renders a HorizontalPodAutoscaler with bounds, metrics and delays', () => {
    const { chart, backend } = oneBackend();
    backend.autoscale({
      minReplicas: 2,
      maxReplicas: 8,
      targets: [ScalingTarget.cpuUtilization(60), ScalingTarget.memoryUtilization(80)],
      scaleUpDelay: Duration.seconds(45),
      scaleDownDelay: Duration.minutes(20),
    });
    const metric = (name: string, averageUtilization: number) => ({
      type: 'Resource',
      resource: { name, target: { type: 'Utilization', averageUtilization } },
    });
    expect(findObject(manifestsOf(chart), 'HorizontalPodAutoscaler', 'digits-svm').spec).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'digits-svm' },
      minReplicas: 2,
      maxReplicas: 8,
      metrics: [metric('cpu', 60), metric('memory', 80)],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 45 },
        scaleDown: { stabilizationWindowSeconds: 1200 },
      },
    });
  });

  test('leaves the number of replicas to the autoscaler', () => {
    const { chart, backend } = oneBackend();
    backend.autoscale({ maxReplicas: 2, targets: [ScalingTarget.cpuUtilization(60)] });
    const manifests = manifestsOf(chart);
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec).not.toHaveProperty('replicas');
    expect(findObject(manifests, 'PodDisruptionBudget', 'digits-svm').spec).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { 'serving-constructs/backend': 'digits-svm' } },
    });
  });

  test('does not add a PodDisruptionBudget for at most one replica', () => {
    const { chart, backend } = oneBackend();
    backend.autoscale({ maxReplicas: 1, targets: [ScalingTarget.cpuUtilization(60)] });
    expect(manifestsOf(chart).filter(({ kind }) => kind === 'PodDisruptionBudget')).toHaveLength(1);
    expect(KubernetesBackend.of(backend).podDisruptionBudget).toBeUndefined();
  });

  test.each([
    ScalingTarget.requestsPerSecond(10),
    ScalingTarget.ongoingRequests(4),
  ])('fails on a request metric, and lists the supported targets (%#)', (target) => {
    const { chart, backend } = oneBackend();
    backend.autoscale({ maxReplicas: 4, targets: [target] });
    expect(() => chart.toJson()).toThrow(
      "[Unsupported] 'autoscaling by requests' is not supported by the built-in router: it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofTotal, or use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization (at serving/digits/svm/Autoscaling)",
    );
  });
});

describe('an autoscaler of cdk8s-plus', () => {
  const scaled = () => {
    const parts = oneBackend();
    const scaler = new kplus.HorizontalPodAutoscaler(parts.chart, 'Scaler', {
      target: KubernetesBackend.of(parts.backend),
      maxReplicas: 6,
      metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
    });
    return { ...parts, scaler };
  };

  test('targets the Deployment, which has no number of replicas', () => {
    const { chart, backend, scaler } = scaled();
    const manifests = manifestsOf(chart);
    expect(findObject(manifests, 'HorizontalPodAutoscaler', scaler.name).spec.scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'digits-svm',
    });
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec).not.toHaveProperty('replicas');
    findObject(manifests, 'PodDisruptionBudget', 'digits-svm');
    expect(KubernetesBackend.of(backend).hasAutoscaler).toBe(true);
    expect(TargetPlatform.planOf(backend.platform).backend(backend.node.path).maxReplicas).toBe(6);
  });

  test('fails if the number of replicas is set, and refers to the hand-over', () => {
    const { chart, backend } = oneBackend({ replicas: 2 });
    const target = KubernetesBackend.of(backend);
    expect(() => new kplus.HorizontalPodAutoscaler(chart, 'Scaler', { target, maxReplicas: 6 })).toThrow(
      "[ReplicasWithAutoscaling] 'replicas' (2) of backend 'svm' conflicts with its autoscaler; remove 'replicas'; if Deployment 'digits-svm' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes (at serving/digits/svm)",
    );
  });

  test('fails together with an autoscaling policy, in either order', () => {
    const message =
      "[DuplicateAutoscaling] backend 'svm' has two autoscalers; remove its autoscaling policy or the autoscaler of cdk8s-plus";
    const { backend } = scaled();
    expect(() => backend.autoscale({ maxReplicas: 2, targets: [ScalingTarget.cpuUtilization(60)] })).toThrow(message);

    const other = oneBackend().backend;
    other.autoscale({ maxReplicas: 2, targets: [ScalingTarget.cpuUtilization(60)] });
    const target = KubernetesBackend.of(other);
    expect(() => new kplus.HorizontalPodAutoscaler(Chart.of(other), 'Scaler', { target, maxReplicas: 6 })).toThrow(
      message,
    );
  });
});
