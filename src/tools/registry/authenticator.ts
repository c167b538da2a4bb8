import { readJsonObject } from '../../private/json';
import type { Carrier } from '../net/http';
import type { HttpResponse } from '../net/message';
import { type Permit, permitOf, trustAdvice } from '../net/origins';
import { StoreError } from '../net/store-error';
import { type Challenge, parseChallenges } from './challenge';
import type { Credentials } from './credentials';

/** The `Authorization` header that a registry accepts, obtained through the challenge in its first 401. */
interface Ticket {
  readonly header: string;
  /** When it should no longer be used, on the monotonic clock of this process. */
  readonly usableUntil: number;
}

/** The registry that requests are for. */
interface Registry {
  /** The name as users write it. */
  readonly name: string;
  /** The address of its API. */
  readonly url: URL;
}

/** The lifetime of a token without `expires_in` (Docker's token specification). */
const DEFAULT_TOKEN_SECONDS = 60;
/** Servers reject longer headers, and tokens are shorter. */
const MAX_TOKEN_LENGTH = 12_288;
/** A token that expires within this time may expire during the request. */
const MARGIN_SECONDS = 10;

/** Authenticates the requests of one repository with the scheme that the registry requires. */
export class Authenticator {
  private ticket: Ticket | undefined;
  private challenge: Challenge | undefined;
  private pending: Promise<void> | undefined;

  constructor(
    private readonly http: Pick<Carrier, 'send' | 'addressOf'>,
    private readonly registry: Registry,
    private readonly scopes: readonly string[],
    private readonly credentials: () => Promise<Credentials | undefined>,
  ) {}

  /** The `Authorization` header for the next request. */
  async authorization(): Promise<string | undefined> {
    const challenge = this.challenge;
    if (challenge !== undefined && (this.ticket === undefined || performance.now() > this.ticket.usableUntil))
      await this.renew(challenge);
    return this.ticket?.header;
  }

  /** Handles a 401: returns whether the same request can be retried with a new header. */
  async handleChallenge(header: string | undefined, used: string | undefined): Promise<boolean> {
    // A concurrent request got a 401 too, and its new header serves this one.
    if (this.ticket !== undefined && this.ticket.header !== used) return true;
    const offered = parseChallenges(header ?? '');
    const challenge =
      offered.find(({ scheme }) => scheme === 'bearer') ?? offered.find(({ scheme }) => scheme === 'basic');
    if (challenge === undefined) return false;
    this.challenge = challenge;
    await this.renew(challenge);
    return this.ticket?.header !== used;
  }

  private renew(challenge: Challenge): Promise<void> {
    this.pending ??= this.newTicket(challenge)
      .then((ticket) => {
        this.ticket = ticket;
      })
      .finally(() => {
        this.pending = undefined;
      });
    return this.pending;
  }

  private async newTicket(challenge: Challenge): Promise<Ticket> {
    const credentials = await this.credentials();
    if (challenge.scheme === 'bearer') return this.exchangeToken(challenge, credentials);
    if (credentials?.kind !== 'password') {
      throw new StoreError(
        'CredentialsMissing',
        `${this.registry.name} requires a user and password, and no credentials are configured; sign in with 'docker login ${this.registry.name}', or set REGISTRY_AUTH_FILE`,
      );
    }
    const { user, password, seconds = Number.POSITIVE_INFINITY } = credentials;
    return { header: basic(user, password), usableUntil: usableUntil(seconds) };
  }

  /** Fetches a token from the token service in the registry's challenge. */
  private async exchangeToken({ parameters }: Challenge, credentials: Credentials | undefined): Promise<Ticket> {
    const { realm, permit } = this.realmOf(parameters.realm);
    // Docker sends a password to any realm that the registry names.
    if (credentials !== undefined && permit !== 'credentials')
      throw new StoreError(
        'UntrustedAddress',
        `${this.registry.name} requests its credentials at ${realm.origin}, ${trustAdvice(realm)}`,
      );
    const scopes = [...new Set([...(parameters.scope?.split(' ') ?? []), ...this.scopes])];
    const response =
      credentials?.kind === 'identity'
        ? await this.refresh(realm, parameters.service, scopes, credentials.token)
        : await this.request(realm, parameters.service, scopes, credentials);
    if (response.status !== 200) throw refusal(this.registry.name, realm, response, credentials !== undefined);
    const content = readJsonObject(response.body);
    if (content === undefined)
      throw new StoreError(
        'UnexpectedAnswer',
        `${realm.host} returned something other than a JSON object for a token request`,
      );
    const token = content.token ?? content.access_token;
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
      throw new StoreError('UnexpectedAnswer', `${realm.host} returned no valid token for a token request`);
    const seconds = Number(content.expires_in ?? DEFAULT_TOKEN_SECONDS);
    return {
      header: `Bearer ${token}`,
      usableUntil: usableUntil(Number.isFinite(seconds) ? seconds : DEFAULT_TOKEN_SECONDS),
    };
  }

  private request(
    realm: URL,
    service: string | undefined,
    scopes: string[],
    credentials: Credentials | undefined,
  ): Promise<HttpResponse> {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    const headers: Record<string, string> = {};
    if (credentials?.kind === 'password') headers.authorization = basic(credentials.user, credentials.password);
    return this.http.send({ method: 'GET', url, from: this.registry.url, headers });
  }

  private refresh(realm: URL, service: string | undefined, scopes: string[], token: string): Promise<HttpResponse> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: 'serving-constructs',
      scope: scopes.join(' '),
      ...(service === undefined ? {} : { service }),
    });
    return this.http.send({
      method: 'POST',
      url: realm,
      from: this.registry.url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(form.toString()),
    });
  }

  /** The token service, and whether credentials may be sent to it. */
  private realmOf(realm: string | undefined): { readonly realm: URL; readonly permit: Permit } {
    const { name, url } = this.registry;
    if (realm === undefined || !URL.canParse(realm))
      throw new StoreError('NotARegistry', `${name} requires a token but names no valid token service`);
    const to = new URL(realm);
    const permit = permitOf({ step: 'token', from: url, to, fromAddress: this.http.addressOf?.(url) });
    return { realm: to, permit };
  }
}

function usableUntil(seconds: number): number {
  return performance.now() + Math.max(1, seconds - MARGIN_SECONDS) * 1000;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function refusal(registry: string, realm: URL, { status }: HttpResponse, hasCredentials: boolean): StoreError {
  if (status === 401 || status === 403 || status === 400) {
    return hasCredentials
      ? new StoreError(
          'AccessDenied',
          `${realm.host} issues no token for these credentials (${status}); sign in again with 'docker login ${registry}'`,
        )
      : new StoreError(
          'CredentialsMissing',
          `${registry} requires a token (${status}), and no credentials are configured; sign in with 'docker login ${registry}'`,
        );
  }
  if (status === 429)
    return new StoreError('TooManyRequests', `the rate limit of ${realm.host} is exceeded; try again later`);
  return new StoreError('StoreFailed', `${realm.host} returned ${status} for a token request; try again later`);
}
