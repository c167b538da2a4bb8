import { isIP } from 'node:net';
import { isStorageOfEcr } from '../../private/images/ecr-host';
import { isWithin, nearer, type Scope, scopeOf, wider } from './scope';
import { StoreError } from './store-error';

/**
 * How a store names an address that nobody typed: the redirect of a download, the place of an upload, the token service
 * of a challenge, or the address that AWS gives for a download.
 */
export type Step = 'redirect' | 'upload' | 'token' | 'download';

/** What a request to an address may contain. Bodies and paths are bytes; `Authorization` and tokens are credentials. */
export type Permit = 'credentials' | 'bytes';

/** An address, and who named it. */
export interface Lead {
  readonly step: Step;
  /** The address that was asked. */
  readonly from: URL;
  readonly to: URL;
  /** The IP address behind `from`. @default - unknown, which counts as public unless the name says otherwise */
  readonly fromAddress?: string;
  /** The widest network that the addresses before `from` are in. @default - that of `from` */
  readonly chain?: Scope;
}

/** What may go to an address of another origin, when no reason against it applies. */
const OTHER_ORIGIN: { readonly [step in Step]: (lead: Lead) => Permit | undefined } = {
  redirect: () => 'bytes',
  download: () => 'bytes',
  // The content of an upload is private, and no registry is known to take it elsewhere.
  upload: ({ to }) => (isTrusted(to) ? 'bytes' : undefined),
  // Anonymous tokens come from anywhere.
  token: ({ from, to }) => (isTokenService(from, to) ? 'credentials' : 'bytes'),
};

/** Token services outside of the domain of their registry. */
const TOKEN_SERVICES: readonly { readonly registry: RegExp; readonly service: string }[] = [
  { registry: /^registry-1\.docker\.io$/, service: 'auth.docker.io' },
  { registry: /^registry\.digitalocean\.com$/, service: 'api.digitalocean.com' },
  { registry: /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/, service: 'api.scaleway.com' },
  { registry: /^registry\.([a-z0-9-]+)\.aliyuncs\.com$/, service: 'dockerauth.$1.aliyuncs.com' },
];

/** Names further hosts that registries may use for tokens and uploads, and that may be in a private network. */
export const TRUSTED_HOSTS = 'SERVING_TRUSTED_HOSTS';

/**
 * The one place that decides which host gets what. The same origin (scheme, host and port) gets everything. Another one
 * gets no credentials and no upload, with the exceptions above. Nothing leads from https to http, and nothing from a
 * public address into a private network, except to hosts that the user trusts and to the storage of ECR.
 */
export function permitOf(lead: Lead): Permit {
  const reason = objectionTo(lead);
  const permit = isSameOrigin(lead.from, lead.to) ? 'credentials' : OTHER_ORIGIN[lead.step](lead);
  if (reason === undefined && permit !== undefined) return permit;
  throw untrusted(lead, reason ?? `it is another origin, ${trustAdvice(lead.to)}`);
}

/** Whether two addresses are of one scheme, host and port. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.origin === b.origin;
}

/** The addresses that led to a request: the first one was typed, and each named the next one. */
export function namersOf({ from, via = [] }: { readonly from?: URL; readonly via?: readonly URL[] }): readonly URL[] {
  return from === undefined ? via : [from, ...via];
}

/** The widest network that the addresses of a chain are in: one that is public makes what it leads to its own choice. */
export function scopeOfChain(chain: readonly URL[], addressOf: (url: URL) => string | undefined): Scope {
  return chain.map((url) => scopeOf(addressOf(url) ?? url.hostname)).reduce(wider);
}

/** The error for an address that a name has, where that must not be reached from where the name comes from. */
export function strayAddress(
  from: URL,
  to: URL,
  { address, source }: { address: string; source: Scope },
): StoreError | undefined {
  const reason = objectionToScope(scopeOf(address), { from, to, source });
  return reason === undefined
    ? undefined
    : new StoreError(
        'UntrustedAddress',
        `${shownOrigin(from)} names ${to.hostname}, which resolves to ${address}: ${reason}`,
      );
}

/** Why a network must not be reached. Layers are often kept where endpoints of a private network answer for public names. */
function objectionToScope(
  target: Scope,
  { from, to, source }: { readonly from: URL; readonly to: URL; readonly source: Scope },
): string | undefined {
  const reach = isTrusted(to) || isOwnStorage(from, to) ? nearer(source, 'private') : source;
  if (isWithin(target, reach)) return undefined;
  const reason = `${SCOPES[target]} must not be reached from there`;
  const canTrust = target === 'private' && to.protocol === 'https:';
  return canTrust ? `${reason}; if it belongs to the registry, set ${TRUSTED_HOSTS}=${to.host}` : reason;
}

function isOwnStorage(from: URL, to: URL): boolean {
  return from.protocol === 'https:' && to.protocol === 'https:' && isStorageOfEcr(from.hostname, to.hostname);
}

/** How credentials can be allowed for a host. */
export function trustAdvice({ host }: URL): string {
  return `which is not trusted; if it belongs to the registry, set ${TRUSTED_HOSTS}=${host}`;
}

const SCOPES: { readonly [scope in Scope]: string } = {
  public: 'a public address',
  private: 'an address of a private network',
  loopback: 'an address of this machine',
  'link-local': 'an address of the local link, such as the metadata service of a cloud,',
};

const STEP_NAMES: { readonly [step in Step]: string } = {
  redirect: 'redirects to',
  upload: 'names as the upload address',
  token: 'names as its token service',
  download: 'names as the download address',
};

/** Why an address must not be used whatever it is for. */
function objectionTo(lead: Lead): string | undefined {
  const { step, from, to } = lead;
  if (to.username !== '' || to.password !== '') return 'an address must not contain a user name or a password';
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return 'it is not HTTP';
  if (isSameOrigin(from, to)) return undefined;
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    return 'https must not lead to http; configure the external URL of the registry with https';
  const target = scopeOf(to.hostname);
  const own = scopeOf(lead.fromAddress ?? from.hostname);
  const source = wider(own, lead.chain ?? own);
  if (to.protocol === 'http:' && step !== 'redirect' && (source !== 'loopback' || target !== 'loopback'))
    return 'it is another host without TLS, where others can read what is sent';
  return objectionToScope(target, { from, to, source });
}

function untrusted({ step, from, to }: Lead, reason: string): StoreError {
  return new StoreError('UntrustedAddress', `${shownOrigin(from)} ${STEP_NAMES[step]} ${shownOrigin(to)}: ${reason}`);
}

/** A domain above the registry's (`gitlab.com` of `registry.gitlab.com`), a known service, or one that is configured. */
function isTokenService(registry: URL, service: URL): boolean {
  const [own, other] = [registry.hostname, service.hostname];
  if (service.protocol !== 'https:') return scopeOf(own) === 'loopback' && scopeOf(other) === 'loopback';
  if (own === other || isTrusted(service)) return true;
  if (isIP(own) === 0 && other.includes('.') && own.endsWith(`.${other}`)) return true;
  return TOKEN_SERVICES.some(
    (row) => row.registry.test(own) && own.replace(row.registry, row.service) === service.host,
  );
}

function isTrusted({ protocol, host }: URL): boolean {
  const trusted = (process.env[TRUSTED_HOSTS] ?? '').split(',').map((name) => name.trim().toLowerCase());
  return protocol === 'https:' && trusted.includes(host);
}

/** Without paths and queries, which can be secrets. */
function shownOrigin({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
