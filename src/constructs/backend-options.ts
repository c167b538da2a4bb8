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

/** Options of a backend, which is one version of an implementation. */
export interface BackendOptions {
  /** The container image. */
  readonly image: ServerImage;

  /** How the server in the image is started. */
  readonly server: ModelServer;

  /**
   * The name of the backend, from which resource names derive: a change of it creates new resources, like a change of the
   * construct id. It is also the value of the header `x-serving-backend` that selects this backend, provided that it
   * consists of letters, digits and `._:-`; otherwise the value is the resource name, which `ServingEndpoint.addressOf`
   * returns.
   *
   * @default - the construct id
   */
  readonly backendName?: string;

  /**
   * A description of the backend.
   *
   * AWS: a tag of the service. Kubernetes: an annotation.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The port that the server listens on.
   *
   * AWS: a changed port replaces the target group, which fails while listener rules forward to it. Add a second backend
   * with the new port, move the requests to it with `splitTraffic`, and remove the first.
   *
   * @default - the default port of the server; 8000 for applications and commands
   */
  readonly port?: number;

  /**
   * The model that the server reads.
   *
   * @default - none
   */
  readonly model?: Model;

  /**
   * Models that the server reads, each mounted at its own path.
   *
   * @default - none
   */
  readonly models?: Model[];

  /**
   * The GPUs of each replica.
   *
   * @default - none
   */
  readonly gpu?: Gpu;

  /**
   * CPU, memory and disk of each replica.
   *
   * @default - 1 vCPU and 2 GiB of memory; with GPUs, 2 vCPUs and 8 GiB for each
   */
  readonly resources?: Resources;

  /**
   * The number of replicas. It cannot be combined with autoscaling.
   *
   * AWS: the desired count. Kubernetes: the replicas of the Deployment.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * The maximum number of requests that a replica processes concurrently.
   *
   * AWS: left to the application, because the load balancer has no such limit. Kubernetes: the router queues further
   * requests.
   *
   * @default - no limit
   */
  readonly maxConcurrency?: number;

  /**
   * Environment variables.
   *
   * @default - only those that the server needs
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables whose values are secrets.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretValue };

  /**
   * How the target determines that a replica is ready to serve requests.
   *
   * @default - the readiness path of the server if it has one, otherwise any status below 500 for GET `/`; required for
   * servers started by `command` or `shell`
   */
  readonly healthCheck?: HealthCheck;

  /**
   * The maximum time between the start of the server and its readiness, most of which is spent loading the model.
   *
   * AWS: part of the service's grace period. Kubernetes: the budget of the start-up probe.
   *
   * @default Duration.minutes(5)
   */
  readonly loadTimeout?: Duration;

  /**
   * How new replicas replace old ones.
   *
   * @default Rollout.surge()
   */
  readonly rollout?: Rollout;

  /**
   * Timeouts that override the values computed from `requestTimeout`.
   *
   * @default - all timeouts are computed
   */
  readonly timeouts?: BackendTimeouts;

  /**
   * Whether clients call the replicas directly, bypassing the balancer, for example with Service Connect or Cloud Map. The
   * server must then be able to finish the longest request after the stop signal.
   *
   * AWS: an error if the compute does not allow such a drain. Kubernetes: preStop and drain are long enough for every
   * caller.
   *
   * @default false
   */
  readonly directCallers?: boolean;

  /**
   * How the replica of each request is selected.
   *
   * @default LoadBalancing.ROUND_ROBIN
   */
  readonly loadBalancing?: LoadBalancing;

  /**
   * How clients can address this backend directly, regardless of its share. Every client that can reach the balancer can
   * use this address.
   *
   * AWS: with `publicAccess`, these are clients on the internet. Kubernetes: with a `gateway`, these are the clients of that
   * gateway; set `OwnAddress.NONE` if it is public.
   *
   * @default - OwnAddress.HEADER; OwnAddress.NONE if the platform is public
   */
  readonly ownAddress?: OwnAddress;

  /**
   * The numeric user ID that the container runs as.
   *
   * @default - AWS: the image's user; Kubernetes: 10001, because the restricted Pod Security Standard requires a number
   */
  readonly user?: number;

  /**
   * Whether the root file system of the container is read-only. An empty volume is mounted at `/tmp`, and `HOME` is `/tmp`
   * unless `user` or `environment` specify another.
   *
   * AWS: on Fargate the volume belongs to root, so an image with another user must declare `VOLUME /tmp`. The volume is
   * also mounted when the root file system is writable. Kubernetes: the user of the container can write to the volume.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;
}

/** Properties of a backend. */
export interface BackendProps extends BackendOptions {
  /**
   * The platform that runs the backend.
   *
   * @default - the nearest platform in the enclosing scopes, otherwise the built-in platform of the Stack or Chart
   */
  readonly platform?: ServingPlatform;
}

/** The models of a backend, in the order of the props. */
export function modelsOf({ model, models = [] }: BackendOptions): Model[] {
  return model === undefined ? [...models] : [model, ...models];
}

/** Validates the options of a backend and applies the defaults. */
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
      `backend '${name}' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior'`,
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
    cpu: requireNumber('cpu', resources.cpu ?? (gpus > 0 ? 2 * gpus : 1), {
      min: 0.05,
      max: 192,
      at: scope,
      unit: 'vCPUs, of 1024 CPU units each',
    }),
    memoryMib: requireNumber('memory', (resources.memory?.toGibibytes() ?? (gpus > 0 ? 8 * gpus : 2)) * 1024, {
      min: 16,
      at: scope,
      unit: 'MiB',
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
  return size === undefined ? undefined : requireNumber(prop, size.toMebibytes(), { min: 1, unit: 'MiB', at });
}

/** The name of a backend below an endpoint is prefixed with the name of the endpoint. */
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
