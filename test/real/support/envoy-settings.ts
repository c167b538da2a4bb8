/** The settings that Envoy Gateway derives from the objects of one endpoint. */
import { type Data, object, objects, text } from '../../support/data';
import type { EnvoySettings } from './envoy-process';

/** The settings for an HTTPRoute and its BackendTrafficPolicy; undefined if they are not among the objects. */
export function envoySettingsOf(manifests: readonly Data[]): EnvoySettings | undefined {
  const specOf = (kind: string) => object(manifests.find((one) => one.kind === kind)?.spec);
  const [route, policy] = [specOf('HTTPRoute'), specOf('BackendTrafficPolicy')];
  if (route.rules === undefined || policy.timeout === undefined) return undefined;
  const shares = objects(route.rules).find(({ backendRefs }) => backendRefs !== undefined);
  const http = object(object(policy.timeout).http);
  const { type, consistentHash } = object(policy.loadBalancer);
  const { name, ttl } = object(object(consistentHash).cookie);
  return {
    loadBalancer: text(type) as EnvoySettings['loadBalancer'],
    ...(name !== undefined && { cookie: { name: text(name), seconds: seconds(text(ttl)) } }),
    upstreamIdle: seconds(text(http.connectionIdleTimeout)),
    route: seconds(text(object(shares?.timeouts).request)),
    streamIdle: seconds(text(http.streamIdleTimeout)),
    requestsPerConnection: object(policy.circuitBreaker).maxRequestsPerConnection as number | undefined,
  };
}

/** A duration in the manifests of the tests. */
function seconds(duration: string): number {
  const match = /^(\d+)s$/.exec(duration);
  if (match === null) throw new Error(`'${duration}' is not in seconds`);
  return Number(match[1]);
}
