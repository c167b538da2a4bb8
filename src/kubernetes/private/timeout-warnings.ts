import type { Warning } from '../../constructs/private/warnings';
import { capabilityOf } from '../../plan/capabilities';
import { StreamProtocol } from '../../plan/choices';
import type { EndpointIntent } from '../../plan/intents';
import { Feature, SupportLevel, type TargetProfile } from '../../plan/target-profile';
import { longestOf } from '../../plan/timeouts/demand';
import { slug } from '../../private/names';

/**
 * The default timeout of a route of Envoy, for complete responses, streams included:
 * https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
 */
const ENVOY_SECONDS = 15;

/** Requests that take longer than the default of many gateways, for which the profile of the gateway sets no timeout. */
export function timeoutWarnings(target: TargetProfile, endpoint: EndpointIntent): Warning[] {
  const { name, protocol, requestTimeoutSeconds } = endpoint;
  // Such a limit does not apply to a connection that was upgraded.
  const longest = protocol === StreamProtocol.WEB_SOCKET ? requestTimeoutSeconds : longestOf(endpoint);
  if (capabilityOf(target, Feature.REQUEST_TIMEOUT).level !== SupportLevel.GATEWAY || longest <= ENVOY_SECONDS)
    return [];
  const message = `requests of endpoint '${name}' may take ${longest} s, but the profile of the gateway (${target.name}) sets no request timeout, and gateways based on Envoy cut requests off after ${ENVOY_SECONDS} s by default; set 'profile' of the Gateway to GatewayProfile.ENVOY_GATEWAY or to GatewayProfile.custom with 'requestTimeouts', or acknowledge this warning if the timeout of the gateway is longer; 'strict' of the platform makes it an error`;
  return [{ id: `gatewayTimeout.${slug(name)}`, message }];
}
