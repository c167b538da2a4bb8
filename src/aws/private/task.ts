import { Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Backend } from '../../backend';
import { planFetches } from '../../plan/fetches';
import type { BackendIntent } from '../../plan/intents';
import type { BackendPlan, FetchPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { IMAGES } from '../../private/images';
import type { EcsPlatformProps } from '../ecs-platform';
import { fargateSize } from '../fargate-sizes';
import { containerImage, pulledImage } from './images';
import { late } from './late';
import { containerSecrets } from './secrets';

/** A task definition and the container that serves. */
export interface Task {
  readonly definition: ecs.TaskDefinition;
  readonly server: ecs.ContainerDefinition;
  readonly logGroup: logs.LogGroup;
}

/** What a fetch is counted with on an instance. */
export const FETCH_MEMORY_MIB = 256;

const SCRATCH = { name: 'scratch', mountPath: '/tmp' };

/** Makes the task of a backend: the server, and before it one container for each model that is fetched. */
export function makeTask(backend: Backend, plan: () => BackendPlan, props: EcsPlatformProps, onFargate: boolean): Task {
  const logGroup = new logs.LogGroup(backend, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH });
  const logging = (streamPrefix: string): ecs.LogDriver => ecs.LogDrivers.awsLogs({ logGroup, streamPrefix });
  const definition = onFargate
    ? makeFargateTask(backend)
    : new ecs.Ec2TaskDefinition(backend, 'TaskDefinition', { networkMode: ecs.NetworkMode.AWS_VPC });
  const server = addServer(backend, plan, definition, logging('server'), onFargate);
  addFetches(backend, definition, server, logging, props.fetchImage ?? IMAGES.fetch);
  return { definition, server, logGroup };
}

function makeFargateTask(backend: Backend): ecs.FargateTaskDefinition {
  const { cpu, memoryMib, ephemeralStorageMib, sharedMemoryMib, name } = backend.intent;
  const size = fargateSize(cpu, memoryMib);
  if (size === undefined) {
    throw new ServingError(
      'ComputeTooLarge',
      `'cpu' (${cpu}) and 'memory' (${memoryMib} MiB) of backend '${name}' are more than Fargate has (16 virtual CPUs and 120 GiB); ask for less`,
      backend,
    );
  }
  if (sharedMemoryMib !== undefined) {
    throw new ServingError(
      'Unsupported',
      `'sharedMemory' (${sharedMemoryMib} MiB) of backend '${name}' cannot be set on Fargate; leave it out, or use a GPU, which runs on instances`,
      backend,
    );
  }
  const disk = ephemeralStorageMib === undefined ? undefined : Math.max(21, Math.ceil(ephemeralStorageMib / 1024));
  if (disk !== undefined && disk > 200) {
    throw new ServingError(
      'ComputeTooLarge',
      `'ephemeralStorage' (${ephemeralStorageMib} MiB) of backend '${name}' must be at most 200 GiB on Fargate`,
      backend,
    );
  }
  return new ecs.FargateTaskDefinition(backend, 'TaskDefinition', {
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMib,
    ephemeralStorageGiB: disk,
  });
}

function addServer(
  backend: Backend,
  plan: () => BackendPlan,
  definition: ecs.TaskDefinition,
  logging: ecs.LogDriver,
  onFargate: boolean,
): ecs.ContainerDefinition {
  const { intent } = backend;
  const linuxParameters = new ecs.LinuxParameters(backend, 'LinuxParameters', {
    initProcessEnabled: true,
    sharedMemorySize: onFargate ? undefined : intent.sharedMemoryMib,
  });
  const server = definition.addContainer('Server', {
    image: containerImage(backend, definition),
    // Both are set, so that nothing of the image's own command is left.
    entryPoint: late.list(() => plan().command.slice(0, 1)),
    command: late.list(() => plan().command.slice(1)),
    environment: environmentOf(intent, plan),
    secrets: containerSecrets(backend),
    portMappings: [{ containerPort: intent.port }],
    readonlyRootFilesystem: intent.readOnlyRoot,
    user: intent.user?.toString(),
    stopTimeout: Duration.seconds(late.number(() => plan().times.stop)),
    linuxParameters,
    logging,
    dockerLabels: modelLabels(backend),
    ...(onFargate
      ? {}
      : {
          cpu: Math.ceil(intent.cpu * 1024),
          memoryLimitMiB: Math.ceil(intent.memoryMib),
          gpuCount: intent.gpu?.count,
        }),
  });
  mount(definition, SCRATCH.name, [[server, SCRATCH.mountPath, false]]);
  return server;
}

