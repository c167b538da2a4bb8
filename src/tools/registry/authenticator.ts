import type { HttpClient, HttpResponse } from '../net/http';
import { isLoopback } from '../net/proxy';
import { StoreError } from '../store-error';
import { type Challenge, parseChallenges } from './challenge';
import type { Credentials } from './credentials';

/** How a registry wants to be asked, learned from its first refusal. */
interface Ticket {
  readonly header: string;
  /** When it should no longer be used, on the clock of this process that never jumps. */
  readonly usableUntil: number;
}

/** Registries that do not say how long a token lives mean this (Docker's token specification). */
const DEFAULT_TOKEN_SECONDS = 60;
/** A token that ends within this time may end during the request. */
const MARGIN_SECONDS = 10;

/** Signs requests of one repository in, with whatever scheme the registry asks for. */
export class Authenticator {
  private ticket: Ticket | undefined;
  private challenge: Challenge | undefined;
  private pending: Promise<void> | undefined;

  constructor(
    private readonly http: Pick<HttpClient, 'send'>,
    private readonly registry: string,
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
        `${this.registry} wants a user and password, and none are known; sign in with 'docker login ${this.registry}' or name a file with REGISTRY_AUTH_FILE`,
      );
    }
    const { user, password, seconds = Number.POSITIVE_INFINITY } = credentials;
    return { header: basic(user, password), usableUntil: usableUntil(seconds) };
  }

  /** Fetches a token as the registry's challenge describes. */
  private async exchangeToken({ parameters }: Challenge, credentials: Credentials | undefined): Promise<Ticket> {
    const realm = this.realmOf(parameters.realm);
    const scopes = [...new Set([...(parameters.scope?.split(' ') ?? []), ...this.scopes])];
    const response =
      credentials?.kind === 'identity'
        ? await this.refresh(realm, parameters.service, scopes, credentials.token)
        : await this.request(realm, parameters.service, scopes, credentials);
    if (response.status !== 200) throw refusal(this.registry, realm, response, credentials !== undefined);
    let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown } | null;
    try {
      answer = JSON.parse(response.body.toString('utf8'));
    } catch {
      throw new StoreError(
        'UnexpectedAnswer',
        `${realm.host} answers the request for a token with something else than JSON`,
      );
    }
    const token = answer?.token ?? answer?.access_token;
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
      throw new StoreError('UnexpectedAnswer', `${realm.host} answers the request for a token without one`);
    const seconds = Number(answer?.expires_in ?? DEFAULT_TOKEN_SECONDS);
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
    return this.http.send({ method: 'GET', url, headers });
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
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(form.toString()),
    });
  }

  /** Where tokens come from. A password goes over plain HTTP only inside this machine or where the registry itself does. */
  private realmOf(realm: string | undefined): URL {
    let url: URL;
    try {
      url = new URL(realm ?? '');
    } catch {
      throw new StoreError('NotARegistry', `${this.registry} wants a token but does not say where it is to be had`);
    }
    const isSafe = url.protocol === 'https:' || isLoopback(url.hostname) || url.host === this.registry;
    if (!isSafe)
      throw new StoreError(
        'TlsFailed',
        `${this.registry} wants a token from ${url.origin}, where a password would be readable`,
      );
    return url;
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
          `${realm.host} gives no token for these credentials (${status}); sign in again with 'docker login ${registry}'`,
        )
      : new StoreError(
          'CredentialsMissing',
          `${registry} wants a token (${status}), and no credentials are known; sign in with 'docker login ${registry}'`,
        );
  }
  if (status === 429) return new StoreError('TooManyRequests', `${realm.host} was asked too often; wait a while`);
  return new StoreError('StoreFailed', `${realm.host} answers ${status} to the request for a token; try again later`);
}
