import { Construct } from 'constructs';
import type { AttachmentIntent, EndpointIntent } from '../plan/intents';
import { BACKEND_HEADER, headerValueOf, ownPrefix } from '../plan/routes';
import { requireName, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkHeader, checkHost, checkPath } from '../private/http';
import { slug } from '../private/names';
import { checkOptions, checkValue, requireOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import { Backend } from './backend';
import type { BackendOptions } from './backend-options';
import type { AttachBackendOptions, BackendAddress, ServingEndpointProps } from './endpoint-options';
import { ServingPlatform } from './serving-platform';
import { TrafficSplit, type TrafficSplitOptions } from './traffic-split';

/** The longest request in seconds: six hours. Beyond that a number in seconds was most likely meant in milliseconds. */
const LONGEST_REQUEST = 21_600;

/** The longest stream in seconds: a week. */
const LONGEST_STREAM = 604_800;

/** An endpoint has at most this many backends: what one rule of an Application Load Balancer can forward to. */
const MAX_BACKENDS = 5;

/**
 * The stable address of a model: who may call it where, and how long an answer may take.
 *
 * In a CDK `Stack` it becomes rules of an Application Load Balancer, in a cdk8s `Chart` routes of the built-in router or
 * of the cluster's gateway.
 */
export class ServingEndpoint extends Construct {
  /** The platform that serves it. */
  public readonly platform: ServingPlatform;
  /** What was asked for, after defaults. */
  public readonly intent: EndpointIntent;

  private readonly backendList: Backend[] = [];
  private readonly attachments: AttachmentIntent[] = [];
  /** Backends whose address was denied by `addressable`, and not by the default. */
  private readonly denied = new Set<Backend>();
  private split?: TrafficSplit;

  constructor(scope: Construct, id: string, props: ServingEndpointProps = {}) {
    super(scope, id);
    checkOptions('ServingEndpointProps', props, 'props', this);
    this.platform = props.platform ?? ServingPlatform.of(this);
    this.intent = this.resolve(id, props);
    this.platform._addEndpoint(this);
  }

  /** The URL of the endpoint, its path included. It may be a token. */
  public get url(): string {
    return this.platform.urlOf(this);
  }

  /** The URL of the endpoint for other backends of the platform. It may be a token. */
  public get internalUrl(): string {
    return this.platform.internalUrlOf(this);
  }

  /** The backends that serve it, in the order in which they were given. */
  public get backends(): Backend[] {
    return [...this.backendList];
  }

  /** Adds a backend that serves this endpoint. */
  public addBackend(id: string, options: BackendOptions): Backend {
    requireOptions('BackendOptions', options, 'options', this);
    this.checkRoom(options.backendName ?? id);
    const backend = new Backend(this, id, { ...options, platform: this.platform });
    this.attachBackend(backend);
    return backend;
  }

  /** Lets a backend that stands alone serve this endpoint too. */
  public attachBackend(backend: Backend, options: AttachBackendOptions = {}): void {
    checkValue('Backend', backend, 'backend', this);
    checkOptions('AttachBackendOptions', options, 'options', this);
    const { name } = backend.intent;
    this.checkRoom(name);
    if (backend.platform !== this.platform) {
      throw new ServingError(
        'ForeignBackend',
        `backend '${name}' runs on platform '${backend.platform.node.path}', endpoint '${this.intent.name}' on '${this.platform.node.path}'; use one platform for both`,
        this,
      );
    }
    if (this.backendList.includes(backend)) {
      throw new ServingError(
        'DuplicateBackend',
        `backend '${name}' serves endpoint '${this.intent.name}' already`,
        this,
      );
    }
    const addressable = options.addressable ?? (options.ownUrl === true || backend.addressable);
    const ownUrl = options.ownUrl ?? backend.ownUrl;
    const attachment: AttachmentIntent = {
      endpoint: this.intent.path,
      backend: backend.intent.path,
      address: addressable ? (ownUrl ? 'path' : 'header') : 'none',
      segment: slug(name),
    };
    this.checkAddress(backend, attachment);
    this.backendList.push(backend);
    this.attachments.push(attachment);
    if ((options.addressable ?? backend._addressable) === false) this.denied.add(backend);
    this.platform._attach(this, backend, attachment);
  }

  /** Says who gets which share of the requests. An endpoint has at most one split. */
  public splitTraffic(options: TrafficSplitOptions): TrafficSplit {
    requireOptions('TrafficSplitOptions', options, 'options', this);
    this.checkSplit();
    return new TrafficSplit(this, 'Split', { ...options, endpoint: this });
  }

  /** The address that a backend has beside the shares. */
  public addressOf(backend: Backend): BackendAddress {
    checkValue('Backend', backend, 'backend', this);
    const attachment = this.attachments.find((candidate) => candidate.backend === backend.intent.path);
    const { name } = this.intent;
    const refuse = (why: string): ServingError =>
      new ServingError('NoAddress', `backend '${backend.intent.name}' ${why}`, this);
    if (attachment === undefined) throw refuse(`does not serve endpoint '${name}'`);
    if (attachment.address === 'none') {
      throw refuse(
        this.denied.has(backend)
          ? `has no address of its own ('addressable' is false) at endpoint '${name}'`
          : `has no address of its own at endpoint '${name}', because the load balancer is public; set 'addressable' (true) to give it one`,
      );
    }
    if (attachment.address === 'header')
      return { url: this.url, header: BACKEND_HEADER, value: headerValueOf(backend.intent) };
    const base =
      this.intent.prefix === '/' ? this.url.replace(/\/$/, '') : this.url.slice(0, -this.intent.prefix.length);
    return { url: `${base}${ownPrefix(this.intent, attachment.segment)}` };
  }

  /** @internal */
  public get _slug(): string {
    return this.intent.slug;
  }

  /** @internal */
  public _claimSplit(split: TrafficSplit): void {
    this.checkSplit(split);
    this.split = split;
  }

  private checkSplit(at: Construct = this): void {
    if (this.split !== undefined) {
      throw new ServingError(
        'DuplicateSplit',
        `the requests of endpoint '${this.intent.name}' are split already; say all shares and header rules in one split`,
        at,
      );
    }
  }

  private checkRoom(name: string): void {
    if (this.backendList.length >= MAX_BACKENDS) {
      throw new ServingError(
        'TooManyBackends',
        `backend '${name}' would be number ${this.backendList.length + 1} of endpoint '${this.intent.name}', which can have ${MAX_BACKENDS}; use a second endpoint`,
        this,
      );
    }
  }

  private checkAddress(backend: Backend, attachment: AttachmentIntent): void {
    if (attachment.address === 'none') return;
    const rival = this.backendList.find((other) =>
      attachment.address === 'path'
        ? slug(other.intent.name) === attachment.segment
        : headerValueOf(other.intent).toLowerCase() === headerValueOf(backend.intent).toLowerCase(),
    );
    if (rival !== undefined) {
      throw new ServingError(
        'NameClash',
        `backends '${rival.intent.name}' (${rival.node.path}) and '${backend.intent.name}' (${backend.node.path}) of endpoint '${this.intent.name}' would have one address; set 'backendName' of one`,
        this,
      );
    }
  }

  private checkStreaming({ streaming }: ServingEndpointProps): void {
    if (streaming === undefined || streaming.heartbeat.toSeconds() <= streaming.maxDuration.toSeconds()) return;
    throw new ServingError(
      'ConflictingProps',
      `'heartbeat' (${streaming.heartbeat}) must be at most 'maxDuration' (${streaming.maxDuration}) of 'streaming'`,
      this,
    );
  }

  private resolve(id: string, props: ServingEndpointProps): EndpointIntent {
    const name = requireName('endpointName', props.endpointName ?? id, this);
    for (const [prop, list] of Object.entries({ hosts: props.hosts, methods: props.methods, headers: props.headers })) {
      if (list?.length === 0) {
        throw new ServingError(
          'EmptyList',
          `'${prop}' ([]) would match no request; leave it out to match every request`,
          this,
        );
      }
    }
    const seconds = (prop: string, duration: Duration | undefined, max: number, hint: string): number | undefined =>
      duration === undefined ? undefined : requireSeconds(prop, duration, { max, hint, whole: false, at: this });
    const methods = [...new Set(props.methods ?? [])];
    this.checkStreaming(props);
    const { streaming } = props;
    return {
      path: this.node.path,
      name,
      slug: slug(name),
      description: props.description,
      prefix: checkPath('path', props.path ?? '/', this),
      hosts: [...new Set((props.hosts ?? []).map((host) => checkHost(host, this)))],
      methods,
      headers: (props.headers ?? []).map((header) => checkHeader(header, this)),
      stripPrefix: props.stripPrefix ?? false,
      requestTimeoutSeconds:
        seconds(
          'requestTimeout',
          props.requestTimeout,
          LONGEST_REQUEST,
          "in seconds; longer answers come with 'streaming'",
        ) ?? 60,
      streamSeconds: seconds('maxDuration', streaming?.maxDuration, LONGEST_STREAM, 'in seconds, at most 7 days'),
      heartbeatSeconds: seconds('heartbeat', streaming?.heartbeat, LONGEST_REQUEST, 'in seconds'),
      protocol: streaming?.protocol,
      cutOnStop: streaming?.cutOnStop,
      priority:
        props.priority === undefined
          ? undefined
          : requireNumber('priority', props.priority, { min: 1, max: 50_000, integer: true, at: this }),
    };
  }
}

tagClass('ServingEndpoint', ServingEndpoint);
