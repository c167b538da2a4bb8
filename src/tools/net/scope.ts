import { BlockList, isIP } from 'node:net';

/** Where an address can be reached from, widest first. */
export type Scope = 'public' | 'private' | 'loopback' | 'link-local';

const NEARNESS: { readonly [scope in Scope]: number } = { public: 0, private: 1, loopback: 2, 'link-local': 3 };

/** Subnets in the special-purpose address registries (RFC 6890); all others are public. */
const SUBNETS: readonly (readonly [Scope, 'ipv4' | 'ipv6', string, number])[] = [
  ['loopback', 'ipv4', '127.0.0.0', 8],
  // Linux connects to the local machine.
  ['loopback', 'ipv4', '0.0.0.0', 8],
  ['loopback', 'ipv6', '::', 127],
  // Cloud metadata services, which return credentials without authentication.
  ['link-local', 'ipv4', '169.254.0.0', 16],
  ['link-local', 'ipv4', '100.100.100.200', 32],
  ['link-local', 'ipv4', '168.63.129.16', 32],
  ['link-local', 'ipv4', '192.0.0.192', 32],
  ['link-local', 'ipv6', 'fd00:ec2::', 64],
  ['link-local', 'ipv6', 'fe80::', 10],
  ['link-local', 'ipv4', '224.0.0.0', 3],
  ['link-local', 'ipv6', 'ff00::', 8],
  ['private', 'ipv4', '10.0.0.0', 8],
  ['private', 'ipv4', '172.16.0.0', 12],
  ['private', 'ipv4', '192.168.0.0', 16],
  ['private', 'ipv4', '100.64.0.0', 10],
  ['private', 'ipv4', '198.18.0.0', 15],
  ['private', 'ipv4', '192.0.0.0', 24],
  ['private', 'ipv6', 'fc00::', 7],
  ['private', 'ipv6', 'fec0::', 10],
  // Teredo tunnels, whose endpoint is unknown.
  ['private', 'ipv6', '2001::', 32],
  // Translation to IPv4 within one network.
  ['private', 'ipv6', '64:ff9b:1::', 48],
];

/** IPv6 subnets with an embedded IPv4 address, and the byte that it starts at. */
const EMBEDDED: readonly (readonly [string, number, number])[] = [
  ['::', 96, 12],
  ['::ffff:0:0', 96, 12],
  ['::ffff:0:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['64:ff9b:1::', 48, 12],
  ['2002::', 16, 2],
];

// The first match decides, because the metadata services are in private subnets.
const LISTS = SUBNETS.map(([scope, family, network, prefix]) => ({ scope, list: subnet(network, prefix, family) }));
const EMBEDDED_LISTS = EMBEDDED.map(([network, prefix, start]) => ({ start, list: subnet(network, prefix, 'ipv6') }));

/** The scope of an address, or of a host name as far as the name implies one. */
export function scopeOf(host: string): Scope {
  const name = host.replace(/^\[|\]$/g, '').replace(/(\.|%.*)$/, '');
  const family = isIP(name);
  if (family === 0) {
    if (/^metadata(\.google\.internal)?$/.test(name)) return 'link-local';
    return /(^|\.)localhost$/.test(name) ? 'loopback' : 'public';
  }
  if (family === 4) return listedScope(name, 'ipv4');
  const own = listedScope(name, 'ipv6');
  const embedded = EMBEDDED_LISTS.find(({ list }) => list.check(name, 'ipv6'));
  return embedded === undefined ? own : nearer(own, listedScope(embeddedAddress(name, embedded.start), 'ipv4'));
}

/** Whether an address of one scope may lead to another: to the same or a wider scope, never to link-local. */
export function isWithin(target: Scope, source: Scope): boolean {
  return target !== 'link-local' && NEARNESS[target] <= NEARNESS[source];
}

export function nearer(a: Scope, b: Scope): Scope {
  return NEARNESS[a] >= NEARNESS[b] ? a : b;
}

export function wider(a: Scope, b: Scope): Scope {
  return NEARNESS[a] <= NEARNESS[b] ? a : b;
}

function subnet(network: string, prefix: number, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list;
}

function listedScope(address: string, family: 'ipv4' | 'ipv6'): Scope {
  return LISTS.find(({ list }) => list.check(address, family))?.scope ?? 'public';
}

/** The IPv4 address in four bytes of an IPv6 address. */
function embeddedAddress(address: string, start: number): string {
  // URLs normalize IPv6 addresses to hexadecimal groups.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const partsOf = (text = ''): string[] => text.split(':').filter(Boolean);
  const [front, back] = [partsOf(head), partsOf(tail)];
  const parts = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  const bytes = Buffer.from(parts.map((part) => part.padStart(4, '0')).join(''), 'hex');
  return bytes.subarray(start, start + 4).join('.');
}
