import type { BackendIntent } from './intents';
import { isSettable } from './server/knobs';
import { type BackendTimes, type LedgerEntry, LedgerTopic } from './serving-plan';
import { SupportLevel } from './target-profile';

/** What the server of a backend supports only partly, or leaves to the application. */
export function serverEntries(backend: BackendIntent, times: BackendTimes, nodes: number): LedgerEntry[] {
  const { path, server, gpu, maxConcurrency } = backend;
  const { name, versionNote, connectionLimit, requestLimit } = server.descriptor;
  const entries: LedgerEntry[] = [];
  const add = (feature: LedgerTopic, level: SupportLevel, detail: string): void => {
    entries.push({ path, feature, level, detail });
  };
  if (versionNote !== undefined) {
    const way = server.descriptor.versionUnknown ? "; set 'version' of the server" : '';
    add(LedgerTopic.SERVER_VERSION, SupportLevel.APPROXIMATED, `${name}: ${versionNote}${way}`);
  }
  if (server.batching !== undefined) {
    const { maxBatchSize, delaySeconds } = server.batching;
    const { sizeKnob, delayKnob, overriddenBy } = server.descriptor.batching ?? {};
    const wait = delaySeconds === undefined ? 'without a wait' : `after a wait of at most ${delaySeconds} s`;
    const names = [sizeKnob, delayKnob].flatMap((knob) => knob?.name ?? []).join(', ');
    add(
      LedgerTopic.BATCHING,
      overriddenBy === undefined ? SupportLevel.NATIVE : SupportLevel.APPLICATION,
      `${name} runs batches of at most ${maxBatchSize} ${wait} (${names})${overriddenBy === undefined ? '' : `; ${overriddenBy} take precedence`}`,
    );
  }
  if (gpu !== undefined && server.workers !== undefined && server.workers > 1) {
    add(
      LedgerTopic.WORKERS,
      SupportLevel.APPROXIMATED,
      `${server.workers} worker processes share the GPUs, and each loads the model into GPU memory; prefer 1 worker and more replicas`,
    );
  }
  if (connectionLimit?.defaultLimit !== undefined) {
    const { knob: limit, defaultLimit, beyond } = connectionLimit;
    const rule = `${name} limits connections to ${defaultLimit} (${limit}), idle ones included; beyond that, ${beyond}`;
    // Every node keeps the connections of its peak load (rule R9).
    const needed = maxConcurrency === undefined ? undefined : (nodes + 1) * maxConcurrency;
    add(
      LedgerTopic.CONNECTION_LIMIT,
      needed !== undefined && needed <= defaultLimit ? SupportLevel.NATIVE : SupportLevel.APPLICATION,
      needed === undefined
        ? `${rule}; the ${nodes} nodes of the balancer keep connections open, which allows at most ${Math.floor(defaultLimit / (nodes + 1))} concurrent requests`
        : `${rule}; the ${nodes} nodes of the balancer keep up to ${maxConcurrency} connections each, which makes ${needed} with ${maxConcurrency} concurrent requests${needed <= defaultLimit ? '' : ': raise the limit, or lower maxConcurrency'}`,
    );
  }
  const knob = requestLimit?.knob;
  const status = requestLimit?.status;
  if (knob?.defaultSeconds !== undefined && !isSettable(knob) && knob.defaultSeconds < times.request) {
    add(
      LedgerTopic.SERVER_REQUEST_LIMIT,
      SupportLevel.APPLICATION,
      `${name} ends requests ${requestLimit?.waitingOnly ? 'that are queued for' : 'after'} ${knob.defaultSeconds} s${status ? ` with status ${status}` : ''}, unless its ${knob.place} sets ${knob.name} to ${times.request} s`,
    );
  }
  return entries;
}
