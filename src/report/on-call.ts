import { DrainBehavior } from '../plan/server/descriptor';
import type { BackendPlan, BalancerPlan, TimeRange } from '../plan/serving-plan';

/** What someone on call wants to know of a backend: who closes first, what a status means, how long a rollout takes. */
export function onCallNotes(balancer: BalancerPlan, backend: BackendPlan): string[] {
  return [
    ...idleNotes(balancer, backend),
    ...silenceNotes(balancer, backend),
    stopNote(backend),
    ...rolloutNotes(backend),
  ];
}

function idleNotes({ statuses }: BalancerPlan, { chain, times, intent }: BackendPlan): string[] {
  const [server, front] = [...chain].reverse();
  if (server === undefined || front === undefined) return [];
  const closed = statuses === undefined ? 'A lost request' : `A ${statuses.closed}`;
  const elsewhere = `${closed} is not about keep-alive: look for a server that crashed or was killed.`;
  if (times.closeEach && front.kind === 'balancer')
    return [`Idle connections: there are none, ${front.name} ends each after its response. ${elsewhere}`];
  const first = `${front.name} closes first, after ${front.serverIdleSeconds} s`;
  if (server.clientIdleSeconds !== undefined)
    return [`Idle connections: ${first}; ${server.name} would after ${server.clientIdleSeconds} s. ${elsewhere}`];
  if (intent.server.descriptor.keepAlive !== 'unknown')
    return [`Idle connections: ${first}; ${server.name} does not while a client may use them. ${elsewhere}`];
  return [
    `Idle connections: ${first}, if ${server.name} keeps them longer. ${closed} that comes now and then, after a pause, says that it does not.`,
  ];
}

function silenceNotes({ statuses }: BalancerPlan, { chain }: BackendPlan): string[] {
  const cuts = chain.filter((hop) => hop.silenceSeconds !== undefined || hop.requestSeconds !== undefined);
  if (cuts.length === 0) return [];
  const words = cuts.map(({ name, silenceSeconds, requestSeconds }) => {
    const limits = [
      ...(silenceSeconds === undefined ? [] : [`${silenceSeconds} s of silence`]),
      ...(requestSeconds === undefined || requestSeconds === silenceSeconds ? [] : [`${requestSeconds} s in all`]),
    ];
    return `${name} gives up after ${limits.join(' or ')}`;
  });
  return [`Silence: ${words.join('; ')}${statuses === undefined ? '' : ` (status ${statuses.silent})`}.`];
}

function stopNote({ times, rollout, intent }: BackendPlan): string {
  const { name } = intent.server.descriptor;
  const before = times.deregistration + times.preStop;
  return `Stop: ${before} s until the signal, then ${name} has ${times.drain} s to finish and is killed after ${times.stop} s, in all ${between(rollout.stopSeconds)}.`;
}

function rolloutNotes({ rollout, intent, minReplicas, maxReplicas }: BackendPlan): string[] {
  const { name, drain } = intent.server.descriptor;
  const replicas = minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
  const one = maxReplicas === 1;
  const waves = one ? '' : `, ${rollout.batch} at a time`;
  const note = `Rollout: ${replicas} replica${one ? '' : 's'}${waves}, ${between(rollout.totalSeconds)}.`;
  if (drain !== DrainBehavior.WAITS_FULL_PERIOD || rollout.heldSeconds === 0) return [note];
  const held = rollout.heldSeconds * rollout.waves.best;
  return [
    note,
    `${name} holds each stop for ${rollout.heldSeconds} s when a proxy keeps a connection to it, with or without requests: ${held} s or more of every rollout. A server that closes idle connections at the signal does not.`,
  ];
}

function between({ best, worst }: TimeRange): string {
  return best === worst ? words(best) : `${words(best)} to ${words(worst)}`;
}

function words(seconds: number): string {
  return seconds < 600 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
