import { allowedMethods } from './allowed-methods';
import { refuseCors, refuseCorsOfCalls, sharedCors } from './cors';
import type { BackendIntent } from './intents';
import { numberRules } from './numbered-rules';
import { clearPrefixes } from './path-prefix';
import { hasRouteTimes, refuseSharedPaths } from './path-times';
import type { Planning } from './planning';
import { refuseEndpointProtocol, refuseSharedHosts, type ServedEndpoint } from './protocols';
import { refuse } from './refuse';
import { routesOf, sharesOf } from './routes';
import { refuseUnservedPaths } from './served-paths';
import type { EndpointPlan } from './serving-plan';
import { refuseStickySessions } from './sticky-sessions';
import { routeSilenceOf } from './timeouts/demand';
import { endpointLadder } from './timeouts/endpoint';

/** Plans the endpoints of a platform, in the order of their declaration. */
export function planEndpoints({ intents, index, balancer, ledger, checks: { refusals } }: Planning): EndpointPlan[] {
  const allowed = allowedMethods(intents.endpoints, refusals);
  refuseSharedPaths(intents.endpoints, refusals);
  refuseCors(intents.target, intents.endpoints, refusals);
  const hasTimes = hasRouteTimes(intents.target);
  const served: ServedEndpoint[] = [];
  const plans = intents.endpoints.map((endpoint) => {
    const attachments = index.attachmentsOf(endpoint.path);
    const split = index.splits.get(endpoint.path);
    const shares = sharesOf(attachments, split);
    ledger.addEndpoint(endpoint, attachments, split, shares);
    ledger.addHops(endpoint, balancer.plan);
    if (attachments.length === 0) {
      refuse(
        refusals,
        'NoBackend',
        endpoint.path,
        `endpoint '${endpoint.name}' has no backend; add one with 'addBackend'`,
      );
    }
    const backendOf = (key: string) => index.backends.get(key) as BackendIntent;
    for (const { backend } of attachments) refuseUnservedPaths(endpoint, backendOf(backend), refusals);
    const attached = attachments.map((attachment) => ({ attachment, backend: backendOf(attachment.backend) }));
    refuseEndpointProtocol(endpoint, attached, refusals);
    const backends = attached.map(({ backend }) => backend);
    refuseCorsOfCalls(endpoint, backends, refusals);
    refuseStickySessions(intents.target, { endpoint, backends, split }, refusals);
    served.push({ endpoint, backends });
    const routes = routesOf(endpoint, {
      attachments,
      split,
      backendOf,
      allowed: allowed.get(endpoint.path) as string[],
      hasTimes,
      target: intents.target,
    });
    return {
      path: endpoint.path,
      name: endpoint.name,
      slug: endpoint.slug,
      intent: endpoint,
      shares,
      routes,
      silenceSeconds: routeSilenceOf(endpoint, intents.target),
      cors: sharedCors(intents.target, endpoint, intents.endpoints),
      ladder: endpointLadder(intents.target, balancer, endpoint),
    };
  });
  refuseSharedHosts(intents.target, served, refusals);
  const routed = clearPrefixes(plans);
  return intents.target.rules === undefined ? routed : numberRules(intents, routed, refusals);
}
