import type { Construct } from 'constructs';
import type { CacheVolume } from '../models/cache-volume';
import type { Model } from '../models/model';
import { requireContainerDirectory, type WorkingDirectory } from '../models/private/model-path';
import type { OwnAddress } from '../plan/choices';
import { LoadBalancing, ServerProtocol } from '../plan/choices';
import type { BackendIntent, BatchingIntent, ModelIntent, ServerIntent } from '../plan/intents';
import type { ServerDescriptor } from '../plan/server/descriptor';
import type { TargetProfile } from '../plan/target-profile';
import { type NumberRule, requireName, requireNumber, requireUser } from '../private/checks';
import { ServingError } from '../private/errors';
import { joinSlugs, slug } from '../private/names';
import type { StartContext } from '../servers/define-server';
import type { ModelServer } from '../servers/model-server';
import { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import type { AdditionalPort } from '../workload/additional-port';
import type { EnvironmentSource } from '../workload/environment-source';
import type { Gpu } from '../workload/gpu';
import { HealthCheck } from '../workload/health-check';
import { factsOf } from '../workload/private/image-facts';
import type { Resources } from '../workload/resources';
import { Rollout } from '../workload/rollout';
import type { ScratchVolume } from '../workload/scratch-volume';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';
import type { Sidecar } from '../workload/sidecar';
import type { SmokeTest } from '../workload/smoke-test';
import type { TargetSettings } from '../workload/target-settings';
import type { BackendTimeouts } from './backend-timeouts';
import type { BatchingOptions } from './batching-options';
import { refuseSamePorts, requirePorts } from './private/additional-ports';
import { computeOf, withSharedMemory } from './private/compute';
import { containerEnvironment } from './private/container-environment';
import { listedSecrets, sourceNames } from './private/environment-sources';
import { checkFramework } from './private/framework';
import { checkDeviceVariables } from './private/gpu-environment';
import { modelIntentsOf } from './private/model-intents';
import { overridesOf } from './private/overrides';
import { queueOf } from './private/queue';
import { cachedEnvironment, scratchIntentsOf } from './private/scratch';
import { type OtherMount, sidecarsOf } from './private/sidecars';
import { smokeTestOf } from './private/smoke-test';
import { stickySecondsOf } from './private/sticky-session';
import type { QueueOptions } from './queue-options';
import type { ServingPlatform } from './serving-platform';
import type { StickySession } from './sticky-session';

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
   * AWS: also the tag `serving:backend` of the service. A name with characters that tags cannot have, such as `SVM (v1)`, has
   * dashes in their place there, and ends with a fingerprint. Kubernetes: also the annotation `serving-constructs/name`.
   *
   * @default - the construct id
   */
  readonly backendName?: string;

  /**
   * A description of the backend.
   *
   * AWS: the tag `serving:description` of the service, with dashes in place of characters that tags cannot have, and at most
   * 256 characters. Kubernetes: the annotation `serving-constructs/description`.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The working directory of the server: an absolute path in the container. Relative paths in its command and options, and
   * paths of models that start with `./`, are relative to it.
   *
   * AWS: `workingDirectory` of the container. Kubernetes: `workingDir` of the container. A change replaces the replicas.
   *
   * @default - that of the image; `/app` for `ServerImage.fromDirectory`
   */
  readonly workingDirectory?: string;

  /**
   * The port that the server listens on.
   *
   * A change replaces the replicas; those of both versions receive requests at their own port meanwhile. AWS: both are in the
   * same target group. Kubernetes: the Services refer to the port by name.
   *
   * @default - the default port of the server for `protocol`; 8000 for applications and commands
   */
  readonly port?: number;

  /**
   * The protocol of requests to the server. All backends of an endpoint have the same.
   *
   * With gRPC, `port` is that of gRPC. The `path` of an endpoint is `/` or the name of a service, such as
   * `/inference.GRPCInferenceService`, and its clients use HTTP/2.
   *
   * AWS: the protocol version of the target group. HTTP/2 and gRPC require a certificate, and requests of clients that use
   * HTTP/1.1 fail with 464. A change creates a new service with its own target group. Kubernetes: the `appProtocol` of the
   * Services; the router connects with HTTP/2 without TLS, and a gateway gets a GRPCRoute for gRPC. A change applies to the
   * running Pods at once.
   *
   * Clients must change at the same moment. Add a second endpoint with another path, host or header instead, move the
   * clients, and remove the first one.
   *
   * @default ServerProtocol.HTTP1
   */
  readonly protocol?: ServerProtocol;

  /**
   * Other ports that the container listens on, for example for metrics. The endpoint sends no requests to them.
   *
   * AWS: named port mappings of the container. Nothing may connect to them until `aws.EcsBackend.of(backend).connections`
   * allows it. Kubernetes: ports of the container and of both Services, which the whole cluster can reach. A change of the
   * ports replaces the replicas, but neither the target group nor the Services.
   *
   * @default - none
   */
  readonly additionalPorts?: AdditionalPort[];

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
   * The GPUs of each replica, or other accelerators.
   *
   * AWS: a change of the product, the number or the memory can change the instance type. The service is then created on
   * instances of the new type before the old one is deleted, which requires a quota for both; in an existing cluster it moves
   * between capacity providers. Kubernetes: a change replaces the Pods.
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
   * The requests that wait until a replica is below `maxConcurrency`, which it requires.
   *
   * AWS: left to the application, because the load balancer has no queue. Kubernetes: the queue of the router; gateways have
   * none.
   *
   * @default - any number of requests wait, each for up to `requestTimeout` of the endpoint
   */
  readonly queue?: QueueOptions;

  /**
   * Whether a request ends when its client closes the connection: it leaves the queue, or the connection to the server is
   * closed. The server must then stop working on it, otherwise a replica processes more requests than `maxConcurrency`.
   * If it does not, a request runs to its end without a client.
   *
   * AWS: no effect, because the load balancer cannot be configured. Kubernetes: the router applies it; a client that closes
   * only its sending side, as few do, then gets 400. Envoy Gateway always ends such requests, and other gateways decide
   * themselves.
   *
   * @default - true for servers that stop such requests themselves, such as vLLM; also for servers that notify the
   * application, such as uvicorn, unless `maxConcurrency` is set; false for others
   */
  readonly cancelOnDisconnect?: boolean;

  /**
   * How the server combines concurrent requests into batches.
   *
   * AWS and Kubernetes: the server's own flags, environment variables or file. The wait for a batch is part of
   * `requestTimeout`.
   *
   * @default - left to the server and its application
   */
  readonly batching?: BatchingOptions;

  /**
   * Environment variables. Those that select devices of the node, such as `NVIDIA_VISIBLE_DEVICES`, are an error; request
   * devices with `gpu`.
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
   * Sources of further environment variables. Those in `environment` and `secrets`, of the server, and that a target sets by
   * default, such as `HOME`, take precedence over them. If several sources have a variable, listed keys take precedence over
   * whole objects, and later sources over earlier ones. Containers that fetch models get only the listed keys that start
   * with `AWS_`.
   *
   * AWS: listed keys are secrets of the container, files are its environment files. Kubernetes: listed keys are references
   * to a key, whole ConfigMaps and Secrets are `envFrom`.
   *
   * @default - none
   */
  readonly environmentFrom?: EnvironmentSource[];

  /**
   * Other containers in each replica. They start before the server, in the order of the list, and stop after it.
   *
   * Their resources are added to those of the server, and utilization, by which autoscaling adds replicas, is that of all
   * containers together. A change of the sidecars replaces the replicas.
   *
   * AWS: containers of the task. Kubernetes: native sidecars.
   *
   * @default - none
   */
  readonly sidecars?: Sidecar[];

  /**
   * How the target determines that a replica is ready to serve requests.
   *
   * @default - the readiness path of the server if it has one, otherwise any status below 500 for GET `/`, and with gRPC any
   * answer; required for servers started by `command` or `shell`
   */
  readonly healthCheck?: HealthCheck;

  /**
   * A sample request that each replica must answer as declared once, before it gets requests.
   *
   * @default - none
   */
  readonly smokeTest?: SmokeTest;

  /**
   * The maximum time between the start of the server and its readiness, most of which is spent loading the model.
   *
   * A model that the server itself downloads from the Hugging Face Hub is downloaded within this time, which causes a
   * warning if it is the default.
   *
   * AWS: part of the service's grace period. Kubernetes: the budget of the start-up probe.
   *
   * @default Duration.minutes(5)
   */
  readonly loadTimeout?: Duration;

  /**
   * How new replicas replace old ones.
   *
   * A backend with GPUs needs further GPUs during a rollout by default. If nothing in the definition provides them, that
   * causes a warning, unless a rollout is set.
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
   * Whether a client comes back to the replica that answered it first, for servers that keep state in memory. `loadBalancing`
   * then applies to new clients only, also after replicas were added. Clients of a replica that stops get another one, and
   * lose its state.
   *
   * An endpoint with several backends also chooses the backend of each request; `stickySession` of its split keeps that.
   * Clients of gRPC keep no cookies, so it is an error with that protocol.
   *
   * AWS: stickiness of the target group with the cookie `AWSALB`. If the backend shares an endpoint with others, the split
   * must have a `stickySession`, which must be deployed before this one is added. Kubernetes: a cookie
   * `serving-replica-<resource name>` of the router; Envoy Gateway hashes such a cookie, instead of `loadBalancing`, and only
   * for an endpoint with one backend; other gateways do not support it. A change replaces no replica.
   *
   * @default - any replica
   */
  readonly stickySession?: StickySession;

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
   * The numeric user ID that the container runs as. It needs no entry in `/etc/passwd` of the image: `HOME`, `USER` and
   * `LOGNAME` are set unless `environment` or `secrets` set them. 0 is root, which has no capabilities: it can read and write
   * only files that belong to it or that every user can access.
   *
   * Kubernetes: namespaces that enforce the restricted Pod Security Standard refuse Pods with 0, and synthesis warns about it.
   *
   * @default - AWS: the image's user; Kubernetes: that of a known image if it is not root, otherwise 10001, because the
   * restricted Pod Security Standard requires a number
   */
  readonly user?: number;

  /**
   * Whether the root file system of the container is read-only. An empty volume is mounted at `/tmp`, `HOME` is `/tmp`, and
   * variables of known images that place caches elsewhere are set to directories below it, unless `environment` or `secrets`
   * set them.
   *
   * AWS: on Fargate an empty volume belongs to root. With `user`, or a known image that does not run as root, `/tmp` is in
   * memory instead, at most half of the memory of the task, unless `scratch` has `/tmp`; any other image that does not run as root must declare `VOLUME
   * /tmp`. Kubernetes: the user of the container can write to the volume. A change replaces the replicas.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;

  /**
   * Directories that the server can write to, each empty when a replica starts. With a read-only root file system `/tmp` is
   * one of them, also if it is not listed.
   *
   * AWS: volumes of the task, or a tmpfs in memory. Kubernetes: volumes of the kind `emptyDir`. A change replaces the
   * replicas.
   *
   * @default - none
   */
  readonly scratch?: ScratchVolume[];

  /**
   * A volume that outlives the replicas, which all of them can write to. Variables of libraries, such as `HF_HOME`, place their
   * caches in it.
   *
   * AWS: an EFS volume with an access point. Kubernetes: a PersistentVolumeClaim, mounted read-write.
   *
   * @default - none; caches are removed with the replica
   */
  readonly cache?: CacheVolume;

  /**
   * Settings that only one target has, at most one for each target: `aws.TaskSettings` and `kubernetes.PodSettings`. The
   * same definition can have the settings of all its targets. Those of other targets do not apply; `serving explain
   * capabilities` lists them.
   *
   * They are merged over `backendDefaults` of the platform.
   *
   * @default - those of `backendDefaults` of the platform
   */
  readonly targetSettings?: TargetSettings[];
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

/** The models of a backend, in the order of the props, each at its absolute path. */
export function modelsOf(options: BackendOptions, at?: Construct): Model[] {
  const { model, models = [], image, workingDirectory } = options;
  const place: WorkingDirectory = {
    path: workingDirectory ?? image._workingDirectory,
    isSet: workingDirectory !== undefined,
    at,
  };
  return (model === undefined ? [...models] : [model, ...models]).map((one) => one._in(place));
}

/** Validates the options of a backend and applies the defaults. */
export function resolveBackend(
  scope: Construct,
  backendName: string,
  options: BackendOptions,
  target: TargetProfile,
): BackendIntent {
  const { image } = options;
  const name = requireName('backendName', backendName, scope);
  const workingDirectory = workingDirectoryOf(options, scope);
  const models = modelsOf(options, scope);
  const protocol = options.protocol ?? ServerProtocol.HTTP1;
  const port = countOf('port', options.port ?? options.server._port(protocol) ?? 8000, { max: 65_535, at: scope });
  const additionalPorts = optionalList(requirePorts(options.additionalPorts ?? [], 'additionalPorts', scope));
  const modelIntents = modelIntentsOf(models, scope);
  const sidecars = sidecarsOf(options.sidecars, otherMounts(options, modelIntents), scope);
  const maxConcurrency = optionalCountOf('maxConcurrency', options.maxConcurrency, { max: 100_000, at: scope });
  const batching = batchesOf(options, scope);
  const reserved = computeOf(options, scope);
  const server = startedServer(options, models, {
    port,
    protocol,
    additionalPorts: additionalPorts?.map((one) => one.port),
    maxConcurrency,
    batching,
    cpu: reserved.cpu,
    at: scope.node.path,
  });
  const compute = withSharedMemory(reserved, server.descriptor, options);
  refuseSamePorts({ port, additionalPorts, sidecars, server: server.descriptor }, scope);
  const variables = {
    environment: { ...options.environment },
    secrets: { ...options.secrets },
    environmentFrom: listedSecrets(options.environmentFrom),
  };
  checkDeviceVariables(variables, compute.gpu, scope);
  checkFramework(image.reference, compute.gpu, scope);
  return {
    path: scope.node.path,
    name,
    slug: slugOf(scope, name),
    description: options.description,
    port,
    protocol,
    additionalPorts,
    image: image.reference,
    imagePlatforms: image._platforms,
    imageFacts: factsOf(image._base ?? image.reference, server.descriptor.name),
    architecture: options.resources?.architecture,
    server,
    environment: cachedEnvironment(containerEnvironment(variables, server, port, scope), variables, {
      cache: options.cache,
      server,
    }),
    environmentSources: sourceNames(options.environmentFrom),
    sidecars,
    models: modelIntents,
    workingDirectory,
    ...compute,
    ...replicasOf(options, target, scope),
    maxConcurrency,
    cancelOnDisconnect: options.cancelOnDisconnect,
    queue: queueOf(options.queue, maxConcurrency, scope),
    ...healthOf(options, server, { name, protocol, at: scope }),
    timeouts: overridesOf(options.timeouts, scope),
    directCallers: options.directCallers,
    rollout: options.rollout?._intent() ?? { ...Rollout.surge()._intent(), isDefault: true },
    loadBalancing: options.loadBalancing ?? LoadBalancing.ROUND_ROBIN,
    stickySeconds: stickySecondsOf(options.stickySession, target, scope),
    user: requireUser('user', options.user, scope),
    readOnlyRootFilesystem: options.readOnlyRootFilesystem ?? true,
    scratch: scratchIntentsOf(
      options.scratch,
      { models: modelIntents, ...compute, cache: options.cache?._intent() },
      scope,
    ),
    cache: options.cache?._intent(),
  };
}

/** The working directory of the server, if the definition sets it. */
function workingDirectoryOf({ workingDirectory }: BackendOptions, at: Construct): string | undefined {
  return workingDirectory === undefined
    ? undefined
    : requireContainerDirectory('workingDirectory', workingDirectory, at);
}

/** The server of a backend, started with its models. */
function startedServer(
  options: BackendOptions,
  models: Model[],
  place: Pick<StartContext, 'port' | 'protocol' | 'additionalPorts' | 'maxConcurrency' | 'batching' | 'cpu' | 'at'>,
): ServerIntent {
  return options.server._intent({
    ...place,
    gpus: options.gpu?.count ?? 0,
    mostCoresPerGpu: options.gpu?._mostCores,
    models: models.flatMap((model) => {
      const { mountPath, singleObject, text } = model._intent();
      return text === undefined ? [{ path: mountPath, isFile: singleObject, files: model._resources.files }] : [];
    }),
    image: options.image.reference,
  });
}

/** The batches that a backend requests. Its server decides whether they wait. */
function batchesOf({ batching }: BackendOptions, at: Construct): BatchingIntent | undefined {
  if (batching === undefined) return undefined;
  const { maxBatchSize, maxDelay } = batching;
  return {
    maxBatchSize: countOf('batching.maxBatchSize', maxBatchSize, { max: 100_000, at }),
    ...(maxDelay !== undefined && {
      delaySeconds: requireSeconds('batching.maxDelay', maxDelay, { min: 0.001, max: 3600, whole: false, at }),
    }),
  };
}

/** The health check of a backend, the time until a replica must pass it, and its smoke test. */
function healthOf(
  options: BackendOptions,
  server: ServerIntent,
  place: { readonly name: string; readonly protocol: ServerProtocol; readonly at: Construct },
): Pick<BackendIntent, 'healthCheck' | 'loadSeconds' | 'isLoadTimeoutDefault' | 'smokeTest'> {
  const { at } = place;
  const healthCheck = healthCheckOf(options, server, place)._intent();
  const loadTimeout = options.loadTimeout ?? Duration.minutes(5);
  const loadSeconds = requireSeconds('loadTimeout', loadTimeout, { max: 86_400, whole: false, at });
  const { initialDelaySeconds = 0 } = healthCheck;
  const smokeTest = smokeTestOf(options.smokeTest, { ...place, server, loadSeconds });
  const isLoadTimeoutDefault = options.loadTimeout === undefined ? true : undefined;
  if (initialDelaySeconds < loadSeconds) return { healthCheck, loadSeconds, isLoadTimeoutDefault, smokeTest };
  throw new ServingError(
    'ConflictingProps',
    `'initialDelay' (${initialDelaySeconds} s) of the health check must be less than 'loadTimeout' (${loadSeconds} s), which includes it; increase 'loadTimeout'`,
    at,
  );
}

/** The health check of a backend. Only an unknown server has no default one. */
function healthCheckOf(
  { healthCheck }: BackendOptions,
  { descriptor, healthPath }: ServerIntent,
  { name, protocol, at }: { readonly name: string; readonly protocol: ServerProtocol; readonly at: Construct },
): HealthCheck {
  const isGrpc = protocol === ServerProtocol.GRPC;
  if (healthCheck !== undefined) {
    if (healthCheck._isGrpc === isGrpc) {
      if (isGrpc) requireGrpcHealth(descriptor, name, at);
      return healthCheck;
    }
    const [typed, fitting] = isGrpc ? ['HTTP', 'HealthCheck.grpc()'] : ['gRPC', "HealthCheck.http('/healthz')"];
    throw new ServingError(
      'ConflictingProps',
      `'healthCheck' of backend '${name}' uses ${typed}, but its 'protocol' is ${protocol}; use ${fitting}, or change 'protocol'`,
      at,
    );
  }
  if (descriptor.declared === false) {
    throw new ServingError(
      'HealthCheckRequired',
      `backend '${name}' runs an unknown server and requires a 'healthCheck', such as ${isGrpc ? 'HealthCheck.grpc()' : "HealthCheck.http('/healthz')"}, or a declared 'behavior'`,
      at,
    );
  }
  return healthPath === undefined ? HealthCheck._standard(protocol) : HealthCheck.http(healthPath);
}

/** An intent without a list of which it has no element is the same as before there was that list. */
function optionalList<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** The models and volumes of a server, which shared directories of sidecars must not overlap. */
function otherMounts({ scratch = [], cache }: BackendOptions, models: ModelIntent[]): OtherMount[] {
  const cached = cache?._intent().path;
  return [
    ...models.map(({ name, mountPath }) => ({ what: `model '${name}'`, path: mountPath })),
    ...scratch.map((volume) => ({ what: "a directory of 'scratch'", path: volume._intent().path })),
    ...(cached === undefined ? [] : [{ what: "the volume of 'cache'", path: cached }]),
  ];
}

/** A server without the health checking protocol would never be ready. */
function requireGrpcHealth({ name: program, grpcHealth }: ServerDescriptor, name: string, at: Construct): void {
  if (grpcHealth !== false) return;
  throw new ServingError(
    'Unsupported',
    `'healthCheck' of backend '${name}' calls grpc.health.v1.Health, which ${program} does not implement; omit it to check that the port answers`,
    at,
  );
}

/** The number of replicas, and whether the definition sets it. */
function replicasOf(
  { replicas }: BackendOptions,
  { maxReplicas: max }: TargetProfile,
  at: Construct,
): Pick<BackendIntent, 'replicas' | 'hasFixedReplicas'> {
  return {
    replicas: countOf('replicas', replicas ?? 1, { max, code: 'ReplicasOutOfRange', at }),
    hasFixedReplicas: replicas !== undefined,
  };
}

/** The bounds of a number of things, of which there is at least one. */
type CountRule = Pick<NumberRule, 'max' | 'code' | 'at'>;

function countOf(prop: string, value: number, rule: CountRule): number {
  return requireNumber(prop, value, { min: 1, integer: true, ...rule });
}

function optionalCountOf(prop: string, value: number | undefined, rule: CountRule): number | undefined {
  return value === undefined ? undefined : countOf(prop, value, rule);
}

/** The name of a backend below an endpoint is prefixed with the name of the endpoint. */
function slugOf(scope: Construct, name: string): string {
  const { _slug: parent } = scope.node.scope as Construct & { readonly _slug?: string };
  return parent === undefined ? slug(name) : joinSlugs(parent, slug(name));
}
