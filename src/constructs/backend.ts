import { Construct } from 'constructs';
import { OwnAddress } from '../plan/choices';
import type { BackendIntent } from '../plan/intents';
import { BalancerAccess } from '../plan/target-profile';
import { placeOf, requireNewId, requireReservedId, requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { checkOptions, requireOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import type { Sidecar } from '../workload/sidecar';
import { type AutoscalingOptions, AutoscalingPolicy } from './autoscaling-policy';
import { type BackendProps, modelsOf, resolveBackend } from './backend-options';
import type { BackendBinding, SidecarBinding } from './bindings';
import { secretsOf, wholeSources } from './private/environment-sources';
import { requireSameApp } from './private/platform-lookup';
import { resolveSettings } from './private/target-settings';
import type { IBackend } from './references';
import { ServingPlatform } from './serving-platform';

/** The id of the policy that `autoscale` creates. */
const POLICY_ID = 'Autoscaling';

/**
 * One version of an implementation: its image, its compute and its replicas.
 *
 * Usually created by `endpoint.addBackend`. A backend that several endpoints share is constructed on its own, and attached to
 * each endpoint with `endpoint.attachBackend`.
 *
 * @example
 * const llama = new Backend(this, 'llama', {
 *   image: ServerImage.fromRegistry('registry.example.com/llama-server:1.4.2'),
 *   server: ModelServer.vllm({ model: '/models/llama', version: '0.11.0' }),
 *   gpu: Gpu.nvidia({ count: 1 }),
 * });
 * for (const path of ['/chat', '/summaries']) new ServingEndpoint(this, path.slice(1), { path }).attachBackend(llama);
 */
export class Backend extends Construct implements IBackend {
  /** Whether `x` is a backend, including one created by another copy of this package. */
  public static isBackend(x: unknown): x is Backend {
    return hasTag('Backend', x);
  }

  /** The name of the backend. */
  public readonly backendName: string;
  /** The platform that runs the backend. */
  public readonly platform: ServingPlatform;

  /**
   * The address at endpoints that do not set one.
   *
   * @internal
   */
  public readonly _ownAddress: OwnAddress;

  /**
   * Whether that address is set by the definition, rather than by default.
   *
   * @internal
   */
  public readonly _hasSetAddress: boolean;

  /** @internal */
  public readonly _binding: BackendBinding;

  constructor(scope: Construct, id: string, props: BackendProps) {
    super(requireScope(scope), requireNewId(scope, id));
    checkOptions('BackendProps', props, 'options', this);
    this.platform = props.platform ?? ServingPlatform.of(this);
    requireSameApp(this, this.platform);
    this._hasSetAddress = props.ownAddress !== undefined;
    this._ownAddress = props.ownAddress ?? defaultAddressOn(this.platform);
    const { settings, ...described } = resolveSettings({ scope: this, platform: this.platform }, props.targetSettings);
    const intent = { ...resolveBackend(this, props.backendName ?? id, props, this.platform._target), ...described };
    this._binding = {
      scope: this,
      intent,
      image: props.image,
      secrets: secretsOf(props),
      environmentFrom: wholeSources(props.environmentFrom),
      sidecars: sidecarBindings(intent, props.sidecars),
      models: modelsOf(props, this),
      ...(props.cache !== undefined && { cache: props.cache }),
      settings,
    };
    this.backendName = this._binding.intent.name;
    checkOwners(this._binding, this.platform);
    checkKeys(this._binding);
    this.platform._addBackend(this._binding);
  }

  /** Scales the number of replicas with the load. */
  public autoscale(options: AutoscalingOptions): AutoscalingPolicy {
    requireOptions('AutoscalingOptions', options, 'options', placeOf(this, POLICY_ID));
    this.platform._declared.requireNoAutoscaling(this.node.path, this);
    requireReservedId(this, POLICY_ID, "'autoscale'");
    return new AutoscalingPolicy(this, POLICY_ID, { ...options, backend: this });
  }
}

tagClass('Backend', Backend);

/** The sidecars with what only a target resolves. */
function sidecarBindings(
  { sidecars: intents }: BackendIntent,
  sidecars: readonly Sidecar[] = [],
): SidecarBinding[] | undefined {
  return intents?.map((intent, index) => {
    const { image, secrets } = sidecars[index] as Sidecar;
    return { intent, image, secrets: { ...secrets } };
  });
}

/** Behind a public balancer, anyone could otherwise reach a backend that has no share yet. */
function defaultAddressOn({ _target: target }: ServingPlatform): OwnAddress {
  return target.access === BalancerAccess.PUBLIC ? OwnAddress.NONE : OwnAddress.HEADER;
}

/** Images, secrets and volumes of one platform cannot be used on another. */
function checkOwners(
  { scope, intent, image, secrets, environmentFrom = [], sidecars = [], models, cache }: BackendBinding,
  { kind }: ServingPlatform,
): void {
  const foreign = [
    { what: 'image', platform: image.platform },
    ...Object.entries(secrets).map(([name, secret]) => ({ what: `secret '${name}'`, platform: secret.platform })),
    ...environmentFrom.map(({ sourceName, platform }) => ({ what: `environment of ${sourceName}`, platform })),
    ...sidecars.flatMap(({ intent: { name }, image, secrets }) => [
      { what: `image of sidecar '${name}'`, platform: image.platform },
      ...Object.entries(secrets).map(([variable, { platform }]) => ({
        what: `secret '${variable}' of sidecar '${name}'`,
        platform,
      })),
    ]),
    ...models.flatMap((model) => model._owners()),
    { what: 'cache volume', platform: cache?._volume.platform },
  ].find((owner) => owner.platform !== undefined && owner.platform !== kind);
  if (foreign === undefined) return;
  throw new ServingError(
    'ForeignResource',
    `the ${foreign.what} of backend '${intent.name}' belongs to platform '${foreign.platform}' and cannot be used on '${kind}'; use one that both platforms support, or choose by platform`,
    scope,
  );
}

/** Without a key, a secret that two variables read would be the whole secret on one target and two keys on another. */
function checkKeys({ scope, intent, secrets, sidecars = [], models }: BackendBinding): void {
  const uses = [
    secrets,
    ...sidecars.map((sidecar) => sidecar.secrets),
    ...models.map(({ _resources }) => _resources.secrets ?? {}),
  ].flatMap((all) => Object.entries(all));
  const variables = new Map<string, string>();
  for (const [variable, { platform, secretName, key }] of uses) {
    if (platform !== undefined || secretName === undefined || key !== undefined) continue;
    const other = variables.get(secretName);
    variables.set(secretName, variable);
    if (other === undefined || other === variable) continue;
    throw new ServingError(
      'ConflictingProps',
      `secret '${secretName}' of backend '${intent.name}' is read without a key by '${other}' and '${variable}', which is the whole secret for both on AWS and a key for each on Kubernetes; set 'key' of SecretValue.fromName`,
      scope,
    );
  }
}
