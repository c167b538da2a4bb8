import type { Report } from '../artifact/artifact';
import { type Carrier, HttpClient, type HttpOptions, leave, readError } from '../net/http';
import type { HttpRequest, HttpResponse, HttpStream } from '../net/message';
import { mayPass } from '../net/network-error';
import { isSameOrigin, permitOf } from '../net/origins';
import { DEFAULT_RETRY, type RetryPolicy, sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import { explainAnswer, isPage } from './answers';
import { Authenticator } from './authenticator';
import { type Credentials, findCredentials } from './credentials';
import { registryUrl } from './reference';

export interface RegistryOptions {
  /** Speak HTTP without TLS. */
  readonly plainHttp?: boolean;
  /** Where the registry answers. @default - the address in its name */
  readonly url?: URL;
  /** Whether things are put there, which needs more permissions. @default false */
  readonly push?: boolean;
  /** Other repositories of the registry that layers may be taken over from. @default - none */
  readonly alsoFrom?: readonly string[];
  /** How to sign in. @default - what Docker's and Podman's files say */
  readonly credentials?: () => Promise<Credentials | undefined>;
  readonly retry?: RetryPolicy;
  readonly http?: HttpOptions;
  /** What carries the requests. @default - HTTP over the network */
  readonly carrier?: Carrier;
}

/** One request to a registry. */
export interface RegistryCall {
  readonly method: string;
  /** The path below `/v2/<repository>/`, or an address that the registry gave. */
  readonly to: string | URL;
  readonly headers?: Record<string, string>;
  /** Makes the body anew for each try. */
  readonly body?: () => HttpRequest['body'];
  readonly onSent?: (bytes: number) => void;
  /** What is being done, as in `cannot <action>`. */
  readonly action: string;
  /** The statuses that the caller understands; others are errors. */
  readonly accept: readonly number[];
  /** What the retries are of; without it none is reported. */
  readonly part?: string;
  /** Whether it is not tried again here, because the caller has to start further back. */
  readonly once?: boolean;
}

/** A name or an address that is wrong stays wrong. */
const UNREACHABLE_ATTEMPTS = 3;

/** The most 401s in a row that are answered with new credentials. */
const MAX_RENEWALS = 2;

/** One repository of an OCI registry (distribution specification 1.1): signs in, tries again, names what went wrong. */
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

  /** Makes a request and returns its answer when the caller understands it. */
  call(call: RegistryCall, report?: Report): Promise<HttpResponse> {
    return this.repeat(call, (request) => this.http.send(request), report);
  }

  /** The same for an answer of any size, which is read as it comes. */
  stream(call: RegistryCall, report?: Report): Promise<HttpStream> {
    return this.repeat(call, (request) => this.http.stream(request), report);
  }

  /** Waits before something is tried again; throws the error when that cannot help or was done often enough. */
  async mayTryAgain(
    error: unknown,
    attempt: number,
    report?: (error: StoreError, seconds: number) => void,
  ): Promise<void> {
    if (!mayPass(error)) throw error;
    const { attempts } = this.retry;
    if (attempt + 1 >= (error.code === 'Unreachable' ? Math.min(attempts, UNREACHABLE_ATTEMPTS) : attempts))
      throw error;
    const wait = waitBefore(attempt, this.retry, error.retryAfter);
    report?.(error, wait / 1000);
    await sleep(wait);
  }

  /** Whether what answers is a registry at all: asked only when an answer was strange. */
  async isRegistry(): Promise<boolean> {
    const response = await this.http.send({ method: 'GET', url: new URL('/v2/', this.base) });
    return [200, 401, 403].includes(response.status) && !isPage(response);
  }

  /** The error of an answer; a 404 that a registry would not give is of something else than a registry. */
  async explain(response: HttpResponse, action: string): Promise<StoreError> {
    const error = explainAnswer(response, { registry: this.registry, repository: this.repository, action });
    if (error.code !== 'NotFound' && error.code !== 'UnexpectedAnswer') return error;
    if (await this.isRegistry().catch(() => true)) return error;
    return new StoreError(
      'NotARegistry',
      `${this.registry} is no OCI registry: it does not answer at /v2/; check the address`,
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
        await this.mayTryAgain(error, attempt, ({ message }, waitSeconds) => {
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
      // What a redirect led to has no say in where credentials go.
      if (response.status !== 401 || !isSameOrigin(response.url, from) || renewals === MAX_RENEWALS) return response;
      if (!(await this.authenticator.answer(response.headers['www-authenticate'], authorization))) return response;
      await leave(response);
    }
  }
}
