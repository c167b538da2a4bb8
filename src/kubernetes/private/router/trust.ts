import { isIP } from 'node:net';
import type { IConstruct } from 'constructs';
import { requireNumber } from '../../../private/checks';
import { ServingError } from '../../../private/errors';
import { type GuardOptions, MAX_CONNECTIONS, MAX_CONNECTIONS_PER_SOURCE } from './guards';

/** Checks what a user says of the clients of the router. */
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

/** Whether a text is an address, or an address and the number of its bits that count. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^(?:0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
