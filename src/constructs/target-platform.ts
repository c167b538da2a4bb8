import type { Construct } from 'constructs';
import { locksRead } from '../models/lock/read-lock';
import { OwnAddress } from '../plan/choices';
import type {
  AttachmentIntent,
  AutoscalingIntent,
  BackendIntent,
  HopIntent,
  PlatformIntents,
  SplitIntent,
} from '../plan/intents';
import { ServingPlan } from '../plan/plan';
import type { EndpointReach } from '../plan/serving-plan';
import { BalancerAccess, type TargetProfile } from '../plan/target-profile';
import type { ErrorCode } from '../private/errors';
import { renderError } from '../private/errors';
import { checkValue } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { removedWith } from '../private/tree';
import { requireSeconds } from '../units/private/seconds';
import type { TargetSettings } from '../workload/target-settings';
import type { AttachmentBinding, BackendBinding, EndpointBinding } from './bindings';
import { backendCredentials, headerCredentials } from './private/credential-warnings';
import { Declarations } from './private/declarations';
import {
  emptyStores,
  hubDownloads,
  lockedDestinations,
  modelDrifts,
  pulls,
  repeatedPaths,
  unfilledBatches,
  unreachable,
} from './private/definition-warnings';
import { gpuWarnings, rolloutGpus } from './private/gpu-warnings';
import { healthWarnings } from './private/health-warnings';
import { patchWarnings } from './private/patch-warnings';
import { crowdedPriorities } from './private/priority-warnings';
import { createIn } from './private/reserved-ids';
import { stickinessOrder } from './private/sticky-session';
import { stopWarnings } from './private/stop-warnings';
import { unusablePlaces } from './private/unusable-places';
import {
  type FindWarnings,
  openWarnings,
  reportAtSynthesis,
  type ScopedWarnings,
  WARNING_PREFIX,
  type Warning,
} from './private/warnings';
import type { ScalingTarget } from './scaling-target';
import { ServingPlatform, type ServingPlatformProps } from './serving-platform';
import type { TargetRenderer } from './target-renderer';

/**
 * A platform that renders definitions for a target: the base class of every platform.
 *
 * To add a target, describe its limits and capabilities in `target`, and create its resources in a `TargetRenderer`.
 */
export abstract class TargetPlatform extends ServingPlatform {
  /** Whether `x` is a target platform, including one created by another copy of this package. */
  public static isTargetPlatform(x: unknown): x is TargetPlatform {
    return hasTag('TargetPlatform', x);
  }

  /** The plan of a platform, such as that of an endpoint: `planOf(endpoint.platform)`. */
  public static planOf(platform: ServingPlatform): ServingPlan {
    checkValue('ServingPlatform', platform, 'platform');
    return (platform as TargetPlatform).plan();
  }

  /** The limits of the target and its capabilities. */
  public abstract readonly target: TargetProfile;

  /** Creates the resources. */
  protected abstract readonly renderer: TargetRenderer;

  private readonly strict: boolean;
  private readonly behind: HopIntent[];
  private readonly idleSeconds?: number;
  private readonly defaults?: TargetSettings;
  private readonly declarations = new Declarations();
  private readonly warnings: ScopedWarnings[] = [];
  private memo?: ServingPlan;

