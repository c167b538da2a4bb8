import type { Construct } from 'constructs';
import type { Model } from '../models/model';
import type { OwnAddress } from '../plan/choices';
import { LoadBalancing } from '../plan/choices';
import type { BackendIntent, ModelIntent, ServerIntent } from '../plan/intents';
import type { TargetProfile } from '../plan/target-profile';
import { requireName, requireNumber } from '../private/checks';
import { type ErrorCode, ServingError } from '../private/errors';
import { joinSlugs, slug } from '../private/names';
import type { ModelServer } from '../servers/model-server';
import { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import type { Size } from '../units/size';
import type { Gpu } from '../workload/gpu';
import { HealthCheck } from '../workload/health-check';
import type { Resources } from '../workload/resources';
import { Rollout } from '../workload/rollout';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';
import type { BackendTimeouts } from './backend-timeouts';
import { containerEnvironment } from './private/container-environment';
import { overridesOf } from './private/overrides';
import type { ServingPlatform } from './serving-platform';

/** One version of an implementation. */
export interface BackendOptions {
  /** The container image. */
  readonly image: ServerImage;

  /** How the server in the image is started. */
  readonly server: ModelServer;

  /**
   * The name for people, which requests use in the header `x-serving-backend` where it has letters, digits and `._:-`
   * alone. Otherwise that has the name that resources have; `ServingEndpoint.addressOf` says it.
   *
   * @default - the construct id
   */
  readonly backendName?: string;

  /**
   * What the backend is.
   *
   * AWS: a tag of the service. Kubernetes: an annotation.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The port that the server listens on.
   *
   * AWS: another port replaces the target group, which fails while rules forward to it: add a second backend with the new
   * port, move the requests to it with `splitTraffic`, and remove the first.
   *
   * @default - the server's usual one; 8000 for applications and commands
   */
  readonly port?: number;

  /**
   * The model that the server reads.
   *
   * @default - none beside `models`
   */
  readonly model?: Model;

  /**
   * Models that the server reads, each at a path of its own.
   *
   * @default - none beside `model`
   */
  readonly models?: Model[];

  /**
   * The GPUs of each replica.
   *
   * @default - none
   */
  readonly gpu?: Gpu;

  /**
   * Processors, memory and disk of each replica.
   *
   * @default - 1 virtual CPU and 2 GiB of memory; for each GPU 2 and 8 GiB
   */
  readonly resources?: Resources;

  /**
   * How many replicas run. Excludes autoscaling.
   *
   * AWS: the desired count. Kubernetes: the replicas of the Deployment.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * The most requests that a replica shall work on at a time.
   *
   * AWS: left to the application, the load balancer has no such limit. Kubernetes: the router holds back more.
   *
   * @default - no limit
   */
  readonly maxConcurrency?: number;

  /**
   * Environment variables.
   *
   * @default - none beside those of the server
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables whose values are secrets.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretValue };

  /**
   * How to tell that a replica can answer.
   *
   * @default - the server's own readiness path, where it has one; else any status below 500 to GET `/`; a server started
   * by `command` or `shell` must declare one
   */
  readonly healthCheck?: HealthCheck;

  /**
   * How long the server may take from its start until it is ready, which is mostly loading the model.
   *
   * AWS: part of the service's grace period. Kubernetes: the budget of the start-up probe.
   *
   * @default Duration.minutes(5)
   */
  readonly loadTimeout?: Duration;

  /**
   * How new replicas take the place of old ones.
   *
   * @default Rollout.surge()
   */
  readonly rollout?: Rollout;

  /**
   * Times that are set by hand instead of being computed from `requestTimeout`.
   *
   * @default - every time is computed
   */
  readonly timeouts?: BackendTimeouts;

  /**
   * Whether others call the replicas around the balancer, such as with Service Connect or Cloud Map. The server must then
   * finish the longest request after the signal.
   *
   * AWS: a backend whose compute allows no such drain is refused. Kubernetes: the wait before the signal and the drain are
   * long enough for every caller.
   *
   * @default false
   */
  readonly directCallers?: boolean;

  /**
   * How the next replica is chosen.
   *
   * @default LoadBalancing.ROUND_ROBIN
   */
  readonly loadBalancing?: LoadBalancing;

  /**
   * The address that the backend has beside the shares, also at weight 0. Every client that reaches the balancer can use
   * it.
   *
   * AWS: with `publicAccess` these are the clients of the internet. Kubernetes: with a `gateway` they are those that it
   * admits, which the definition does not know; set `OwnAddress.NONE` where it is public.
   *
   * @default - OwnAddress.HEADER; OwnAddress.NONE where the platform is public
   */
  readonly ownAddress?: OwnAddress;

  /**
   * The numeric user that the container runs as.
   *
   * @default - AWS: the image's user; Kubernetes: 10001, because the restricted Pod Security level wants a number
   */
  readonly user?: number;

  /**
   * Whether the container's root file system is read-only, with an empty volume at `/tmp`, which is `HOME` then unless
   * `user` or `environment` say otherwise.
   *
   * AWS: on Fargate that volume belongs to root, so an image with another user must declare `VOLUME /tmp`. It is there
   * also where the root is not read-only. Kubernetes: the user of the container may write to it.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;
}

/** Properties of a backend. */
export interface BackendProps extends BackendOptions {
  /**
   * The platform that runs it.
   *
   * @default - the nearest platform around the scope, else the built-in one of the Stack or Chart
   */
  readonly platform?: ServingPlatform;
}

/** The models of a backend, in the order in which they were given. */
export function modelsOf({ model, models = [] }: BackendOptions): Model[] {
  return model === undefined ? [...models] : [model, ...models];
}

/** Checks what a backend asks for, and completes it with the defaults. */
export function resolveBackend(
  scope: Construct,
  backendName: string,
  options: BackendOptions,
  target: TargetProfile,
): BackendIntent {
  const name = requireName('backendName', backendName, scope);
  const { image, gpu, resources = {} } = options;
  const gpus = gpu?.count ?? 0;
  const port = countOf('port', options.port ?? options.server._port ?? 8000, { max: 65_535, at: scope });
  const maxConcurrency =
    options.maxConcurrency === undefined
      ? undefined
      : countOf('maxConcurrency', options.maxConcurrency, { max: 100_000, at: scope });
  const models = modelsOf(options);
  const server = options.server._intent({
    port,
    maxConcurrency,
    gpus,
    models: models.map((model) => {
      const { mountPath, singleObject } = model._intent();
      return { path: mountPath, isFile: singleObject, files: model._resources.files };
    }),
    image: image.reference,
    at: scope.node.path,
  });
  if (server.descriptor.declared === false && options.healthCheck === undefined) {
    throw new ServingError(
      'HealthCheckRequired',
      `the server of backend '${name}' is unknown, so it requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior'`,
      scope,
    );
  }
  return {
    path: scope.node.path,
    name,
    slug: slugOf(scope, name),
    description: options.description,
    port,
    image: image.reference,
    imagePlatforms: image._platforms,
    architecture: resources.architecture,
    server,
    environment: containerEnvironment(
      { environment: { ...options.environment }, secrets: { ...options.secrets } },
      server,
      port,
      scope,
    ),
    models: checkModels(models, scope),
    gpu: gpu?._intent(),
    cpu: requireNumber('cpu', resources.cpu ?? (gpus > 0 ? 2 * gpus : 1), { min: 0.05, max: 192, at: scope }),
    memoryMib: requireNumber('memory', (resources.memory?.toGibibytes() ?? (gpus > 0 ? 8 * gpus : 2)) * 1024, {
      min: 16,
      at: scope,
      hint: 'in MiB',
    }),
    ephemeralStorageMib: mebibytesOf('ephemeralStorage', resources.ephemeralStorage, scope),
    sharedMemoryMib:
      mebibytesOf('sharedMemory', resources.sharedMemory, scope) ??
      (gpus > 0 ? (server.descriptor.sharedMemoryMib ?? 1024) : undefined),
    replicas: countOf('replicas', options.replicas ?? 1, {
      max: target.maxReplicas,
      code: 'ReplicasOutOfRange',
      at: scope,
    }),
    hasFixedReplicas: options.replicas !== undefined,
    maxConcurrency,
    healthCheck: (options.healthCheck ?? standardCheckOf(server))._intent(),
    loadSeconds: requireSeconds('loadTimeout', options.loadTimeout ?? Duration.minutes(5), {
      max: 86_400,
      whole: false,
      at: scope,
    }),
    timeouts: overridesOf(options.timeouts, scope),
    directCallers: options.directCallers,
    rollout: (options.rollout ?? Rollout.surge())._intent(),
    loadBalancing: options.loadBalancing ?? LoadBalancing.ROUND_ROBIN,
    user: options.user === undefined ? undefined : countOf('user', options.user, { max: 2 ** 31 - 2, at: scope }),
    readOnlyRootFilesystem: options.readOnlyRootFilesystem ?? true,
  };
}

function countOf(
  prop: string,
  value: number,
  bounds: { readonly max?: number; readonly code?: ErrorCode; readonly at: Construct },
): number {
  return requireNumber(prop, value, { min: 1, integer: true, ...bounds });
}

function mebibytesOf(prop: string, size: Size | undefined, at: Construct): number | undefined {
  return size === undefined ? undefined : requireNumber(prop, size.toMebibytes(), { min: 1, hint: 'in MiB', at });
}

/** A backend below an endpoint has that endpoint's name in front of its own. */
function slugOf(scope: Construct, name: string): string {
  const { _slug: parent } = scope.node.scope as Construct & { readonly _slug?: string };
  return parent === undefined ? slug(name) : joinSlugs(parent, slug(name));
}

function standardCheckOf({ healthPath }: ServerIntent): HealthCheck {
  return healthPath === undefined ? HealthCheck._standard() : HealthCheck.http(healthPath);
}

function checkModels(models: Model[], at: Construct): ModelIntent[] {
  const intents = models.map((model) => model._intent());
  intents.forEach((model, index) => {
    const rival = intents.slice(0, index).find((other) => overlap(other.mountPath, model.mountPath));
    if (rival === undefined) return;
    throw new ServingError(
      'ModelPathClash',
      `models '${rival.name}' ('${rival.mountPath}') and '${model.name}' ('${model.mountPath}') have overlapping mount paths; set 'path' of one`,
      at,
    );
  });
  return intents;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
