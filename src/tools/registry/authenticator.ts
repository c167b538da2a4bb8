import { readJsonObject } from '../../private/json';
import type { Carrier } from '../net/http';
import type { HttpResponse } from '../net/message';
import { type Permit, permitOf, trustAdvice } from '../net/origins';
import { StoreError } from '../net/store-error';
import { type Challenge, parseChallenges } from './challenge';
import type { Credentials } from './credentials';

/** How a registry wants to be asked, learned from its first refusal. */
interface Ticket {
  readonly header: string;
  /** When it should no longer be used, on the clock of this process that never jumps. */
  readonly usableUntil: number;
}

/** The registry that requests are for. */
interface Registry {
  /** What people call it. */
  readonly name: string;
  /** Where it answers. */
  readonly url: URL;
}

/** Registries that do not say how long a token lives mean this (Docker's token specification). */
const DEFAULT_TOKEN_SECONDS = 60;
/** Longer headers are refused by servers, and are no tokens. */
const MAX_TOKEN_LENGTH = 12_288;
/** A token that ends within this time may end during the request. */
const MARGIN_SECONDS = 10;

/** Signs requests of one repository in, with whatever scheme the registry asks for. */
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

  /** The header that the next request should carry. */
  async authorization(): Promise<string | undefined> {
    const challenge = this.challenge;
    if (challenge !== undefined && (this.ticket === undefined || performance.now() > this.ticket.usableUntil))
      await this.renew(challenge);
    return this.ticket?.header;
  }

  /** Answers a 401: returns whether the same request can be tried again with a new header. */
  async answer(header: string | undefined, used: string | undefined): Promise<boolean> {
    // Another request was refused at the same time, and its renewal serves this one.
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
        `${this.registry.name} requires a user and a password, and no credentials are configured; sign in with 'docker login ${this.registry.name}' or name a file with REGISTRY_AUTH_FILE`,
      );
    }
    const { user, password, seconds = Number.POSITIVE_INFINITY } = credentials;
    return { header: basic(user, password), usableUntil: usableUntil(seconds) };
  }

  /** Fetches a token as the registry's challenge describes. */
  private async exchangeToken({ parameters }: Challenge, credentials: Credentials | undefined): Promise<Ticket> {
    const { realm, permit } = this.realmOf(parameters.realm);
    // Docker sends a password wherever the registry points.
    if (credentials !== undefined && permit !== 'credentials')
      throw new StoreError(
        'UntrustedAddress',
        `${this.registry.name} asks for its credentials to be sent to ${realm.origin}, ${trustAdvice(realm)}`,
      );
    const scopes = [...new Set([...(parameters.scope?.split(' ') ?? []), ...this.scopes])];
    const response =
      credentials?.kind === 'identity'
        ? await this.refresh(realm, parameters.service, scopes, credentials.token)
        : await this.request(realm, parameters.service, scopes, credentials);
    if (response.status !== 200) throw refusal(this.registry.name, realm, response, credentials !== undefined);
    const answer = readJsonObject(response.body);
    if (answer === undefined)
      throw new StoreError(
        'UnexpectedAnswer',
        `${realm.host} answers the request for a token with something other than a JSON object`,
      );
    const token = answer.token ?? answer.access_token;
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
      throw new StoreError('UnexpectedAnswer', `${realm.host} answers the request for a token without one`);
    const seconds = Number(answer.expires_in ?? DEFAULT_TOKEN_SECONDS);
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

  /** Where tokens come from, and whether credentials may go there. */
  private realmOf(realm: string | undefined): { readonly realm: URL; readonly permit: Permit } {
    const { name, url } = this.registry;
    if (realm === undefined || !URL.canParse(realm))
      throw new StoreError('NotARegistry', `${name} requires a token without naming a valid token service`);
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
          `${realm.host} refuses a token for these credentials (${status}); sign in again with 'docker login ${registry}'`,
        )
      : new StoreError(
          'CredentialsMissing',
          `${registry} requires a token (${status}), and no credentials are configured; sign in with 'docker login ${registry}'`,
        );
  }
  if (status === 429)
    return new StoreError('TooManyRequests', `${realm.host} has a rate limit that was exceeded; try again later`);
  return new StoreError('StoreFailed', `${realm.host} answers ${status} to the request for a token; try again later`);
}