  constructor(scope: Construct, id: string, props: ServingPlatformProps = {}) {
    super(scope, id);
    this.strict = props.strict ?? false;
    checkValue('Intermediary[]', props.behind ?? [], 'behind', this);
    this.behind = (props.behind ?? []).map((hop) => hop._intent());
    if (props.backendDefaults !== undefined)
      checkValue('TargetSettings', props.backendDefaults, 'backendDefaults', this);
    this.defaults = props.backendDefaults;
    this.idleSeconds =
      props.idleTimeout === undefined
        ? undefined
        : requireSeconds('idleTimeout', props.idleTimeout, { max: 86_400, at: this });
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
  public get _target(): TargetProfile {
    return this.target;
  }

  /** @internal */
  public get _backendDefaults(): TargetSettings | undefined {
    return this.defaults;
  }

  /** @internal */
  public _addEndpoint(endpoint: EndpointBinding): void {
    const { scope, intent } = endpoint;
    this.declarations.addEndpoint(endpoint);
    this._warn(scope, [...headerCredentials(`endpoint '${intent.name}'`, intent.headers), ...repeatedPaths(intent)]);
    this.warnOf(scope, () => crowdedPriorities(this.plan(), intent));
    this._change();
    createIn([scope, this], () => this.renderer.bindEndpoint(endpoint));
  }

  /** @internal */
  public _addBackend(backend: BackendBinding): void {
    const { scope, intent } = backend;
    this.declarations.addBackend(backend);
    this._warn(scope, [
      ...modelDrifts(intent),
      ...lockedDestinations(this.target, intent),
      ...backendCredentials(intent),
      ...unfilledBatches(intent),
      ...hubDownloads(intent),
      ...pulls(intent),
      ...emptyStores(intent),
      ...gpuWarnings(intent),
      ...unusablePlaces(this.target, intent),
      ...patchWarnings(intent.name, this.renderer.patchesOf(backend)),
    ]);
    this.warnOf(scope, () => {
      const plan = this.plan();
      return [
        ...unreachable(plan, intent),
        ...healthWarnings(plan, intent),
        ...stopWarnings(plan, intent),
        ...rolloutGpus(plan, intent),
        ...stickinessOrder(plan, this.target, intent),
      ];
    });
    this._change();
    createIn([scope, this], () => this.renderer.bindBackend(backend));
  }

  /** @internal */
  public _attach(attachment: AttachmentIntent): void {
    const binding = this.declarations.attach(attachment);
    this._warn(binding.endpoint.scope, this.exposureOf(binding));
    this._change();
    createIn([binding.endpoint.scope, binding.backend.scope, this], () => this.renderer.bindAttachment(binding));
  }

  /** @internal */
  public _addSplit(scope: Construct, split: SplitIntent): void {
    const binding = this.declarations.addSplit(scope, split);
    const headers = split.headerRules.map(({ header }) => header);
    this._warn(scope, headerCredentials('a header rule', headers));
    this._change();
    createIn([binding.endpoint.scope, scope, this], () => this.renderer.bindSplit(binding));
  }

  /** @internal */
  public _addAutoscaling(scope: Construct, policy: AutoscalingIntent, targets: ScalingTarget[]): void {
    const binding = this.declarations.addAutoscaling(scope, policy, {
      targets,
      target: this.target,
      handoverOf: (backend) => this.renderer.handoverOf(backend),
    });
    this._change();
    createIn([binding.backend.scope, scope, this], () => this.renderer.bindAutoscaling(binding));
  }

  /** @internal */
  public _urlOf(endpoint: string): string {
    return this.renderer.urlOf(this.declarations.endpoint(endpoint));
  }

  /** @internal */
  public _internalUrlOf(endpoint: string): string {
    return this.renderer.internalUrlOf(this.declarations.endpoint(endpoint));
  }

  /** @internal */
  public get _declared(): Declarations {
    return this.declarations;
  }

  /**
   * Reports warnings of a construct at synthesis, except those that are acknowledged by then.
   *
   * @internal
   */
  public _warn(scope: Construct, warnings: readonly Warning[] | FindWarnings): void {
    if (typeof warnings === 'function') this.warnOf(scope, warnings);
    else if (warnings.length > 0) this.warnOf(scope, () => warnings);
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
    if (address === OwnAddress.NONE || this.target.access !== BalancerAccess.PUBLIC) return [];
    const message = `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' can be called from the internet at its own address, regardless of its share; omit 'ownAddress', or acknowledge this warning`;
    return [{ id: `publicBackendAddress.${segment}`, message }];
  }

  private intents(): PlatformIntents {
    return {
      target: this.target,
      strict: this.strict,
      ...(this.behind.length > 0 && { behind: this.behind }),
      ...(this.idleSeconds !== undefined && { idleSeconds: this.idleSeconds }),
      ...this.declarations.intents({
        ofEndpoint: ({ scope }) => this.identityOf(scope),
        ofBackend: (backend) => this.factsOf(backend),
      }),
    };
  }

  /** What the platform adds to the intent of a backend. */
  private factsOf(backend: BackendBinding): Partial<BackendIntent> {
    const patches = this.renderer.patchesOf(backend);
    return {
      ...this.identityOf(backend.scope, backend.intent),
      ...this.renderer.limitsOf(backend.intent),
      ...(patches.length > 0 && { patches }),
    };
  }

  private identityOf(scope: Construct, backend?: BackendIntent): { readonly identity?: string } {
    const identity = this.renderer.identityOf(scope, backend);
    return identity === scope.node.path ? {} : { identity };
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
        `'${construct.node.id}' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place`,
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
        openWarnings(found)
          .map(({ id, message }) => ({ path: found.scope.node.path, id: `${WARNING_PREFIX}${id}`, message }))
          .filter(({ id }) => !this.renderer.isAcknowledged(found.scope, id)),
      ),
    });
    return [];
  }
}

tagClass('TargetPlatform', TargetPlatform);
