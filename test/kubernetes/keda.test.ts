import { App, Chart } from 'cdk8s';
import {
  type AutoscalingOptions,
  Duration,
  kubernetes,
  PrometheusTarget,
  ScalingTarget,
  ServingEndpoint,
  Weekday,
} from '../../src';
import { checkCustomResource } from '../support/custom-resources';
import { backendOptions } from '../support/definitions';
import { findObject, manifestsOf } from './support';

const ADDRESS = 'http://prometheus.monitoring:9090';
const waiting = PrometheusTarget.ofTotal('Waiting', 'sum(vllm:num_requests_waiting{namespace="models"})', 2);

function scaled(policy: AutoscalingOptions, keda: kubernetes.KedaOptions = { prometheusAddress: ADDRESS }) {
  const chart = new Chart(new App(), 'serving');
  new kubernetes.KubernetesPlatform(chart, 'Platform', { keda });
  const backend = new ServingEndpoint(chart, 'digits').addBackend('svm', backendOptions());
  backend.autoscale(policy);
  return { chart, backend };
}

function scaledObject(policy: AutoscalingOptions, keda?: kubernetes.KedaOptions) {
  const found = findObject(manifestsOf(scaled(policy, keda).chart), 'ScaledObject', 'digits-svm');
  expect(checkCustomResource(found)).toEqual([]);
  return found;
}

describe('a ScaledObject', () => {
  test('has a trigger for each target, the bounds and the delays', () => {
    const { metadata, spec } = scaledObject(
      {
        minReplicas: 2,
        maxReplicas: 8,
        targets: [ScalingTarget.cpuUtilization(60), ScalingTarget.memoryUtilization(80), waiting],
        scaleUpDelay: Duration.seconds(45),
        scaleDownDelay: Duration.minutes(20),
      },
      { prometheusAddress: `${ADDRESS}/`, pollingInterval: Duration.seconds(15) },
    );
    const behavior = {
      scaleUp: { stabilizationWindowSeconds: 45 },
      scaleDown: { stabilizationWindowSeconds: 1200 },
    };
    expect(metadata.annotations).toEqual({ 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' });
    expect(spec).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'digits-svm' },
      pollingInterval: 15,
      minReplicaCount: 2,
      maxReplicaCount: 8,
      fallback: { failureThreshold: 3, replicas: 2, behavior: 'currentReplicasIfHigher' },
      advanced: { horizontalPodAutoscalerConfig: { name: 'digits-svm', behavior } },
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '60' } },
        { type: 'memory', metricType: 'Utilization', metadata: { value: '80' } },
        {
          type: 'prometheus',
          name: 'Waiting',
          metricType: 'AverageValue',
          metadata: {
            serverAddress: ADDRESS,
            query: 'sum(vllm:num_requests_waiting{namespace="models"})',
            threshold: '2',
            ignoreNullValues: 'false',
          },
        },
      ],
    });
  });

  test('replaces the HorizontalPodAutoscaler, and owns the number of replicas', () => {
    const { chart, backend } = scaled({ maxReplicas: 2, targets: [ScalingTarget.cpuUtilization(60)] });
    const manifests = manifestsOf(chart);
    expect(manifests.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec).not.toHaveProperty('replicas');
    const { scaledObject: object, horizontalPodAutoscaler } = kubernetes.KubernetesBackend.of(backend);
    expect(object?.name).toBe('digits-svm');
    expect(horizontalPodAutoscaler).toBeUndefined();
    expect(() => kubernetes.KubernetesBackend.of(backend).markHasAutoscaler()).toThrow('[DuplicateAutoscaling]');
  });

  test('compares an average with the value, and has no fallback that KEDA cannot apply to it', () => {
    const { spec } = scaledObject({ maxReplicas: 4, targets: [PrometheusTarget.ofAverage('Latency', 'avg(x)', 0.2)] });
    expect(spec.triggers[0]).toMatchObject({ metricType: 'Value', metadata: { threshold: '0.2' } });
    expect(spec).not.toHaveProperty('fallback');
  });

  test('has no fallback with a fraction, which KEDA rounds down', () => {
    const { spec } = scaledObject({ maxReplicas: 4, targets: [PrometheusTarget.ofTotal('A', 'sum(x)', 2.5)] });
    expect(spec).not.toHaveProperty('fallback');
  });

  test('has a cron trigger for each schedule, whose end can be on the next day', () => {
    const { spec } = scaledObject(
      {
        minReplicas: 0,
        maxReplicas: 9,
        targets: [ScalingTarget.cpuUtilization(60)],
        schedules: [
          {
            from: '07:30',
            to: '19:00',
            days: [Weekday.MONDAY, Weekday.TUESDAY],
            timeZone: 'Europe/Berlin',
            minReplicas: 4,
          },
          {
            from: '22:00',
            to: '06:05',
            days: [Weekday.SUNDAY, Weekday.FRIDAY],
            timeZone: 'Europe/Berlin',
            minReplicas: 2,
          },
        ],
      },
      {},
    );
    expect(spec).toMatchObject({ minReplicaCount: 0, cooldownPeriod: 600 });
    expect(
      spec.triggers.slice(1).map(({ type, metadata }: { type: string; metadata: object }) => [type, metadata]),
    ).toEqual([
      ['cron', { timezone: 'Europe/Berlin', start: '30 7 * * MON,TUE', end: '0 19 * * MON,TUE', desiredReplicas: '4' }],
      ['cron', { timezone: 'Europe/Berlin', start: '0 22 * * FRI,SUN', end: '5 6 * * MON,SAT', desiredReplicas: '2' }],
    ]);
  });

  test('has no day in a schedule for every day', () => {
    const schedules = [{ from: '07:30', to: '06:00', timeZone: 'UTC', minReplicas: 4 }];
    const { spec } = scaledObject({ maxReplicas: 9, targets: [ScalingTarget.cpuUtilization(60)], schedules });
    expect(spec.triggers[1].metadata).toMatchObject({ start: '30 7 * * *', end: '0 6 * * *' });
    expect(spec).not.toHaveProperty('cooldownPeriod');
  });
});

