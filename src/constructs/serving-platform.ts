import { Construct, type IConstruct } from 'constructs';
import { locksRead } from '../models/lock/read-lock';
import type { AttachmentIntent, BackendIntent, HopIntent, PlatformIntents } from '../plan/intents';
import { ServingPlan } from '../plan/plan';
import { BalancerAccess, type TargetProfile } from '../plan/target-profile';
import { backendCredentials, headerCredentials } from '../private/credentials/warnings';
import type { ErrorCode } from '../private/errors';
import { escapeControls, renderError, ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { removedWith } from '../private/tree';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import type { AutoscalingPolicy } from './autoscaling-policy';
import type { Backend } from './backend';
import type { Intermediary } from './intermediary';
import { lockedDestinations, modelDrifts, unreachable } from './private/definition-warnings';
import { attachPlatform, findPlatform } from './private/platform-lookup';
import { type FindWarnings, reportAtSynthesis, WARNING_PREFIX, type Warning } from './private/warnings';
import type { ServingEndpoint } from './serving-endpoint';
import type { TrafficSplit } from './traffic-split';

/** Properties that every platform has. */
export interface ServingPlatformProps {
  /**
   * Whether it is an error when something a definition asks for is left to the gateway.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * What stands in front of the balancer, from the client inwards, such as a CDN or another load balancer. Its times are
   * held against those of the chain; nothing here configures it.
   *
   * @default - nothing
   */
  readonly behind?: Intermediary[];

  /**
   * How long the balancer keeps an idle connection, set by hand. It is held against the rules of the timeout chain.
   *
   * AWS: the idle timeout of the load balancer. Kubernetes: Envoy Gateway is told it; the router and a portable gateway
   * cannot be.
   *
   * @default - computed from the longest request
   */
  readonly idleTimeout?: Duration;
}

/** What the compute of a backend allows. */
export interface ComputeLimits {
  /** The longest time in seconds between the signal and the kill. @default - the target's */
  readonly maxStopSeconds?: number;
  /** The longest time in seconds that one model fetch may take. @default - the target's */
  readonly maxFetchSeconds?: number;
  /** The most replicas that an autoscaler of the user's own may run. @default - what the definition says */
  readonly maxReplicas?: number;
  /** What runs a replica, for messages, such as `Fargate`. @default - not known */
  readonly compute?: string;
  /** The architecture of its processors, in OCI's words. @default - not known */
  readonly computeArchitecture?: string;
  /** The disk in MiB that images, models and scratch files of a replica share. @default - not known */
  readonly diskMib?: number;
  /** The largest such disk in MiB. @default - no limit */
  readonly maxDiskMib?: number;
}

/**
 * The target of endpoints, and what they share there: cluster, balancer, capacity.
 *
 * Constructing one attaches it to its scope; endpoints and backends below use the nearest. Without one they use the
 * built-in platform of the nearest `Stack` or `Chart`.
 *
 * To add a target, subclass this: describe it in `target`, and create structure when one of the events comes. Read
 * values, such as weights and timeouts, from `plan()` as late as the framework allows, because later declarations change
 * them.
 */
export abstract class ServingPlatform extends Construct {
  /** The platform that endpoints and backends in `scope` use, made when there is none yet. */
  public static of(scope: IConstruct): ServingPlatform {
    return findPlatform(scope);
  }

  /** Whether `x` is a platform, also one of another copy of this package. */
  public static isServingPlatform(x: unknown): x is ServingPlatform {
    return hasTag('ServingPlatform', x);
  }

  /** A short name of the kind of platform, such as `aws`, which images and secrets of one platform carry. */
  public abstract readonly kind: string;

  /** The limits of the target and what it can do. */
  public abstract readonly target: TargetProfile;

  /** The endpoints, in the order of their declaration. */
  public get endpoints(): ServingEndpoint[] {
    return [...this.endpointList];
  }

  /** The backends, in the order of their declaration. */
  public get backends(): Backend[] {
    return [...this.backendList];
  }

  private readonly strict: boolean;
  private readonly behind: HopIntent[];
  private readonly idleSeconds?: number;
  private readonly endpointList: ServingEndpoint[] = [];
  private readonly backendList: Backend[] = [];
  private readonly attachments: AttachmentIntent[] = [];
  private readonly splits: TrafficSplit[] = [];
  private readonly policies: AutoscalingPolicy[] = [];
  private readonly slugs = new Map<string, string>();
  private memo?: ServingPlan;

  constructor(scope: Construct, id: string, props: ServingPlatformProps = {}) {
    super(scope, id);
    this.strict = props.strict ?? false;
    checkValue('Intermediary[]', props.behind ?? [], 'behind', this);
    this.behind = (props.behind ?? []).map((hop) => hop._intent());
    this.idleSeconds =
      props.idleTimeout === undefined
        ? undefined
        : requireSeconds('idleTimeout', props.idleTimeout, { max: 86_400, at: this });
    attachPlatform(scope, this);
    this.node.addValidation({ validate: () => this.report() ?? this.refusals() });
  }

  /** An endpoint was declared. Create what carries its requests. */
  public abstract bindEndpoint(endpoint: ServingEndpoint): void;

  /** A backend was declared. Create what runs it. */
  public abstract bindBackend(backend: Backend): void;

  /** A backend was given to an endpoint, perhaps not its first. Create what only the pair needs. */
  public abstract attachBackend(
    servingEndpoint: ServingEndpoint,
    attachedBackend: Backend,
    attachment: AttachmentIntent,
  ): void;

  /** A backend was given an autoscaling policy. Create what scales it. */
  public abstract bindAutoscaling(policy: AutoscalingPolicy): void;

  /**
   * The shares and header rules of an endpoint were declared. Values come from the plan; only a platform that needs
   * structure for each header rule has something to do here.
   */
  public bindSplit(split: TrafficSplit): void {
    void split;
  }

  /** The URL of the endpoint, its path included. */
  public abstract urlOf(endpoint: ServingEndpoint): string;

  /**
   * The URL of the endpoint for other backends of the platform.
   *
   * The default is that it has no other than `urlOf`.
   */
  public internalUrlOf(endpoint: ServingEndpoint): string {
    return this.urlOf(endpoint);
  }

  /** What the compute of a backend allows; the default is what the target allows. */
  public limitsOf(backend: BackendIntent): ComputeLimits {
    void backend;
    return {};
  }

  /**
   * Reports something that is no error, at synthesis. The default writes a line to standard error; a framework that has
   * warnings of its own should get it instead.
   */
  public warn(scope: Construct, id: string, message: string): void {
    const line = `[Warning at ${scope.node.path}] ${message} [ack: ${WARNING_PREFIX}${id}]`;
    process.stderr.write(`${escapeControls(line)}\n`);
  }

  /**
   * What will be rendered: routes, shares and timeouts of all that was declared so far.
   *
   * It never throws and is computed again only after a later declaration.
   */
  public plan(): ServingPlan {
    this.memo ??= new ServingPlan(this.intents());
    return this.memo;
  }

  /** @internal */
  public _addEndpoint(endpoint: ServingEndpoint): void {
    this.claim('endpoint', endpoint.intent, endpoint);
    const { name, headers } = endpoint.intent;
    this._warn(endpoint, headerCredentials(`endpoint '${name}'`, headers));
    this.endpointList.push(endpoint);
    this._change();
    this.bindEndpoint(endpoint);
  }

  /** @internal */
  public _addBackend(backend: Backend): void {
    this.claim('backend', backend.intent, backend);
    const { intent } = backend;
    this._warn(backend, [
      ...modelDrifts(intent),
      ...lockedDestinations(this.target, intent),
      ...backendCredentials(intent),
    ]);
    this.warnOf(backend, () => unreachable(this.plan(), intent));
    this.backendList.push(backend);
    this._change();
    this.bindBackend(backend);
  }

  /** @internal */
  public _attach(endpoint: ServingEndpoint, backend: Backend, attachment: AttachmentIntent): void {
    this._warn(endpoint, this.exposureOf(endpoint, backend, attachment));
    this.attachments.push(attachment);
    this._change();
    this.attachBackend(endpoint, backend, attachment);
  }

  /** @internal */
  public _addSplit(split: TrafficSplit): void {
    const headers = split.intent.headerRules.map(({ header }) => header);
    this._warn(split, headerCredentials('a header rule', headers));
    this.splits.push(split);
    this._change();
    this.bindSplit(split);
  }

  /** @internal */
  public _addAutoscaling(policy: AutoscalingPolicy): void {
    this.policies.push(policy);
    this._change();
    this.bindAutoscaling(policy);
  }

  /**
   * Reports warnings of a construct at synthesis, those that are acknowledged by then excepted.
   *
   * @internal
   */
  public _warn(scope: Construct, warnings: readonly Warning[]): void {
    if (warnings.length > 0) this.warnOf(scope, () => warnings);
  }

  private warnOf(scope: Construct, find: FindWarnings): void {
    reportAtSynthesis(scope, find, ({ id, message }) => this.warn(scope, id, message));
  }

  /** @internal */
  public _change(): void {
    this.memo = undefined;
  }

  /** An address of its own, behind a public balancer, is one that everybody can call. */
  private exposureOf(endpoint: ServingEndpoint, backend: Backend, { address, segment }: AttachmentIntent): Warning[] {
    if (address === 'none' || this.target.access !== BalancerAccess.PUBLIC) return [];
    const message = `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' can be called from the internet by its own address, whatever its share; leave 'addressable' and 'ownUrl' out, or acknowledge this`;
    return [{ id: `publicBackendAddress.${segment}`, message }];
  }

  private claim(
    what: 'endpoint' | 'backend',
    intent: { readonly path: string; readonly name: string; readonly slug: string },
    at: Construct,
  ): void {
    const key = `${what} ${intent.slug}`;
    const holder = this.slugs.get(key);
    if (holder !== undefined) {
      throw new ServingError(
        'NameClash',
        `${what} '${intent.name}' (${intent.path}) and '${holder}' would both be called '${intent.slug}'; give one another id, or set '${what}Name'`,
        at,
      );
    }
    this.slugs.set(key, intent.path);
  }

  private intents(): PlatformIntents {
    return {
      target: this.target,
      strict: this.strict,
      ...(this.behind.length > 0 && { behind: this.behind }),
      ...(this.idleSeconds !== undefined && { idleSeconds: this.idleSeconds }),
      endpoints: this.endpointList.map((endpoint) => endpoint.intent),
      backends: this.backendList.map(({ intent }) => withLimits(intent, this.limitsOf(intent))),
      attachments: [...this.attachments],
      splits: this.splits.map((split) => split.intent),
      autoscaling: this.policies.map((policy) => policy.intent),
    };
  }

  /** Everything that keeps the definitions from being rendered as they are. */
  private refusals(): string[] {
    const refusals = this.plan().refusals.map(({ code, message, path }) =>
      renderError(code as ErrorCode, message, path || this.node.path),
    );
    return [...refusals, ...this.removed()];
  }

  /** What was declared and then taken out of the tree, each named by the outermost construct that went. */
  private removed(): string[] {
    const declared = [...this.endpointList, ...this.backendList, ...this.splits, ...this.policies];
    return removedWith(declared).map((construct) =>
      renderError(
        'ConstructRemoved',
        `'${construct.node.id}' was removed from the tree, but what it declared still counts; do not declare it instead of removing it`,
        construct.node.path,
      ),
    );
  }

  /** With the variable set, plan and refusals go into its folder instead, so that one refusal does not hide the others. */
  private report(): string[] | undefined {
    const folder = process.env.SERVING_EXPLAIN;
    if (folder === undefined || folder === '') return undefined;
    const { writeExplanation } = require('../private/explanation') as typeof import('../private/explanation');
    writeExplanation(folder, {
      platform: this.node.path,
      target: this.target.name,
      plan: this.plan(),
      lockFiles: locksRead(),
      refusals: this.refusals(),
    });
    return [];
  }
}

tagClass('ServingPlatform', ServingPlatform);

function withLimits(intent: BackendIntent, limits: ComputeLimits): BackendIntent {
  return Object.keys(limits).length === 0 ? intent : { ...intent, ...limits };
}
