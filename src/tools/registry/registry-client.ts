import type { Report } from '../artifact/artifact';
import { type Carrier, discard, HttpClient, type HttpOptions, readError } from '../net/http';
import type { HttpRequest, HttpResponse, HttpStream } from '../net/message';
import { isRetryable } from '../net/network-error';
import { isSameOrigin, permitOf } from '../net/origins';
import { DEFAULT_RETRY, type RetryPolicy, sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import { Authenticator } from './authenticator';
import { type Credentials, findCredentials } from './credentials';
import { registryUrl } from './reference';
import { explainResponse, isPage } from './responses';

export interface RegistryOptions {
  /** Speak HTTP without TLS. */
  readonly plainHttp?: boolean;
  /** The API address of the registry. @default - the address in its name */
  readonly url?: URL;
  /** Whether content is pushed, which requires more permissions. @default false */
  readonly push?: boolean;
  /** Other repositories of the registry that layers may be mounted from. @default - none */
  readonly alsoFrom?: readonly string[];
  /** How to sign in. @default - the credentials in the files of Docker and Podman */
  readonly credentials?: () => Promise<Credentials | undefined>;
  readonly retry?: RetryPolicy;
  readonly http?: HttpOptions;
  /** The transport of the requests. @default - HTTP over the network */
  readonly carrier?: Carrier;
}

/** One request to a registry. */
export interface RegistryCall {
  readonly method: string;
  /** The path below `/v2/<repository>/`, or an address from the registry. */
  readonly to: string | URL;
  readonly headers?: Record<string, string>;
  /** Creates the body for each attempt. */
  readonly body?: () => HttpRequest['body'];
  readonly onSent?: (bytes: number) => void;
  /** What is being done, as in `cannot <action>`. */
  readonly action: string;
  /** The statuses that the caller handles; others are errors. */
  readonly accept: readonly number[];
  /** The part that retries are reported for. @default - retries are not reported */
  readonly part?: string;
  /** Whether to make one attempt only, because the caller must restart from an earlier step. */
  readonly once?: boolean;
}

/** A wrong host name or address does not fix itself, so there are fewer attempts. */
const UNREACHABLE_ATTEMPTS = 3;

/** How many consecutive 401s are retried with new credentials. */
const MAX_RENEWALS = 2;

/** One repository of an OCI registry (distribution specification 1.1): signs in, retries and explains failures. */
export class RegistryClient {
  readonly retry: RetryPolicy;
  /** `registry/repository`. */
  readonly name: string;
  private readonly http: Carrier;
  private readonly base: URL;
  private readonly authenticator: Authenticator;

  constructor(
    readonly registry: string,
    readonly repository: string,
    options: RegistryOptions = {},
  ) {
    this.name = `${registry}/${repository}`;
    this.retry = options.retry ?? DEFAULT_RETRY;
    this.http = options.carrier ?? new HttpClient(options.http);
    this.base = options.url ?? registryUrl(registry, options.plainHttp ?? false);
    const scopes = [
      `repository:${repository}:${options.push ? 'pull,push' : 'pull'}`,
      ...(options.alsoFrom ?? []).map((from) => `repository:${from}:pull`),
    ];
    const credentials = options.credentials ?? (() => findCredentials(registry, repository));
    this.authenticator = new Authenticator(this.http, { name: registry, url: this.base }, scopes, credentials);
  }

  close(): void {
    this.http.close();
  }

  /** Sends a request and returns the response if the caller accepts its status. */
  call(call: RegistryCall, report?: Report): Promise<HttpResponse> {
    return this.repeat(call, (request) => this.http.send(request), report);
  }

  /** The same for a response of any size, which is streamed. */
  stream(call: RegistryCall, report?: Report): Promise<HttpStream> {
    return this.repeat(call, (request) => this.http.stream(request), report);
  }

  /** Waits before the next attempt. Throws the error if a retry cannot help or there were enough attempts. */
  async retryOrThrow(
    error: unknown,
    attempt: number,
    report?: (error: StoreError, seconds: number) => void,
  ): Promise<void> {
    if (!isRetryable(error)) throw error;
    const { attempts } = this.retry;
    if (attempt + 1 >= (error.code === 'Unreachable' ? Math.min(attempts, UNREACHABLE_ATTEMPTS) : attempts))
      throw error;
    const wait = waitBefore(attempt, this.retry, error.retryAfter);
    report?.(error, wait / 1000);
    await sleep(wait);
  }

  /** Whether the server is a registry at all. Checked only after an unexpected response. */
  async isRegistry(): Promise<boolean> {
    const response = await this.http.send({ method: 'GET', url: new URL('/v2/', this.base) });
    return [200, 401, 403].includes(response.status) && !isPage(response);
  }

  /** The error of a response. A 404 can mean that the server is not a registry. */
  async explain(response: HttpResponse, action: string): Promise<StoreError> {
    const error = explainResponse(response, { registry: this.registry, repository: this.repository, action });
    if (error.code !== 'NotFound' && error.code !== 'UnexpectedAnswer') return error;
    if (await this.isRegistry().catch(() => true)) return error;
    return new StoreError(
      'NotARegistry',
      `${this.registry} is not an OCI registry: it has no API at /v2/; check the address`,
    );
  }

  private async repeat<T extends HttpResponse | HttpStream>(
    call: RegistryCall,
    send: (request: HttpRequest) => Promise<T>,
    report: Report = () => undefined,
  ): Promise<T> {
    const { part } = call;
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await this.signed(call, send);
        if (call.accept.includes(response.status)) return response;
        throw await this.explain(await readError(response), call.action);
      } catch (error) {
        if (call.once) throw error;
        await this.retryOrThrow(error, attempt, ({ message }, waitSeconds) => {
          if (part !== undefined) report({ event: 'retry', part, reason: message, waitSeconds });
        });
      }
    }
  }

  private async signed<T extends HttpResponse | HttpStream>(
    { method, to, headers, body, onSent }: RegistryCall,
    send: (request: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const from = this.base;
    const url = typeof to === 'string' ? new URL(`/v2/${this.repository}/${to}`, from) : to;
    const permit = permitOf({ step: 'upload', from, to: url, fromAddress: this.http.addressOf?.(from) });
    for (let renewals = 0; ; renewals++) {
      const authorization = permit === 'credentials' ? await this.authenticator.authorization() : undefined;
      const response = await send({
        method,
        url,
        from,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        body: body?.(),
        onSent,
      });
      // The target of a redirect must not decide where credentials are sent.
      if (response.status !== 401 || !isSameOrigin(response.url, from) || renewals === MAX_RENEWALS) return response;
      if (!(await this.authenticator.handleChallenge(response.headers['www-authenticate'], authorization)))
        return response;
      await discard(response);
    }
  }
}
