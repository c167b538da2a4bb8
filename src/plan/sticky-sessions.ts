import { capabilityOf } from './capabilities';
import { ServerProtocol } from './choices';
import type { BackendIntent, EndpointIntent, SplitIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';
import { Feature, SupportLevel, type TargetProfile } from './target-profile';

/** An endpoint with its backends and its split. */
export interface SplitEndpoint {
  readonly endpoint: EndpointIntent;
  readonly backends: readonly BackendIntent[];
  readonly split?: SplitIntent;
}

/** Whether a client keeps its replica only if it also keeps its backend. */
export function needsStickySplit(target: TargetProfile, backends: readonly BackendIntent[]): boolean {
  const isSticky = backends.some(({ stickySeconds }) => stickySeconds !== undefined);
  return target.stickyReplicasNeedBackend === true && backends.length > 1 && isSticky;
}

/** Refuses sticky sessions whose clients or whose balancer could not keep them. */
export function refuseStickySessions(target: TargetProfile, served: SplitEndpoint, refusals: Refusal[]): void {
  refuseStickyCalls(served, refusals);
  refuseLooseBackend(target, served, refusals);
}

/** Libraries of gRPC ignore cookies, so that each call would be that of a new client. */
function refuseStickyCalls({ endpoint, backends, split }: SplitEndpoint, refusals: Refusal[]): void {
  const calls = backends.filter(({ protocol }) => protocol === ServerProtocol.GRPC);
  const [call] = calls;
  if (call === undefined) return;
  const wayOut = 'remove it, and keep the state outside of the replicas or within one stream';
  for (const { path, name } of calls.filter(({ stickySeconds }) => stickySeconds !== undefined))
    refuse(
      refusals,
      'ProtocolMismatch',
      path,
      `'stickySession' of backend '${name}' has no effect, because clients of gRPC keep no cookies; ${wayOut}`,
    );
  if (split?.stickySeconds === undefined) return;
  refuse(
    refusals,
    'ProtocolMismatch',
    split.path,
    `'stickySession' of the split of endpoint '${endpoint.name}' has no effect, because backend '${call.name}' serves gRPC, whose clients keep no cookies; remove it, and select the backend by a header rule`,
  );
}

/** Refuses sticky replicas of a backend that the next request of a client may not reach. */
function refuseLooseBackend(target: TargetProfile, served: SplitEndpoint, refusals: Refusal[]): void {
  const { endpoint, backends, split } = served;
  if (!needsStickySplit(target, backends)) return;
  const canStick = capabilityOf(target, Feature.STICKY_BACKENDS).level !== SupportLevel.REFUSED;
  if (canStick && split?.stickySeconds !== undefined) return;
  const sticky = backends.find(({ stickySeconds }) => stickySeconds !== undefined) as BackendIntent;
  const wayOut = canStick
    ? "set 'stickySession' of 'splitTraffic' too, which keeps the backend"
    : 'give the backend an endpoint of its own';
  refuse(
    refusals,
    'Unsupported',
    endpoint.path,
    `'stickySession' of backend '${sticky.name}' is not supported by ${target.name} while endpoint '${endpoint.name}' chooses among ${backends.length} backends for each request; ${wayOut}, or remove it`,
  );
}
