import { Construct, type IConstruct } from 'constructs';
import { locksRead } from '../models/lock/read-lock';
import type { AttachmentIntent, AutoscalingIntent, HopIntent, PlatformIntents, SplitIntent } from '../plan/intents';
import { ServingPlan } from '../plan/plan';
import type { EndpointReach } from '../plan/serving-plan';
import { BalancerAccess, type TargetProfile } from '../plan/target-profile';
import { requireId, requireScope } from '../private/construct-arguments';
import type { ErrorCode } from '../private/errors';
import { renderError } from '../private/errors';
import { checkValue } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { removedWith } from '../private/tree';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import type { AttachmentBinding, BackendBinding, EndpointBinding } from './bindings';
import type { Intermediary } from './intermediary';
import { backendCredentials, headerCredentials } from './private/credential-warnings';
import { Declarations } from './private/declarations';
import { lockedDestinations, modelDrifts, unreachable } from './private/definition-warnings';
import { attachPlatform, BUILT_IN_ID, findPlatform } from './private/platform-lookup';
import {
  type FindWarnings,
  openWarnings,
  reportAtSynthesis,
  type ScopedWarnings,
  WARNING_PREFIX,
  type Warning,
} from './private/warnings';
import type { TargetRenderer } from './target-renderer';

/** Properties that every platform has. */
export interface ServingPlatformProps {
  /**
   * Whether it is an error when something a definition asks for is left to the gateway.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * The proxies in front of the balancer, from the client inwards, such as a CDN or another load balancer. Their times are
   * checked with those of the chain; this configures none of them.
   *
   * @default - nothing
   */
  readonly behind?: Intermediary[];

  /**
   * How long the balancer keeps an idle connection. The rules of the timeout chain are checked with this value.
   *
   * AWS: the idle timeout of the load balancer. Kubernetes: supported with Envoy Gateway; not supported by the router and by
   * a portable gateway.
   *
   * @default - computed from the longest request
   */
  readonly idleTimeout?: Duration;
}

/**
 * The target of endpoints, and what they share there: cluster, balancer, capacity.
 *
 * Constructing one attaches it to its scope; endpoints and backends below use the nearest. Without one they use the
 * built-in platform of the nearest `Stack` or `Chart`.
 *
 * To add a target, subclass this, describe the target in `target`, and create its resources in a
 * `extension.TargetRenderer`.
 */
export abstract class ServingPlatform extends Construct {
  /**
   * The construct id of the built-in platform of a `Stack` or `Chart`.
   *
   * A platform of another id has other resources. To replace the built-in platform of a deployed definition by one with
   * props, and to keep its load balancer and cluster, construct it with this id directly in the `Stack` or `Chart`.
   */
  public static readonly DEFAULT_ID = BUILT_IN_ID;

  /** The platform that endpoints and backends in `scope` use, created if there is none yet. */
  public static of(scope: IConstruct): ServingPlatform {
    return findPlatform(requireScope(scope)) as ServingPlatform;
  }

  /** Whether `x` is a platform, also one of another copy of this package. */
  public static isServingPlatform(x: unknown): x is ServingPlatform {
    return hasTag('ServingPlatform', x);
  }

  /** A short name of the kind of platform, such as `aws`, which images and secrets of one platform carry. */
  public abstract readonly kind: string;

  /** The limits of the target and its capabilities. */
  public abstract readonly target: TargetProfile;

  /** Creates the resources. */
  protected abstract readonly renderer: TargetRenderer;

  private readonly strict: boolean;
  private readonly behind: HopIntent[];
  private readonly idleSeconds?: number;
  private readonly declarations = new Declarations();
  private readonly warnings: ScopedWarnings[] = [];
  private memo?: ServingPlan;

