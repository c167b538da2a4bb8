import { capabilityOf } from './capabilities';
import type { BackendIntent } from './intents';
import { DisconnectBehavior } from './server/descriptor';
import type { LedgerEntry } from './serving-plan';
import { Feature, SupportLevel, type TargetProfile } from './target-profile';

/**
 * Whether a request of this backend ends with the connection of its client. A server that keeps working on it would exceed
 * `maxConcurrency`, because the balancer then sends the next request.
 */
export function isCanceled({ cancelOnDisconnect, maxConcurrency, server }: BackendIntent): boolean {
  if (cancelOnDisconnect !== undefined) return cancelOnDisconnect;
  switch (server.descriptor.disconnect) {
    case DisconnectBehavior.STOPS:
      return true;
    case DisconnectBehavior.NOTIFIES:
      return maxConcurrency === undefined;
    default:
      return false;
  }
}

/** What happens to a request without a client; undefined where the target does not follow the definition. */
export function cancellationEntry(target: TargetProfile, backend: BackendIntent): LedgerEntry | undefined {
  const { level: support, detail: how } = capabilityOf(target, Feature.CANCELLATION);
  if (support !== SupportLevel.NATIVE) return undefined;
  const [level, detail] = isCanceled(backend) ? canceled(backend, how) : completed(backend);
  return { path: backend.path, feature: Feature.CANCELLATION, level, detail };
}

function canceled({ maxConcurrency, server }: BackendIntent, how: string): [SupportLevel, string] {
  const { name, disconnect } = server.descriptor;
  const queued = maxConcurrency === undefined ? '' : ' leaves the queue, or';
  if (disconnect === DisconnectBehavior.STOPS)
    return [SupportLevel.NATIVE, `a request without a client${queued} is stopped by ${name} (${how})`];
  const limit = maxConcurrency === undefined ? '' : `, otherwise a replica exceeds ${maxConcurrency} requests`;
  return [
    SupportLevel.APPLICATION,
    `the connection of a request without a client is closed; the application behind ${name} must stop it${limit} (${how})`,
  ];
}

function completed({ cancelOnDisconnect, maxConcurrency, server }: BackendIntent): [SupportLevel, string] {
  const { name, disconnect } = server.descriptor;
  const queued = maxConcurrency === undefined ? '' : ', also one that waits in the queue';
  const outcome = `a request without a client runs to its end${queued}`;
  if (cancelOnDisconnect === false) return [SupportLevel.NATIVE, `off: ${outcome}`];
  const reason =
    disconnect === DisconnectBehavior.NOTIFIES
      ? `${name} leaves it to the application to stop, and 'maxConcurrency' would be exceeded`
      : `${name} does not stop it`;
  return [
    SupportLevel.APPROXIMATED,
    `${outcome}, because ${reason}; set 'cancelOnDisconnect' if the application stops such requests`,
  ];
}
