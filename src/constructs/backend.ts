import { Construct } from 'constructs';
import type { Model } from '../models/model';
import type { BackendIntent, ModelIntent, ServerIntent } from '../plan/intents';
import { BalancerAccess } from '../plan/target-profile';
import { requireName, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { joinSlugs, slug } from '../private/names';
import { checkOptions, requireOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import type { Size } from '../units/size';
import { HealthCheck } from '../workload/health-check';
import { Rollout } from '../workload/rollout';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';
import { type AutoscalingOptions, AutoscalingPolicy } from './autoscaling-policy';
import { type BackendProps, LoadBalancing } from './backend-options';
import { containerEnvironment } from './private/container-environment';
import { overridesOf } from './private/overrides';
import { ServingPlatform } from './serving-platform';

/**
 * One version of an implementation: what runs, on what, and how many times.
 *
 * Usually made by `endpoint.addBackend`. A backend that several endpoints share stands alone and is given to each with
 * `endpoint.attachBackend`.
 */
export class Backend extends Construct {
  /** The platform that runs it. */
  public readonly platform: ServingPlatform;
  /** What was asked for, after defaults. */
  public readonly intent: BackendIntent;
  /** The container image. */
  public readonly image: ServerImage;
  /** The secrets by the environment variable that gets them. */
  public readonly secrets: { [name: string]: SecretValue };
  /** The models, in the order in which they were given. */
  public readonly models: Model[];
  /** Whether the backend has an address of its own. */
  public readonly addressable: boolean;
  /** Whether that address is a path. */
  public readonly ownUrl: boolean;

  /**
   * `addressable` as it was stated, without the default.
   *
   * @internal
   */
  public readonly _addressable?: boolean;

  private readonly hasFixedReplicas: boolean;
  private autoscaling?: AutoscalingPolicy;

  constructor(scope: Construct, id: string, props: BackendProps) {
    super(scope, id);
    checkOptions('BackendProps', props, 'options', this);
    this.platform = props.platform ?? ServingPlatform.of(this);
    this.image = props.image;
    this.secrets = { ...props.secrets };
    this.models = [...(props.model === undefined ? [] : [props.model]), ...(props.models ?? [])];
    this.ownUrl = props.ownUrl ?? false;
    this._addressable = props.addressable;
    // Behind a public balancer every client could reach a backend that gets no requests yet.
    this.addressable = props.addressable ?? (this.ownUrl || this.platform.target.access !== BalancerAccess.PUBLIC);
    this.hasFixedReplicas = props.replicas !== undefined;
    if (this.ownUrl && !this.addressable) {
      throw new ServingError(
        'ConflictingProps',
        "'ownUrl' (true) gives the address that 'addressable' (false) denies; set one of the two",
        this,
      );
    }
    this.intent = this.resolve(id, props);
    this.checkOwners(props);
    this.platform._addBackend(this);
  }

  /** Keeps the number of replicas near what the load needs. */
  public autoscale(options: AutoscalingOptions): AutoscalingPolicy {
    requireOptions('AutoscalingOptions', options, 'options', this);
    return new AutoscalingPolicy(this, 'Autoscaling', { ...options, backend: this });
  }

  /** @internal */
  public _claimAutoscaling(policy: AutoscalingPolicy): void {
    const name = this.intent.name;
    if (this.autoscaling !== undefined) {
      throw new ServingError(
        'DuplicateAutoscaling',
        `backend '${name}' has an autoscaling policy already; use one with several targets`,
        policy,
      );
    }
    if (this.hasFixedReplicas) {
      throw new ServingError(
        'ReplicasWithAutoscaling',
        `'replicas' (${this.intent.replicas}) of backend '${name}' would be undone by its autoscaling; leave 'replicas' out and set 'minReplicas'`,
        policy,
      );
    }
    this.autoscaling = policy;
  }

  private resolve(id: string, props: BackendProps): BackendIntent {
    const name = requireName('backendName', props.backendName ?? id, this);
    const count = (prop: string, value: number | undefined, fallback: number, min: number, max: number): number =>
      requireNumber(prop, value ?? fallback, { min, max, integer: true, at: this });
    const gpus = props.gpu?.count ?? 0;
    const { resources = {} } = props;
    const port = count('port', props.port, props.server._port ?? 8000, 1, 65535);
    const maxConcurrency =
      props.maxConcurrency === undefined ? undefined : count('maxConcurrency', props.maxConcurrency, 1, 1, 100_000);
    const models = this.checkModels();
    const server = props.server._intent({
      port,
      maxConcurrency,
      gpus,
      models: this.models.map((model) => {
        const { mountPath, singleObject } = model._intent();
        return { path: mountPath, isFile: singleObject, files: model._resources.files };
      }),
      image: props.image.reference,
      at: this.node.path,
    });
    if (server.descriptor.declared === false && props.healthCheck === undefined) {
      throw new ServingError(
        'HealthCheckRequired',
        `nothing is known of the server of backend '${name}', so it needs a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior'`,
        this,
      );
    }
    const parent = this.node.scope as Construct & { readonly _slug?: string };
    const own = slug(name);
    return {
      path: this.node.path,
      name,
      slug: parent._slug === undefined ? own : joinSlugs(parent._slug, own),
      description: props.description,
      port,
      image: props.image.reference,
      imagePlatforms: props.image._platforms,
      architecture: resources.architecture,
      server,
      environment: containerEnvironment(
        { environment: { ...props.environment }, secrets: this.secrets },
        server,
        port,
        this,
      ),
      models,
      gpu: props.gpu?._intent(),
      cpu: requireNumber('cpu', resources.cpu ?? (gpus > 0 ? 2 * gpus : 1), { min: 0.05, max: 192, at: this }),
      memoryMib: requireNumber('memory', (resources.memory?.toGibibytes() ?? (gpus > 0 ? 8 * gpus : 2)) * 1024, {
        min: 16,
        at: this,
        hint: 'in MiB',
      }),
      ephemeralStorageMib: this.sizeOf('ephemeralStorage', resources.ephemeralStorage),
      sharedMemoryMib:
        this.sizeOf('sharedMemory', resources.sharedMemory) ??
        (gpus > 0 ? (server.descriptor.sharedMemoryMib ?? 1024) : undefined),
      replicas: requireNumber('replicas', props.replicas ?? 1, {
        min: 1,
        max: 5000,
        integer: true,
        code: 'ReplicasOutOfRange',
        at: this,
      }),
      maxConcurrency,
      healthCheck: (props.healthCheck ?? standardCheckOf(server))._intent(),
      loadSeconds: requireSeconds('loadTimeout', props.loadTimeout ?? Duration.minutes(5), {
        max: 86_400,
        whole: false,
        at: this,
      }),
      timeouts: overridesOf(props.timeouts, this),
      directCallers: props.directCallers,
      rollout: (props.rollout ?? Rollout.surge())._intent(),
      loadBalancing: props.loadBalancing ?? LoadBalancing.ROUND_ROBIN,
      user: props.user === undefined ? undefined : count('user', props.user, 10001, 1, 2 ** 31 - 2),
      readOnlyRoot: props.readOnlyRoot ?? true,
    };
  }

  private sizeOf(prop: string, size: Size | undefined): number | undefined {
    return size === undefined
      ? undefined
      : requireNumber(prop, size.toMebibytes(), { min: 1, hint: 'in MiB', at: this });
  }

  private checkModels(): ModelIntent[] {
    const intents = this.models.map((model) => model._intent());
    intents.forEach((model, index) => {
      const rival = intents.slice(0, index).find((other) => overlap(other.mountPath, model.mountPath));
      if (rival !== undefined) {
        throw new ServingError(
          'ModelPathClash',
          `models '${rival.name}' ('${rival.mountPath}') and '${model.name}' ('${model.mountPath}') are in one another's way; set 'path' of one`,
          this,
        );
      }
    });
    return intents;
  }

  private checkOwners(props: BackendProps): void {
    const { kind } = this.platform;
    const foreign = [
      { what: 'image', platform: props.image.platform },
      ...Object.entries(this.secrets).map(([name, secret]) => ({
        what: `secret '${name}'`,
        platform: secret.platform,
      })),
      ...this.models.flatMap((model) => model._owners()),
    ].find((owner) => owner.platform !== undefined && owner.platform !== kind);
    if (foreign !== undefined) {
      throw new ServingError(
        'ForeignResource',
        `the ${foreign.what} of backend '${this.intent.name}' belongs to platform '${foreign.platform}' and cannot be used on '${kind}'; use one that both know, or decide by platform`,
        this,
      );
    }
  }
}

tagClass('Backend', Backend);

function standardCheckOf({ healthPath }: ServerIntent): HealthCheck {
  return healthPath === undefined ? HealthCheck._standard() : HealthCheck.http(healthPath);
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
