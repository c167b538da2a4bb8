import type { BackendIntent } from './intents';
import { isSettable } from './server/knobs';
import { type BackendTimes, type LedgerEntry, LedgerTopic } from './serving-plan';
import { SupportLevel } from './target-profile';

/** What the server of a backend does by halves, or leaves to its code. */
export function serverEntries(backend: BackendIntent, times: BackendTimes, nodes: number): LedgerEntry[] {
  const { path, server, gpu, maxConcurrency, healthCheck } = backend;
  const { name, versionNote, connectionLimit, requestLimit, serial } = server.descriptor;
  const entries: LedgerEntry[] = [];
  const add = (feature: LedgerTopic, level: SupportLevel, detail: string): void => {
    entries.push({ path, feature, level, detail });
  };
  if (versionNote !== undefined) {
    const way = server.descriptor.versionUnknown ? "; set 'version' of the server" : '';
    add(LedgerTopic.SERVER_VERSION, SupportLevel.APPROXIMATED, `${name}: ${versionNote}${way}`);
  }
  if (gpu !== undefined && server.workers !== undefined && server.workers > 1) {
    add(
      LedgerTopic.WORKERS,
      SupportLevel.APPROXIMATED,
      `${server.workers} processes share the GPUs, and each loads the model into their memory; 1 worker and more replicas are usual`,
    );
  }
  if (connectionLimit?.defaultLimit !== undefined) {
    const { knob: limit, defaultLimit, beyond } = connectionLimit;
    const rule = `${name} counts kept connections too (${limit}, ${defaultLimit}), and beyond that ${beyond}`;
    // Every node keeps the connections of its busiest moment (rule R9).
    const needed = maxConcurrency === undefined ? undefined : (nodes + 1) * maxConcurrency;
    add(
      LedgerTopic.CONNECTION_LIMIT,
      needed !== undefined && needed <= defaultLimit ? SupportLevel.NATIVE : SupportLevel.APPLICATION,
      needed === undefined
        ? `${rule}; ${nodes} nodes of the balancer keep as many as they used, so at most ${Math.floor(defaultLimit / (nodes + 1))} requests at a time fit`
        : `${rule}; ${nodes} nodes of the balancer keep up to ${maxConcurrency} each, which with ${maxConcurrency} at work makes ${needed}${needed <= defaultLimit ? '' : ': raise the limit, or lower maxConcurrency'}`,
    );
  }
  const patience = healthCheck.intervalSeconds * healthCheck.unhealthyThreshold;
  if (serial && server.workers === 1 && patience < times.requestTimeout) {
    add(
      LedgerTopic.HEALTH_CHECK,
      SupportLevel.APPLICATION,
      `${name} works on one request at a time, so that during one of ${times.requestTimeout} s it is taken for dead after ${patience} s; raise 'interval' or 'unhealthyThreshold' of its HealthCheck, or give it more workers`,
    );
  }
  const knob = requestLimit?.knob;
  const status = requestLimit?.status;
  if (knob?.defaultSeconds !== undefined && !isSettable(knob) && knob.defaultSeconds < times.request) {
    add(
      LedgerTopic.SERVER_REQUEST_LIMIT,
      SupportLevel.APPLICATION,
      `${name} ends requests ${requestLimit?.waitingOnly ? 'that wait for' : 'after'} ${knob.defaultSeconds} s${status ? ` with ${status}` : ''}, unless its ${knob.place} sets ${knob.name} to ${times.request} s`,
    );
  }
  return entries;
}
