import { ScalingTarget } from '../../src/constructs/scaling-target';
import { MetricTarget } from '../../src/kubernetes';
import { findObject, manifestsOf, oneBackend } from './support';

const named = (name: string, averageValue: string) => ({
  metric: { name },
  target: { type: 'AverageValue', averageValue },
});

test('metrics of Pods and of all replicas together are rendered next to resources', () => {
  const { chart, backend } = oneBackend();
  backend.autoscale({
    maxReplicas: 8,
    targets: [
      ScalingTarget.cpuUtilization(60),
      MetricTarget.ofAverage('vllm:num_requests_waiting', 2),
      MetricTarget.ofTotal('jobs_waiting', 0.5),
    ],
  });
  expect(findObject(manifestsOf(chart), 'HorizontalPodAutoscaler', 'digits-svm').spec).toMatchObject({
    metrics: [
      { type: 'Resource' },
      { type: 'Pods', pods: named('vllm:num_requests_waiting', '2') },
      { type: 'External', external: named('jobs_waiting', '0.5') },
    ],
  });
});

test('a metric is used once', () => {
  const targets = [2, 3].map((value) => MetricTarget.ofAverage('waiting', value));
  expect(() => oneBackend().backend.autoscale({ maxReplicas: 8, targets })).toThrow(
    "[DuplicateScalingTarget] duplicate scaling target 'waiting' in 'targets'; use each metric once",
  );
});

test.each(['', 'a/b', 'rate(x[1m])', '2x'])('a name that an adapter cannot serve fails: %j', (name) => {
  expect(() => MetricTarget.ofTotal(name, 1)).toThrow(
    `[InvalidName] 'metricName' ('${name}') must be the name of a metric`,
  );
});

test.each([0, -1, Number.NaN])('a value of %d fails', (value) => {
  expect(() => MetricTarget.ofAverage('waiting', value)).toThrow(`[InvalidNumber] 'value' (${value}) must be a number`);
  expect(() => MetricTarget.ofTotal('waiting', value)).toThrow(`[InvalidNumber] 'perReplica' (${value})`);
});