  constructor(scope: Construct, id: string, props: ServingPlatformProps = {}) {
    super(requireScope(scope), requireId(id));
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
  public _addEndpoint(endpoint: EndpointBinding): void {
    const { scope, intent } = endpoint;
    this.declarations.addEndpoint(endpoint);
    this._warn(scope, headerCredentials(`endpoint '${intent.name}'`, intent.headers));
    this._change();
    this.renderer.bindEndpoint(endpoint);
  }

  /** @internal */
  public _addBackend(backend: BackendBinding): void {
    const { scope, intent } = backend;
    this.declarations.addBackend(backend);
    this._warn(scope, [
      ...modelDrifts(intent),
      ...lockedDestinations(this.target, intent),
      ...backendCredentials(intent),
    ]);
    this.warnOf(scope, () => unreachable(this.plan(), intent));
    this._change();
    this.renderer.bindBackend(backend);
  }

  /** @internal */
  public _attach(attachment: AttachmentIntent): void {
    const binding = this.declarations.attach(attachment);
    this._warn(binding.endpoint.scope, this.exposureOf(binding));
    this._change();
    this.renderer.bindAttachment(binding);
  }

  /** @internal */
  public _addSplit(scope: Construct, split: SplitIntent): void {
    const binding = this.declarations.addSplit(scope, split);
    const headers = split.headerRules.map(({ header }) => header);
    this._warn(scope, headerCredentials('a header rule', headers));
    this._change();
    this.renderer.bindSplit(binding);
  }

  /** @internal */
  public _addAutoscaling(scope: Construct, policy: AutoscalingIntent): void {
    const binding = this.declarations.addAutoscaling(scope, policy);
    this._change();
    this.renderer.bindAutoscaling(binding);
  }

  /** @internal */
  public _urlOf(endpoint: string): string {
    return this.renderer.urlOf(this.declarations.endpoint(endpoint));
  }

  /** @internal */
  public _internalUrlOf(endpoint: string): string {
    return this.renderer.internalUrlOf(this.declarations.endpoint(endpoint));
  }

  /**
   * What was declared so far.
   *
   * @internal
   */
  public get _declared(): Declarations {
    return this.declarations;
  }

  /**
   * Reports warnings of a construct at synthesis, those that are acknowledged by then excepted.
   *
   * @internal
   */
  public _warn(scope: Construct, warnings: readonly Warning[]): void {
    if (warnings.length > 0) this.warnOf(scope, () => warnings);
  }

  /** @internal */
  public _change(): void {
    this.memo = undefined;
  }

  private warnOf(scope: Construct, find: FindWarnings): void {
    this.warnings.push({ scope, find });
    reportAtSynthesis(scope, find, ({ id, message }) => this.renderer.warn(scope, id, message));
  }

  /** Everybody can call an address of its own behind a public balancer. */
  private exposureOf({ endpoint, backend, intent: { address, segment } }: AttachmentBinding): Warning[] {
    if (address === 'none' || this.target.access !== BalancerAccess.PUBLIC) return [];
    const message = `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' can be called from the internet by its own address, whatever its share; omit 'ownAddress', or acknowledge this`;
    return [{ id: `publicBackendAddress.${segment}`, message }];
  }

  private intents(): PlatformIntents {
    return {
      target: this.target,
      strict: this.strict,
      ...(this.behind.length > 0 && { behind: this.behind }),
      ...(this.idleSeconds !== undefined && { idleSeconds: this.idleSeconds }),
      ...this.declarations.intents((backend) => this.renderer.limitsOf(backend)),
    };
  }

  /** Why the definitions cannot be rendered as they are. */
  private refusals(): string[] {
    const refusals = this.plan().refusals.map(({ code, message, path }) =>
      renderError(code as ErrorCode, message, path || this.node.path),
    );
    return [...refusals, ...this.removed()];
  }

  /** Declared constructs that were removed from the tree, each named by the outermost one removed with it. */
  private removed(): string[] {
    return removedWith(this.declarations.scopes).map((construct) =>
      renderError(
        'ConstructRemoved',
        `'${construct.node.id}' was removed from the tree, but its declaration is still rendered; do not declare it, instead of removing it`,
        construct.node.path,
      ),
    );
  }

  /** How clients reach an endpoint; the reason where it has no URL, as one of wildcard hosts only. */
  private reachOf(endpoint: string): EndpointReach {
    try {
      return this.renderer.reachOf(this.declarations.endpoint(endpoint));
    } catch (error) {
      return { notes: [(error as Error).message] };
    }
  }

  /** With the variable set, plan and refusals go into its folder instead, so that one refusal does not hide the others. */
  private report(): string[] | undefined {
    const folder = process.env.SERVING_EXPLAIN;
    if (folder === undefined || folder === '') return undefined;
    const { writeExplanation } = require('./private/write-explanation') as typeof import('./private/write-explanation');
    writeExplanation(folder, {
      platform: this.node.path,
      target: this.target.name,
      plan: this.plan(),
      lockFiles: locksRead(),
      refusals: this.refusals(),
      reach: this.plan().endpoints.map(({ path }) => ({ endpoint: path, ...this.reachOf(path) })),
      warnings: this.warnings.flatMap((found) =>
        openWarnings(found).map(({ id, message }) => ({
          path: found.scope.node.path,
          id: `${WARNING_PREFIX}${id}`,
          message,
        })),
      ),
    });
    return [];
  }
}

tagClass('ServingPlatform', ServingPlatform);
