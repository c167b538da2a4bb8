import type { TargetProfile } from '../../src/plan/target-profile';
import { onCallNotes } from '../../src/report/on-call';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck } from '../../src/workload/health-check';
import { keeping, planOf, seconds } from '../plan/support';
import { NUMBERED, ROUTER } from '../support/profiles';

const STATUSES = { closed: 502, silent: 504, unavailable: 503 };

function notesOf(server: ModelServer, target: TargetProfile = { ...NUMBERED, statuses: STATUSES }, replicas = 1) {
  const { plan } = planOf({ target, backend: { server, replicas, loadTimeout: seconds(60) } });
  return onCallNotes(plan.balancer, plan.backend('endpoint/backend'));
}

describe('what someone on call reads of a backend', () => {
  test('says who closes first, what a status means, and how long a stop and a rollout take', () => {
    expect(notesOf(ModelServer.asgi({ app: 'app' }), undefined, 4)).toEqual([
      'Idle connections: an Application Load Balancer closes first, after 70 s; uvicorn would after 4010 s. A 502 is not about keep-alive: look for a server that crashed or was killed.',
      'Silence: an Application Load Balancer gives up after 70 s of silence (status 504).',
      'Stop: 70 s until the signal, then uvicorn has 60 s to finish and is killed after 65 s, in all 70 s to 135 s.',
      'Rollout: 4 replicas, 4 at a time, 90 s to 515 s.',
    ]);
  });

  test('says what a server that waits for connections costs', () => {
    const gthread = ModelServer.gunicorn({ app: 'app', version: '26.2.0' });
    expect(notesOf(gthread).at(-1)).toBe(
      'gunicorn holds each stop for 65 s when a proxy keeps a connection to it, with or without requests: 65 s or more of every rollout. A server that closes idle connections at the signal does not.',
    );
    expect(notesOf(ModelServer.asgi({ app: 'app' })).join()).not.toContain('holds each stop');
  });

  test('says that there are no idle connections where the balancer ends each', () => {
    expect(notesOf(keeping(4), ROUTER)[0]).toBe(
      'Idle connections: there are none, the router ends each after its response. A lost request is not about keep-alive: look for a server that crashed or was killed.',
    );
  });

  test('does not vouch for a server of which nobody knows', () => {
    expect(notesOf(ModelServer.triton({}))[0]).toContain('Triton does not while a client may use them.');
    const { plan } = planOf({
      target: { ...NUMBERED, statuses: STATUSES },
      backend: { server: ModelServer.command({ command: ['serve'] }), healthCheck: HealthCheck.http('/') },
    });
    expect(onCallNotes(plan.balancer, plan.backend('endpoint/backend'))[0]).toBe(
      'Idle connections: an Application Load Balancer closes first, after 70 s, if an undeclared server keeps them longer. A 502 that comes now and then, after a pause, says that it does not.',
    );
  });
});