/** The environment; variables with times are read late. */
function environmentOf(intent: BackendIntent, plan: () => BackendPlan): { [name: string]: string } {
  const times = (intent.server.timeVariables ?? []).map(({ variable }) => [
    variable,
    late.string(() => plan().environment[variable] as string),
  ]);
  return { ...intent.environment, ...Object.fromEntries(times) };
}

/** What people should know of the models, also of those that are in the image. */
function modelLabels(backend: Backend): { [name: string]: string } | undefined {
  const { models } = backend.intent;
  if (models.length === 0) return undefined;
  return Object.fromEntries(
    models.map(({ name, description, mountPath }, index) => [
      `serving.model.${index}`,
      description === undefined ? `${name} at ${mountPath}` : `${name} at ${mountPath}: ${description}`,
    ]),
  );
}

function mount(
  definition: ecs.TaskDefinition,
  volume: string,
  users: [ecs.ContainerDefinition, string, boolean][],
): void {
  definition.addVolume({ name: volume });
  for (const [container, containerPath, readOnly] of users)
    container.addMountPoints({ sourceVolume: volume, containerPath, readOnly });
}

/** The start timeout stands on the container that others wait for: that is the one the agent times. */
function addFetches(
  backend: Backend,
  definition: ecs.TaskDefinition,
  server: ecs.ContainerDefinition,
  logging: (prefix: string) => ecs.LogDriver,
  image: string,
): void {
  const { maxFetchSeconds = Number.POSITIVE_INFINITY } = backend.platform.limitsOf(backend.intent);
  const { fetches, volumes } = planFetches(backend.intent.models, maxFetchSeconds);
  const containers = fetches.map((fetch, index) => {
    const container = definition.addContainer(`Fetch${index}`, {
      image: pulledImage(image, definition),
      essential: false,
      command: fetchCommand(fetch),
      startTimeout: Duration.seconds(fetch.seconds),
      readonlyRootFilesystem: true,
      environment: { HOME: SCRATCH.mountPath },
      logging: logging('fetch'),
      ...(definition.isFargateCompatible ? {} : { memoryReservationMiB: FETCH_MEMORY_MIB }),
    });
    container.addMountPoints({ sourceVolume: SCRATCH.name, containerPath: SCRATCH.mountPath, readOnly: false });
    server.addContainerDependencies({ container, condition: ecs.ContainerDependencyCondition.SUCCESS });
    grantRead(backend, definition, fetch);
    return container;
  });
  for (const model of backend.models)
    (model._owner as s3.IBucket | undefined)?.encryptionKey?.grantDecrypt(definition.taskRole);
  for (const volume of volumes) {
    const users = containers.filter((_, index) => fetches[index]?.volume === volume.name);
    mount(definition, volume.name, [
      [server, volume.mountPath, true],
      ...users.map((user): [ecs.ContainerDefinition, string, boolean] => [user, volume.mountPath, false]),
    ]);
  }
}

function fetchCommand(fetch: FetchPlan): string[] {
  return ['s3', 'cp', '--no-progress', ...(fetch.singleObject ? [] : ['--recursive']), fetch.uri, fetch.destination];
}

/** Read access to what is fetched and to nothing else in the bucket. */
function grantRead(backend: Backend, definition: ecs.TaskDefinition, fetch: FetchPlan): void {
  const { partition } = Stack.of(backend);
  const path = fetch.uri.replace(/^s3:\/\//, '');
  const slash = path.indexOf('/');
  const [bucket, key] = [path.slice(0, slash), path.slice(slash + 1)];
  definition.addToTaskRolePolicy(
    new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [`arn:${partition}:s3:::${bucket}/${fetch.singleObject ? key : `${key}*`}`],
    }),
  );
  if (fetch.singleObject) return;
  definition.addToTaskRolePolicy(
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [`arn:${partition}:s3:::${bucket}`],
      // A request for the whole bucket has no prefix that a condition could compare.
      conditions: key === '' ? undefined : { StringLike: { 's3:prefix': `${key}*` } },
    }),
  );
}