describe('refused with KEDA', () => {
  const messageOf = (policy: AutoscalingOptions, keda?: kubernetes.KedaOptions) => () =>
    scaled(policy, keda).chart.toJson();

  test('a query without the address of Prometheus', () => {
    expect(messageOf({ maxReplicas: 4, targets: [waiting] }, {})).toThrow(
      "[Unsupported] 'autoscaling by a Prometheus query' is not supported by the built-in router: 'keda' of the platform has no 'prometheusAddress'; set it, such as 'http://prometheus.monitoring:9090'",
    );
  });

  test.each([
    kubernetes.MetricTarget.ofTotal('jobs', 2),
    ScalingTarget.ongoingRequests(4),
    ScalingTarget.requestsPerSecond(4),
  ])('metrics without a trigger, with the query to use (%#)', (target) => {
    expect(messageOf({ maxReplicas: 4, targets: [target] })).toThrow(
      /is not supported .* use PrometheusTarget[.]ofTotal/,
    );
  });

  test('a query next to a minimum of 0, which would start replicas at any time', () => {
    const schedules = [{ from: '07:30', to: '06:00', timeZone: 'UTC', minReplicas: 4 }];
    expect(messageOf({ minReplicas: 0, maxReplicas: 9, targets: [waiting], schedules })).toThrow(
      "[Unsupported] scaling target 'Waiting' is a query, with which KEDA starts replicas outside of 'schedules' although 'minReplicas' is 0; set 'minReplicas' to 1, or use ScalingTarget.cpuUtilization (at serving/digits/svm/Autoscaling)",
    );
  });

  test.each([
    'prometheus:9090',
    'ftp://a',
    'http://a/?query=1',
    'http://',
    'http://a b',
  ])('an address %j', (address) => {
    expect(messageOf({ maxReplicas: 4, targets: [waiting] }, { prometheusAddress: address })).toThrow(
      `[InvalidUrl] 'keda.prometheusAddress' ('${address}') must be a URL without a query, such as 'http://prometheus.monitoring:9090'`,
    );
  });

  test('a polling interval below a second', () => {
    expect(messageOf({ maxReplicas: 4, targets: [waiting] }, { pollingInterval: Duration.millis(500) })).toThrow(
      "[InvalidNumber] 'keda.pollingInterval' (0.5 s) must be between 1 and 3600 s; if 500 s is intended",
    );
  });
});
