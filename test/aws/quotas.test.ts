/** The quotas of the account that are counted at synthesis. */
import { aws, Model, Rollout, ScalingTarget } from '../../src';
import { QUOTAS } from '../../src/aws/quotas';
import { messagesOf, newStack, oneBackend, templateOf } from '../support/aws';

/** A platform with a backend of up to this many replicas. */
function scaled(minReplicas: number, maxReplicas: number, props: aws.EcsPlatformProps = {}) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', props);
  const { backend } = oneBackend({ rollout: Rollout.surge({ percent: 25 }) }, {}, stack);
  backend.autoscale({ minReplicas, maxReplicas, targets: [ScalingTarget.cpuUtilization(60)] });
  return stack;
}

describe('targets of a load balancer', () => {
  test('are refused above the quota, with the replicas of a rollout', () => {
    templateOf(scaled(800, 800));
    expect(() => templateOf(scaled(801, 801))).toThrow(
      "[QuotaExceeded] the backends need 1001 targets, including those of rollouts, but a load balancer supports at most 1000; raise the quota and set 'targetQuota', or use a second platform",
    );
    templateOf(scaled(801, 801, { targetQuota: 1001 }));
  });

  test('that only autoscaling can reach cause a warning', () => {
    expect(messagesOf(scaled(2, 600))).toEqual([]);
    expect(messagesOf(scaled(2, 900))).toEqual([
      expect.stringContaining(
        'the backends can be scaled out to 1350 targets, including those of rollouts, but a load balancer',
      ),
    ]);
  });
});

test('the tasks of a service are refused above the quota', () => {
  expect(() => scaled(1, 5001)).toThrow("'maxReplicas' (5001) must be a whole number between 1 and 5000");
  scaled(1, 5001, { taskQuota: 6000 });
});

test('the containers of a task are refused above the quota', () => {
  const withModels = (count: number) =>
    oneBackend({
      models: Array.from({ length: count }, (_, index) =>
        Model.fromS3(`s3://acme/net${index}/`, { path: `net${index}` }),
      ),
    }).stack;
  templateOf(withModels(9));
  expect(() => templateOf(withModels(10))).toThrow(
    "[QuotaExceeded] a task of backend 'backend' needs 11 containers, but ECS supports at most 10; fetch fewer models, for example several in one directory, or use fewer sidecars (at Serving/endpoint/backend)",
  );
});

test('every quota has a source and a positive value', () => {
  for (const { value, source } of Object.values(QUOTAS)) {
    expect(value).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});
