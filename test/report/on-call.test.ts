import type { TargetProfile } from '../../src/plan/target-profile';
import { onCallNotes } from '../../src/report/on-call';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck } from '../../src/workload/health-check';
import { keeping, planOf, seconds } from '../plan/support';
import { NUMBERED, ROUTER } from '../support/profiles';

const STATUSES = { closed: 502, silent: 504, unavailable: 503 };

function notesOf(server: ModelServer, target: TargetProfile = { ...NUMBERED, statuses: STATUSES }, replicas = 1) {
  const { plan } = planOf({ target, backend: { server, replicas, loadTimeout: seconds(60) } });
  return onCallNotes(plan, plan.backend('endpoint/backend'));
}

describe('the notes on a backend for someone on call', () => {
  test('state which side closes first, what a status means, and how long a stop and a rollout take', () => {
    expect(notesOf(ModelServer.asgi({ app: 'app' }), undefined, 4)).toEqual([
      'Idle connections: an Application Load Balancer closes first, after 70 s; uvicorn after 4010 s. A 502 is not caused by keep-alive: look for a server that crashed or was killed.',
      'Silence: an Application Load Balancer ends a request after 70 s of silence (status 504).',
      'Stop: 70 s until SIGTERM, then uvicorn has 60 s to complete its requests and is killed after 65 s, in total 70 to 135 s.',
      'Rollout: 4 replicas, 4 at a time, 90 to 515 s.',
    ]);
  });

  test('state the cost of a server that waits for idle connections', () => {
    const gthread = ModelServer.gunicorn({ app: 'app', version: '26.2.0' });
    expect(notesOf(gthread).at(-1)).toBe(
      'gunicorn delays each stop by 65 s when a proxy keeps a connection open, even an idle one: 65 s or more of every rollout. A server that closes idle connections on SIGTERM avoids this.',
    );
    expect(notesOf(ModelServer.asgi({ app: 'app' })).join()).not.toContain('delays each stop');
  });

  test('state that there are no idle connections if the balancer closes each', () => {
    expect(notesOf(keeping(4), ROUTER)[0]).toBe(
      'Idle connections: none, because the router closes each after its response. A lost request is not caused by keep-alive: look for a server that crashed or was killed.',
    );
  });

  test('make no promises for a server with unknown behavior', () => {
    expect(notesOf(ModelServer.triton({}))[0]).toContain(
      'Triton never closes a connection that a client may still use.',
    );
    const { plan } = planOf({
      target: { ...NUMBERED, statuses: STATUSES },
      backend: { server: ModelServer.command({ command: ['serve'] }), healthCheck: HealthCheck.http('/') },
    });
    expect(onCallNotes(plan, plan.backend('endpoint/backend'))[0]).toBe(
      'Idle connections: an Application Load Balancer closes first, after 70 s, provided an undeclared server keeps them longer. An occasional 502 after a pause means that it does not.',
    );
  });
});
