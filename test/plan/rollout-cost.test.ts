import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck } from '../../src/workload/health-check';
import { Rollout } from '../../src/workload/rollout';
import { NUMBERED, ROUTER } from '../support/profiles';
import { planOf, seconds } from './support';

const healthCheck = HealthCheck.http('/healthz', { interval: seconds(5), timeout: seconds(2) });
const asgi = ModelServer.asgi({ app: 'app' });
const classC = ModelServer.gunicorn({ app: 'app', version: '26.2.0', workerClass: GunicornWorkerClass.GTHREAD });

const roll = (replicas: number, rollout: Rollout, target = NUMBERED, server = asgi) =>
  planOf({ target, backend: { server, replicas, rollout, healthCheck, loadTimeout: seconds(60) } }).rollout;

describe('the duration of a rolling update', () => {
  test('is one start and one stop if all replicas are replaced at once', () => {
    expect(roll(4, Rollout.surge())).toEqual({
      batch: 4,
      waves: { best: 1, worst: 1 },
      startSeconds: { best: 10, worst: 370 },
      stopSeconds: { best: 70, worst: 135 },
      heldSeconds: 0,
      totalSeconds: { best: 80, worst: 505 },
    });
  });

  test.each([
    [8, 25, 4],
    [8, 100, 1],
    [3, 1, 3],
  ])('of %i replicas with a surge of %i % takes %i batches', (replicas, percent, waves) => {
    expect(roll(replicas, Rollout.surge({ percent })).waves).toEqual({ best: waves, worst: waves });
  });

  test('in place includes the start and stop of each replica in turn', () => {
    expect(roll(3, Rollout.inPlace(), ROUTER)).toMatchObject({
      batch: 1,
      waves: { best: 3, worst: 3 },
      totalSeconds: { best: 3 * (10 + 32), worst: 3 * (370 + 97) },
    });
  });

  test('includes every stop on ECS, where a stopping task still counts, and only the last one on Kubernetes', () => {
    const percent = 50;
    expect(roll(4, Rollout.surge({ percent }), NUMBERED).totalSeconds.best).toBe(2 * (10 + 70));
    expect(roll(4, Rollout.surge({ percent }), ROUTER).totalSeconds.best).toBe(2 * 10 + 32);
  });

  test('includes the full drain time of a server that waits for idle connections', () => {
    expect(roll(4, Rollout.surge(), NUMBERED, classC)).toMatchObject({
      heldSeconds: 65,
      stopSeconds: { best: 135, worst: 140 },
      totalSeconds: { best: 145 },
    });
  });

  test('grows with the longest request', () => {
    const of = (time: number) =>
      planOf({ target: NUMBERED, endpoint: { requestTimeout: seconds(time) }, backend: { server: asgi } }).rollout;
    expect(of(600).totalSeconds.best - of(60).totalSeconds.best).toBe(540);
  });
});
