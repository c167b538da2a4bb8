import { BlockList, isIP } from 'node:net';

/** How far an address reaches, from everywhere to this machine and what is attached to it. */
export type Scope = 'public' | 'private' | 'loopback' | 'link-local';

const NEARNESS: { readonly [scope in Scope]: number } = { public: 0, private: 1, loopback: 2, 'link-local': 3 };

/** Subnets of the registries of special-purpose addresses (RFC 6890); all others are public. */
const SUBNETS: readonly (readonly [Scope, 'ipv4' | 'ipv6', string, number])[] = [
  ['loopback', 'ipv4', '127.0.0.0', 8],
  // Linux connects to itself.
  ['loopback', 'ipv4', '0.0.0.0', 8],
  ['loopback', 'ipv6', '::', 127],
  // The metadata services of clouds, which give credentials to whoever asks.
  ['link-local', 'ipv4', '169.254.0.0', 16],
  ['link-local', 'ipv4', '100.100.100.200', 32],
  ['link-local', 'ipv4', '168.63.129.16', 32],
  ['link-local', 'ipv6', 'fd00:ec2::', 64],
  ['link-local', 'ipv6', 'fe80::', 10],
  ['link-local', 'ipv4', '224.0.0.0', 3],
  ['link-local', 'ipv6', 'ff00::', 8],
  ['private', 'ipv4', '10.0.0.0', 8],
  ['private', 'ipv4', '172.16.0.0', 12],
  ['private', 'ipv4', '192.168.0.0', 16],
  ['private', 'ipv4', '100.64.0.0', 10],
  ['private', 'ipv4', '198.18.0.0', 15],
  ['private', 'ipv6', 'fc00::', 7],
  ['private', 'ipv6', 'fec0::', 10],
];

// The first that contains an address decides: the metadata services are in private subnets.
const LISTS = SUBNETS.map(([scope, family, network, prefix]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { scope, list };
});

/** The scope of an address, or of a host name as far as the name says it. */
export function scopeOf(host: string): Scope {
  const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(name);
  if (family === 0) {
    if (/^metadata(\.google\.internal)?$/.test(name)) return 'link-local';
    return /(^|\.)localhost$/.test(name) ? 'loopback' : 'public';
  }
  const type = family === 6 ? 'ipv6' : 'ipv4';
  return LISTS.find(({ list }) => list.check(name, type))?.scope ?? 'public';
}

/** Whether an address may be reached on the word of another: of the same network or a wider one. */
export function isWithin(target: Scope, source: Scope): boolean {
  return target !== 'link-local' && NEARNESS[target] <= NEARNESS[source];
}
