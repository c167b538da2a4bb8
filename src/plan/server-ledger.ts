import { isTold } from '../servers/knobs';
import type { BackendIntent } from './intents';
import type { BackendTimes, LedgerEntry } from './serving-plan';
import { Feature, SupportLevel } from './target-profile';

/** What the server of a backend does by halves, or leaves to its code. */
export function serverEntries(backend: BackendIntent, times: BackendTimes): LedgerEntry[] {
  const { path, server, gpu, user } = backend;
  const { name, versionNote, connectionLimit, requestLimit, image } = server.descriptor;
  const entries: LedgerEntry[] = [];
  const add = (feature: Feature, level: SupportLevel, detail: string): void => {
    entries.push({ path, feature, level, detail });
  };
  if (versionNote !== undefined) add(Feature.SERVER_VERSION, SupportLevel.APPROXIMATED, `${name}: ${versionNote}`);
  if (gpu !== undefined && server.workers !== undefined && server.workers > 1) {
    add(
      Feature.WORKERS,
      SupportLevel.APPROXIMATED,
      `${server.workers} processes share the GPUs, and each loads the model into their memory; 1 worker and more replicas are usual`,
    );
  }
  if (connectionLimit?.standard !== undefined) {
    add(
      Feature.CONNECTION_LIMIT,
      SupportLevel.APPLICATION,
      `${name} counts kept connections too (${connectionLimit.knob}, ${connectionLimit.standard}), and beyond that ${connectionLimit.beyond}; the connections of all balancer nodes must fit in`,
    );
  }
  const knob = requestLimit?.knob;
  const status = requestLimit?.status;
  if (knob?.standardSeconds !== undefined && !isTold(knob) && knob.standardSeconds < times.request) {
    add(
      Feature.SERVER_REQUEST_LIMIT,
      SupportLevel.APPLICATION,
      `${name} ends requests after ${knob.standardSeconds} s${status ? ` with ${status}` : ''}, unless its ${knob.place} sets ${knob.name} to ${times.request} s`,
    );
  }
  if (image?.user === 'root' && user === undefined) {
    add(
      Feature.IMAGE_USER,
      SupportLevel.APPLICATION,
      `${image.repository} runs as root; where the target wants another user, the image must let it read and write what the server needs`,
    );
  }
  return entries;
}
