import { Construct } from 'constructs';
import { OwnAddress } from '../plan/choices';
import type { AttachmentIntent, EndpointIntent } from '../plan/intents';
import { pathBelow } from '../plan/path-times';
import { BACKEND_HEADER, headerValueOf, ownPrefix, ownRoute } from '../plan/routes';
import { requireName, requireNumber } from '../private/checks';
import { placeOf, requireNewId, requireReservedId, requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { slug } from '../private/names';
import { checkOptions, checkValue, requireOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import { Backend } from './backend';
import type { BackendOptions } from './backend-options';
import type { EndpointBinding } from './bindings';
import {
  type AttachBackendOptions,
  type BackendAddress,
  HttpMethod,
  type ServingEndpointProps,
} from './endpoint-options';
import { corsOf } from './private/cors';
import { checkHeader, checkHost, checkPath, checkRewrite, requireRewritable } from './private/http';
import { requireSameApp } from './private/platform-lookup';
import type { IServingEndpoint } from './references';
import { ServingPlatform } from './serving-platform';
import { TrafficSplit, type TrafficSplitOptions } from './traffic-split';

/** The longest request in seconds: six hours. A larger number was most likely meant in milliseconds. */
const LONGEST_REQUEST = 21_600;

/** The longest stream in seconds: a week. */
const LONGEST_STREAM = 604_800;

/** The id of the split that `splitTraffic` creates. */
const SPLIT_ID = 'Split';

/**
 * The stable address of a model: host, path, methods and headers of its requests, and how long a response may take.
 *
 * In a CDK `Stack` it becomes listener rules of an Application Load Balancer. In a cdk8s `Chart` it becomes routes of the
 * built-in router or of the gateway of the cluster.
 *
 * @example
 * const endpoint = new ServingEndpoint(this, 'sentiment', {
 *   path: '/sentiment',
 *   methods: [HttpMethod.POST],
 *   requestTimeout: Duration.seconds(60),
 * });
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 * });
 */
export class ServingEndpoint extends Construct implements IServingEndpoint {
  /** Whether `x` is an endpoint, including one created by another copy of this package. */
  public static isServingEndpoint(x: unknown): x is ServingEndpoint {
    return hasTag('ServingEndpoint', x);
  }

  /** The name of the endpoint. */
  public readonly endpointName: string;
  /** The platform that serves the endpoint. */
  public readonly platform: ServingPlatform;

  /** @internal */
  public readonly _binding: EndpointBinding;

  private readonly attached = new Map<Backend, AttachmentIntent>();
  /** Backends whose own address the definition disables, rather than the default. */
  private readonly denied = new Set<Backend>();

  constructor(scope: Construct, id: string, props: ServingEndpointProps = {}) {
    super(requireScope(scope), requireNewId(scope, id));
    checkOptions('ServingEndpointProps', props, 'props', this);
    this.platform = props.platform ?? ServingPlatform.of(this);
    requireSameApp(this, this.platform);
    this._binding = { scope: this, intent: this.resolve(id, props) };
    this.endpointName = this._binding.intent.name;
    this.platform._addEndpoint(this._binding);
  }

  /** The URL of the endpoint, including its path. It may be a token. */
  public get url(): string {
    return this.platform._urlOf(this.node.path);
  }

  /** The URL of the endpoint for other backends of the platform. It may be a token. */
  public get internalUrl(): string {
    return this.platform._internalUrlOf(this.node.path);
  }

  /** The backends of the endpoint, in the order in which they were added. */
  public get backends(): Backend[] {
    return [...this.attached.keys()];
  }

  /**
   * Adds a backend to this endpoint.
   *
   * AWS: at most 5 backends per endpoint. Kubernetes: at most 16 with a Gateway, any number with the router.
   */
  public addBackend(id: string, options: BackendOptions): Backend {
    requireOptions('BackendOptions', options, 'options', placeOf(this, requireNewId(this, id)));
    this.checkRoom(options.backendName ?? id);
    const backend = new Backend(this, id, { ...options, platform: this.platform });
    this.attachBackend(backend);
    return backend;
  }

  /** Attaches a backend that was constructed separately. */
  public attachBackend(backend: Backend, options: AttachBackendOptions = {}): void {
    checkValue('Backend', backend, 'backend', this);
    checkOptions('AttachBackendOptions', options, 'options', this);
    const { backendName } = backend;
    this.checkRoom(backendName);
    if (backend.platform !== this.platform) {
      throw new ServingError(
        'ForeignBackend',
        `backend '${backendName}' runs on platform '${backend.platform.node.path}', endpoint '${this.endpointName}' on '${this.platform.node.path}'; use one platform for both`,
        this,
      );
    }
    if (this.attached.has(backend)) {
      throw new ServingError(
        'DuplicateBackend',
        `backend '${backendName}' already serves endpoint '${this.endpointName}'; attach it once`,
        this,
      );
    }
    const attachment: AttachmentIntent = {
      endpoint: this.node.path,
      backend: backend.node.path,
      address: options.ownAddress ?? backend._ownAddress,
      segment: slug(backendName),
    };
    this.checkAddress(backend, attachment);
    this.attached.set(backend, attachment);
    if (options.ownAddress !== undefined || backend._hasSetAddress) this.denied.add(backend);
    this.platform._attach(attachment);
  }

  /** Sets the share of each backend. An endpoint has at most one split. */
  public splitTraffic(options: TrafficSplitOptions): TrafficSplit {
    requireOptions('TrafficSplitOptions', options, 'options', placeOf(this, SPLIT_ID));
    this.platform._declared.requireNoSplit(this.node.path, this);
    requireReservedId(this, SPLIT_ID, "'splitTraffic'");
    return new TrafficSplit(this, SPLIT_ID, { ...options, endpoint: this });
  }

  /** The address at which clients reach one backend of this endpoint directly. */
  public addressOf(backend: Backend): BackendAddress {
    checkValue('Backend', backend, 'backend', this);
    const attachment = this.attached.get(backend);
    const refuse = (why: string): ServingError =>
      new ServingError('NoAddress', `backend '${backend.backendName}' ${why}`, this);
    if (attachment === undefined) throw refuse(`does not serve endpoint '${this.endpointName}'`);
    const { address, segment } = attachment;
    if (address === OwnAddress.NONE) {
      throw refuse(
        this.denied.has(backend)
          ? `has no own address ('ownAddress' is OwnAddress.NONE) at endpoint '${this.endpointName}'`
          : `has no own address at endpoint '${this.endpointName}', because the load balancer is public; set 'ownAddress' (OwnAddress.HEADER) to give it one`,
      );
    }
    const { intent } = this._binding;
    if (address === OwnAddress.HEADER)
      return { url: this.url, header: BACKEND_HEADER, value: headerValueOf(backend._binding.intent) };
    const base = intent.prefix === '/' ? this.url.replace(/\/$/, '') : this.url.slice(0, -intent.prefix.length);
    return { url: `${base}${ownPrefix(intent, segment)}` };
  }

  /** @internal */
  public get _slug(): string {
    return this._binding.intent.slug;
  }

  private checkRoom(name: string): void {
    const { maxBackendsPerEndpoint: max = Number.POSITIVE_INFINITY, name: target } = this.platform._target;
    if (this.attached.size < max) return;
    throw new ServingError(
      'TooManyBackends',
      `endpoint '${this.endpointName}' cannot have another backend ('${name}'): ${target} supports at most ${max} per endpoint; use a second endpoint`,
      this,
    );
  }

  private checkAddress(backend: Backend, attachment: AttachmentIntent): void {
    if (attachment.address === OwnAddress.NONE) return;
    this.checkOwnRewrite(backend, attachment);
    const header = headerValueOf(backend._binding.intent).toLowerCase();
    const rival = this.backends.find((other) =>
      attachment.address === OwnAddress.PATH
        ? slug(other.backendName) === attachment.segment
        : headerValueOf(other._binding.intent).toLowerCase() === header,
    );
    if (rival === undefined) return;
    throw new ServingError(
      'NameClash',
      `backends '${rival.backendName}' (${rival.node.path}) and '${backend.backendName}' (${backend.node.path}) of endpoint '${this.endpointName}' would have the same address; set 'backendName' of one of them`,
      this,
    );
  }

  /** Requests for the own path of a backend are rewritten to the path of the endpoint. */
  private checkOwnRewrite(backend: Backend, attachment: AttachmentIntent): void {
    const own = ownRoute({ endpoint: this._binding.intent, attachment, backend: backend._binding.intent });
    if (own?.replacePrefix === undefined) return;
    const advice = `; backend '${backend.backendName}' has its own path below it, so change the path, or set 'ownAddress' (OwnAddress.HEADER)`;
    requireRewritable('path', own.replacePrefix, { at: this, target: this.platform._target }, advice);
  }

  private checkStreaming({ streaming }: ServingEndpointProps): void {
    if (streaming === undefined || streaming.heartbeat.toSeconds() <= streaming.maxDuration.toSeconds()) return;
    throw new ServingError(
      'ConflictingProps',
      `'heartbeat' (${streaming.heartbeat}) must be at most 'maxDuration' (${streaming.maxDuration}) of 'streaming'`,
      this,
    );
  }

  /** Checks a path below the endpoint. The server may get it alone, if the prefix is stripped. */
  private checkBelow(prefix: string, path: string): string {
    const use = { at: this, target: this.platform._target };
    const below = checkRewrite('path', path, use);
    if (below === '/') {
      throw new ServingError(
        'InvalidPath',
        `'path' ('/') in 'paths' is the whole endpoint; set 'requestTimeout' of the endpoint, or use a path below it`,
        this,
      );
    }
    checkPath('path', pathBelow(prefix, below), use);
    return below;
  }

  private resolve(id: string, props: ServingEndpointProps): EndpointIntent {
    const name = requireName('endpointName', props.endpointName ?? id, this);
    for (const [prop, list] of Object.entries({
      hosts: props.hosts,
      methods: props.methods,
      headers: props.headers,
      paths: props.paths,
    })) {
      if (list?.length === 0) {
        throw new ServingError('EmptyList', `'${prop}' ([]) must not be empty; omit it to match every request`, this);
      }
    }
    const seconds = (prop: string, duration: Duration | undefined, max: number, hint?: string): number | undefined =>
      duration === undefined ? undefined : requireSeconds(prop, duration, { max, hint, whole: false, at: this });
    const methods = withHead(props.methods ?? []);
    const use = { at: this, target: this.platform._target };
    this.checkStreaming(props);
    const { streaming } = props;
    const prefix = checkPath('path', props.path ?? '/', use);
    const own =
      seconds('requestTimeout', props.requestTimeout, LONGEST_REQUEST, "use 'streaming' for longer responses") ?? 60;
    const pathTimes = (props.paths ?? []).map(({ path, requestTimeout }) => ({
      path: this.checkBelow(prefix, path),
      requestTimeoutSeconds: seconds('requestTimeout', requestTimeout, LONGEST_REQUEST) as number,
    }));
    const repeated = pathTimes.find(({ path }, index) => pathTimes.findIndex((other) => other.path === path) < index);
    if (repeated !== undefined)
      throw new ServingError('DuplicateRoute', `'${repeated.path}' is twice in 'paths'; remove one`, this);
    return {
      path: this.node.path,
      name,
      slug: slug(name),
      description: props.description,
      prefix,
      hosts: [...new Set((props.hosts ?? []).map((host) => checkHost(host, this)))],
      methods,
      headers: (props.headers ?? []).map((header) => checkHeader(header, use)),
      stripPrefix: props.stripPrefix ?? false,
      requestTimeoutSeconds: Math.max(own, ...pathTimes.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds)),
      ...(pathTimes.length > 0 && { ownTimeoutSeconds: own, pathTimes }),
      streamSeconds: seconds('maxDuration', streaming?.maxDuration, LONGEST_STREAM),
      heartbeatSeconds: seconds('heartbeat', streaming?.heartbeat, LONGEST_REQUEST),
      protocol: streaming?.protocol,
      cutOnStop: streaming?.cutOnStop,
      cors: corsOf(props.cors, methods, this),
      priority:
        props.priority === undefined
          ? undefined
          : requireNumber('priority', props.priority, { min: 1, integer: true, at: this }),
    };
  }
}

tagClass('ServingEndpoint', ServingEndpoint);

/** The methods without duplicates. A resource that has GET has HEAD too (RFC 9110, 9.1). */
function withHead(methods: HttpMethod[]): HttpMethod[] {
  return [...new Set(methods.includes(HttpMethod.GET) ? [...methods, HttpMethod.HEAD] : methods)];
}
