import { isIP } from 'node:net';
import type { IConstruct } from 'constructs';
import type { Warning } from '../../../constructs/private/credential-warnings';
import { requireNumber } from '../../../private/checks';
import { ServingError } from '../../../private/errors';
import { type GuardOptions, MAX_CONNECTIONS, MAX_CONNECTIONS_PER_SOURCE } from './guards';

/** Checks the options that define how much the router trusts its clients. */
export function checkTrust(options: GuardOptions, at: IConstruct): void {
  const { trustedProxies = [], maxConnectionsPerSource = MAX_CONNECTIONS_PER_SOURCE } = options;
  const bounds = { min: 1, max: MAX_CONNECTIONS, integer: true, hint: 'for each pod of the router', at };
  requireNumber('maxConnectionsPerSource', maxConnectionsPerSource, bounds);
  trustedProxies.forEach((network, index) => {
    if (isNetwork(network)) return;
    throw new ServingError(
      'InvalidNetwork',
      `'trustedProxies[${index}]' ('${network}') must be an IP address or a network, such as '10.0.0.0/8' or 'fd00::/8'`,
      at,
    );
  });
}

/** The shortest prefix of a private network, which is that of fc00::/7. */
const SHORTEST_PREFIX = 7;

/** The warnings about the trust of a router behind these proxies. */
export function trustWarnings({ trustedProxies = [] }: GuardOptions, behind: readonly string[]): Warning[] {
  const names = behind.map((name) => `'${name}'`).join(' and ');
  const wide = trustedProxies.flatMap((network, index): Warning[] => {
    const bits = network.split('/')[1];
    if (bits === undefined || Number(bits) >= SHORTEST_PREFIX) return [];
    const message = `'trustedProxies[${index}]' ('${network}') contains public addresses, whose clients could forge their address, scheme and host and bypass the connection limit; list only the networks of your proxies, or acknowledge this`;
    return [{ id: `publicTrustedProxies.${network}`, message }];
  });
  if (behind.length === 0 || trustedProxies.length > 0) return wide;
  const message = `'behind' declares ${names} in front of the router, but 'trustedProxies' is not set: the router replaces the forwarded headers of ${names}, so servers see the address of the proxy as that of the client, and 'http' as the scheme; list the networks of the proxy in 'router.trustedProxies', or acknowledge this`;
  return [{ id: 'untrustedProxies', message }];
}

/** Whether a text is an IP address, or an address with a prefix length. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^(?:0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
