import type { ServingPlan } from '../plan/plan';
import { DrainBehavior } from '../plan/server/descriptor';
import type { BackendPlan, BalancerPlan } from '../plan/serving-plan';
import { rangeOf } from './key-times';

/** Notes for someone on call: which side closes connections first, what a status code means, how long a rollout takes. */
export function onCallNotes(plan: ServingPlan, backend: BackendPlan): string[] {
  const { balancer } = plan;
  return [
    ...idleNotes(balancer, backend),
    ...limitNotes(balancer, backend),
    stopNote(backend),
    ...rolloutNotes(backend),
  ];
}

function idleNotes({ statuses }: BalancerPlan, { chain, times, intent }: BackendPlan): string[] {
  const [server, front] = [...chain].reverse();
  if (server === undefined || front === undefined) return [];
  const closedName = statuses === undefined ? 'lost request' : `${statuses.closed}`;
  const closed = `A ${closedName}`;
  const elsewhere = `${closed} is not caused by keep-alive: look for a server that crashed or was killed.`;
  if (times.closeEach && front.kind === 'balancer')
    return [`Idle connections: none, because ${front.name} closes each after its response. ${elsewhere}`];
  const first = `${front.name} closes first, after ${front.serverIdleSeconds} s`;
  if (server.clientIdleSeconds !== undefined)
    return [`Idle connections: ${first}; ${server.name} after ${server.clientIdleSeconds} s. ${elsewhere}`];
  if (intent.server.descriptor.keepAlive !== 'unknown')
    return [
      `Idle connections: ${first}; ${server.name} never closes a connection that a client may still use. ${elsewhere}`,
    ];
  return [
    `Idle connections: ${first}, provided ${server.name} keeps them longer. An occasional ${closedName} after a pause means that it does not.`,
  ];
}

/** Which hop ends a request. A silence limit that is not shorter than the limit of the whole request has no effect. */
function limitNotes({ statuses }: BalancerPlan, { chain }: BackendPlan): string[] {
  const cuts = chain.filter((hop) => hop.silenceSeconds !== undefined || hop.requestSeconds !== undefined);
  if (cuts.length === 0) return [];
  const limits = cuts.map(({ name, silenceSeconds, requestSeconds: total }) => {
    const times = [
      ...(silenceSeconds === undefined || silenceSeconds >= (total ?? Number.POSITIVE_INFINITY)
        ? []
        : [`${silenceSeconds} s of silence`]),
      ...(total === undefined ? [] : [`${total} s in total`]),
    ];
    return `${name} ends a request after ${times.join(' or ')}`;
  });
  const title = limits.some((limit) => limit.endsWith('in total')) ? 'Request limits' : 'Silence';
  return [`${title}: ${limits.join('; ')}${statuses === undefined ? '' : ` (status ${statuses.silent})`}.`];
}

function stopNote({ times, rollout, intent }: BackendPlan): string {
  const { name } = intent.server.descriptor;
  const before = times.deregistration + times.preStop;
  return `Stop: ${before} s until SIGTERM, then ${name} has ${times.drain} s to complete its requests and is killed after ${times.stop} s, in total ${rangeOf(rollout.stopSeconds)}.`;
}

function rolloutNotes({ rollout, intent, minReplicas, maxReplicas }: BackendPlan): string[] {
  const { name, drain } = intent.server.descriptor;
  const replicas = minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
  const one = maxReplicas === 1;
  const waves = one ? '' : `, ${rollout.batch} at a time`;
  const note = `Rollout: ${replicas} replica${one ? '' : 's'}${waves}, ${rangeOf(rollout.totalSeconds)}.`;
  if (drain !== DrainBehavior.WAITS_FULL_PERIOD || rollout.heldSeconds === 0) return [note];
  const held = rollout.heldSeconds * rollout.waves.best;
  return [
    note,
    `${name} delays each stop by ${rollout.heldSeconds} s when a proxy keeps a connection open, even an idle one: ${held} s or more of every rollout. A server that closes idle connections on SIGTERM avoids this.`,
  ];
}
