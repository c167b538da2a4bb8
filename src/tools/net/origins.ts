import { isIP } from 'node:net';
import { isStorageOfEcr } from '../../private/images/ecr-host';
import { isWithin, nearer, type Scope, scopeOf, wider } from './scope';
import { StoreError } from './store-error';

/**
 * How a store names an address that the user did not configure: the redirect of a download, the location of an upload,
 * the token service of a challenge, or the download URL from AWS.
 */
export type Step = 'redirect' | 'upload' | 'token' | 'download';

/** What a request to an address may contain. `bytes` are paths and bodies; `credentials` also `Authorization` and tokens. */
export type Permit = 'credentials' | 'bytes';

/** An address, and where it comes from. */
export interface Lead {
  readonly step: Step;
  /** The address whose response named `to`. */
  readonly from: URL;
  readonly to: URL;
  /** The IP address of `from`. @default - unknown: public, unless the host name implies another scope */
  readonly fromAddress?: string;
  /** The widest scope of the addresses before `from`. @default - that of `from` */
  readonly chain?: Scope;
}

/** What may be sent to another origin, if there is no objection. */
const OTHER_ORIGIN: { readonly [step in Step]: (lead: Lead) => Permit | undefined } = {
  redirect: () => 'bytes',
  download: () => 'bytes',
  // The content of an upload is private, and no known registry stores it on another origin.
  upload: ({ to }) => (isTrusted(to) ? 'bytes' : undefined),
  // Anonymous tokens may come from any origin.
  token: ({ from, to }) => (isTokenService(from, to) ? 'credentials' : 'bytes'),
};

/** Token services outside the domain of their registry. */
const TOKEN_SERVICES: readonly { readonly registry: RegExp; readonly service: string }[] = [
  { registry: /^registry-1\.docker\.io$/, service: 'auth.docker.io' },
  { registry: /^registry\.digitalocean\.com$/, service: 'api.digitalocean.com' },
  { registry: /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/, service: 'api.scaleway.com' },
  { registry: /^registry\.([a-z0-9-]+)\.aliyuncs\.com$/, service: 'dockerauth.$1.aliyuncs.com' },
];

/** The variable with further hosts that registries may use for tokens and uploads, also in a private network. */
export const TRUSTED_HOSTS = 'SERVING_TRUSTED_HOSTS';

/**
 * The one place that decides what may be sent to which host. The same origin (scheme, host and port) gets everything.
 * Other origins get no credentials and no uploads, with the exceptions above. An address with https must not lead to http,
 * and a public one not into a private network, except to hosts that the user trusts and to the storage of ECR.
 */
export function permitOf(lead: Lead): Permit {
  const reason = objectionTo(lead);
  const permit = isSameOrigin(lead.from, lead.to) ? 'credentials' : OTHER_ORIGIN[lead.step](lead);
  if (reason === undefined && permit !== undefined) return permit;
  throw untrusted(lead, reason ?? `this is another origin, ${trustAdvice(lead.to)}`);
}

/** Whether two addresses have the same scheme, host and port. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.origin === b.origin;
}

/** The addresses that led to a request: the user configured the first, and each named the next. */
export function namersOf({ from, via = [] }: { readonly from?: URL; readonly via?: readonly URL[] }): readonly URL[] {
  return from === undefined ? via : [from, ...via];
}

/** The widest scope in a chain: a public address can choose everything that it leads to. */
export function scopeOfChain(chain: readonly URL[], addressOf: (url: URL) => string | undefined): Scope {
  return chain.map((url) => scopeOf(addressOf(url) ?? url.hostname)).reduce(wider);
}

/** The error for a name that resolves to an address that must not be reached from the address that named it. */
export function refuseAddress(
  from: URL,
  to: URL,
  { address, source }: { address: string; source: Scope },
): StoreError | undefined {
  const reason = objectionToScope(scopeOf(address), { from, to, source });
  return reason === undefined
    ? undefined
    : new StoreError(
        'UntrustedAddress',
        `${shownOrigin(from)} refers to ${to.hostname}, which resolves to ${address}: ${reason}`,
      );
}

/** Why a scope must not be reached. Names of ECR storage often resolve to endpoints in a private network. */
function objectionToScope(
  target: Scope,
  { from, to, source }: { readonly from: URL; readonly to: URL; readonly source: Scope },
): string | undefined {
  const reach = isTrusted(to) || isOwnStorage(from, to) ? nearer(source, 'private') : source;
  if (isWithin(target, reach)) return undefined;
  const reason = `${SCOPES[target]} must not be reached from ${SCOPES[source]}`;
  const canTrust = target === 'private' && to.protocol === 'https:';
  return canTrust ? `${reason}; if it belongs to the registry, set ${TRUSTED_HOSTS}=${to.host}` : reason;
}

function isOwnStorage(from: URL, to: URL): boolean {
  return from.protocol === 'https:' && to.protocol === 'https:' && isStorageOfEcr(from.hostname, to.hostname);
}

/** How to allow a host. */
export function trustAdvice({ host }: URL): string {
  return `which is not trusted; if it belongs to the registry, set ${TRUSTED_HOSTS}=${host}`;
}

const SCOPES: { readonly [scope in Scope]: string } = {
  public: 'a public address',
  private: 'an address in a private network',
  loopback: 'an address on this machine',
  'link-local': 'a link-local address (such as a cloud metadata service)',
};

const STEP_NAMES: { readonly [step in Step]: string } = {
  redirect: 'redirects to',
  upload: 'returned the upload address',
  token: 'requires a token from',
  download: 'returned the download URL',
};

/** Why an address must not be used at all. */
function objectionTo(lead: Lead): string | undefined {
  const { step, from, to } = lead;
  if (to.username !== '' || to.password !== '') return 'the address must not contain a user name or password';
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return 'the address is not HTTP or HTTPS';
  if (isSameOrigin(from, to)) return undefined;
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    return 'https must not lead to http; configure the external URL of the registry with https';
  const target = scopeOf(to.hostname);
  const own = scopeOf(lead.fromAddress ?? from.hostname);
  const source = wider(own, lead.chain ?? own);
  if (to.protocol === 'http:' && step !== 'redirect' && (source !== 'loopback' || target !== 'loopback'))
    return 'this is another host without TLS, so the request could be read in transit';
  return objectionToScope(target, { from, to, source });
}

function untrusted({ step, from, to }: Lead, reason: string): StoreError {
  return new StoreError('UntrustedAddress', `${shownOrigin(from)} ${STEP_NAMES[step]} ${shownOrigin(to)}: ${reason}`);
}

/** A parent domain of the registry (`gitlab.com` of `registry.gitlab.com`), a known service, or a trusted host. */
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

/** Without path and query, which can be secrets. */
function shownOrigin({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
