import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { BackendBinding } from '../../constructs/bindings';
import type { BackendIntent, LivenessCheckIntent } from '../../plan/intents';
import { portsOf } from '../../plan/ports';
import { userVariables } from '../../plan/process';
import type { BackendPlan } from '../../plan/serving-plan';
import { replicaUse } from '../../plan/sidecars';
import { renderError, ServingError } from '../../private/errors';
import { INTERPRETER_SECONDS, pythonCheck } from '../../workload/private/python-check';
import { CpuArchitecture } from '../../workload/resources';
import { CONTAINER_CHECK, MAX_START_SECONDS } from '../container-limits';
import type { EcsPlatformProps } from '../ecs-platform-props';
import { FARGATE_MAX_DISK_GIB, type FargateSize, fargateDiskGib, fargateSize } from '../fargate-sizes';
import { QUOTAS } from '../quotas';
import type { TaskSettingsOptions } from '../task-settings-options';
import type { BoundBackend } from './bound-backend';
import { confine } from './confinement';
import { environmentFiles } from './environment-files';
import { containerImage } from './images';
import { late } from './late';
import { publishModels } from './model-assets';
import { addModelContainers, keepRegion } from './model-containers';
import { addCacheVolume, addModelVolumes } from './model-volumes';
import { patchProperties } from './overrides';
import { checkWritable, openVolumes, SCRATCH, type ScratchMounts, scratchMounts } from './scratch';
import { containerSecrets } from './secrets';
import { separateRights } from './separate-rights';
import { addSidecars, cpuUnits } from './sidecars';
import { addSmokeGate } from './smoke-gate';
import { startOf } from './start';
import { makeTaskLogs } from './task-logs';
import { trustOwnTasks } from './trust';

/** A task definition with its server container and log group. */
export interface Task {
  readonly definition: ecs.TaskDefinition;
  readonly server: ecs.ContainerDefinition;
  readonly logGroup: logs.ILogGroup;
}

/** The limit of ECS for a task definition as JSON. */
const MAX_DEFINITION_KIB = 64;

/** Creates the task definition of a backend: the server, and a container for each model that is fetched before it starts. */
export function makeTask(
  backend: BoundBackend,
  plan: () => BackendPlan,
  props: EcsPlatformProps,
  onFargate: boolean,
): Task {
  checkSize(backend);
  checkExecuteCommand(backend);
  checkWritable(backend);
  const { logGroup, driver: logging } = makeTaskLogs(backend);
  const { taskRole, executionRole, taskRoleStatements = [] }: TaskSettingsOptions = backend.settings;
  const roles = { taskRole, executionRole };
  const definition = onFargate
    ? makeFargateTask(backend, roles)
    : new ecs.Ec2TaskDefinition(backend.scope, 'TaskDefinition', { networkMode: ecs.NetworkMode.AWS_VPC, ...roles });
  if (taskRole === undefined) separateRights(definition.taskRole);
  if (executionRole === undefined) separateRights(definition.obtainExecutionRole());
  for (const statement of taskRoleStatements) definition.addToTaskRolePolicy(statement);
  const scratch = scratchMounts(backend.intent, onFargate);
  const image = containerImage(backend, backend.modelPlans, definition);
  const server = addServer(backend, plan, { definition, image, scratch, logging: logging('server') });
  addLiveness(backend, plan, definition);
  const shared = scratch.volumes.some(({ name }) => name === SCRATCH.name) || backend.fetches.length === 0;
  if (!shared) definition.addVolume({ name: SCRATCH.name });
  addModelVolumes(backend, { definition, server }, scratch.volumes.length + (shared ? 0 : 1));
  addModelContainers(backend, { definition, server }, logging, props);
  addSmokeGate(backend, plan, definition, logging('smoke-test'));
  addCacheVolume(backend, { definition, server });
  const opening = openVolumes(
    backend,
    { definition, server },
    { image, opened: scratch.opened, logging: logging('scratch') },
  );
  addSidecars(backend, { definition, server }, logging, opening);
  publishModels(backend);
  patchTask(backend, definition);
  definition.node.addValidation({ validate: () => checkContainers(backend, definition) });
  if (taskRole === undefined) trustOwnTasks(definition.taskRole);
  if (executionRole === undefined) trustOwnTasks(definition.obtainExecutionRole());
  return { definition, server, logGroup };
}

/** Refuses a command, an environment and texts that alone are larger than a task definition can be. */
function checkSize({ intent, scope }: BackendBinding): void {
  const { name, environment, server, sidecars, models } = intent;
  const texts = models.flatMap(({ text }) => text ?? []);
  const written = { command: server.command, environment, sidecars, texts };
  const kib = Math.ceil(Buffer.byteLength(JSON.stringify(written)) / 1024);
  if (kib <= MAX_DEFINITION_KIB) return;
  const [what, way] =
    texts.length === 0
      ? ['the command and the environment', "for a Ray Serve config with 'configPath'"]
      : ['the command, the environment and the texts', 'or texts to S3'];
  throw new ServingError(
    'Unsupported',
    `${what} of backend '${name}' (${kib} KiB) exceed the maximum size of an ECS task definition (${MAX_DEFINITION_KIB} KiB); move their data into the image, ${way}`,
    scope,
  );
}

/** Refuses more containers than a task can have, also those that are added to its definition later. */
function checkContainers({ intent }: BackendBinding, definition: ecs.TaskDefinition): string[] {
  const count = definition.node.children.filter((child) => child instanceof ecs.ContainerDefinition).length;
  const most = QUOTAS.containersPerTask.value;
  if (count <= most) return [];
  const message = `a task of backend '${intent.name}' needs ${count} containers, but ECS supports at most ${most}; fetch fewer models, for example several in one directory, or use fewer sidecars`;
  return [renderError('QuotaExceeded', message, definition.node.scope?.node.path)];
}

/** Applies the patches of the settings. The server is the first container. */
function patchTask({ settings }: BackendBinding, definition: ecs.TaskDefinition): void {
  const { taskDefinitionPatch, containerPatch }: TaskSettingsOptions = settings;
  const resource = definition.node.defaultChild as ecs.CfnTaskDefinition;
  patchProperties(resource, '', taskDefinitionPatch);
  patchProperties(resource, 'ContainerDefinitions.0.', containerPatch);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations */
function checkExecuteCommand({ intent, scope, settings }: BackendBinding): void {
  const { enableExecuteCommand }: TaskSettingsOptions = settings;
  if (enableExecuteCommand !== true || !intent.readOnlyRootFilesystem) return;
  throw new ServingError(
    'ConflictingProps',
    `'enableExecuteCommand' (true) of backend '${intent.name}' requires a writable root file system, because the agent that runs commands writes to it; set 'readOnlyRootFilesystem' to false, or remove 'enableExecuteCommand'`,
    scope,
  );
}

function makeFargateTask(
  backend: BackendBinding,
  roles: Pick<ecs.FargateTaskDefinitionProps, 'taskRole' | 'executionRole'>,
): ecs.FargateTaskDefinition {
  const { ephemeralStorageMib, sharedMemoryMib, name } = backend.intent;
  const { cpu, cpuLimit = cpu, memoryMib, memoryLimitMib } = replicaUse(backend.intent);
  const size = fargateSize(replicaUse(backend.intent));
  if (size === undefined) {
    const cpuWord = cpuLimit > cpu ? 'cpuLimit' : 'cpu';
    const memoryWord = memoryLimitMib > memoryMib ? 'memoryLimit' : 'memory';
    throw new ServingError(
      'ComputeTooLarge',
      `'${cpuWord}' (${cpuLimit}) and '${memoryWord}' (${memoryLimitMib} MiB) of backend '${name}'${backend.intent.sidecars === undefined ? '' : ', with its sidecars,'} exceed the limits of Fargate (16 vCPUs and 120 GiB); request less`,
      backend.scope,
    );
  }
  if (sharedMemoryMib !== undefined) {
    throw new ServingError(
      'Unsupported',
      `'sharedMemory' (${sharedMemoryMib} MiB) of backend '${name}' is not supported on Fargate; remove it, or use a GPU, which runs on instances`,
      backend.scope,
    );
  }
  const disk = fargateDiskGib(ephemeralStorageMib);
  if (disk !== undefined && disk > FARGATE_MAX_DISK_GIB) {
    throw new ServingError(
      'ComputeTooLarge',
      `'ephemeralStorage' (${ephemeralStorageMib} MiB) of backend '${name}' must be at most ${FARGATE_MAX_DISK_GIB} GiB on Fargate`,
      backend.scope,
    );
  }
  return new ecs.FargateTaskDefinition(backend.scope, 'TaskDefinition', {
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMib,
    ephemeralStorageGiB: disk,
    ...roles,
    runtimePlatform:
      backend.intent.architecture === CpuArchitecture.ARM64
        ? { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX }
        : undefined,
  });
}

/** Where a server is added. */
interface ServerPlace {
  readonly definition: ecs.TaskDefinition;
  readonly image: ecs.ContainerImage;
  readonly scratch: ScratchMounts;
  readonly logging: ecs.LogDriver;
}

function addServer(
  backend: BoundBackend,
  plan: () => BackendPlan,
  { definition, image, scratch, logging }: ServerPlace,
): ecs.ContainerDefinition {
  const { intent } = backend;
  const onFargate = definition.isFargateCompatible;
  const server = definition.addContainer('Server', {
    image,
    entryPoint: late.list(() => startOf(plan()).entryPoint ?? []),
    command: late.list(() => startOf(plan()).command ?? []),
    workingDirectory: intent.workingDirectory,
    environment: environmentOf(backend, plan),
    secrets: containerSecrets(backend),
    environmentFiles: environmentFiles(backend, definition),
    portMappings: [
      { containerPort: intent.port },
      ...(intent.additionalPorts ?? []).map(({ name, port }) => ({ name, containerPort: port })),
    ],
    readonlyRootFilesystem: intent.readOnlyRootFilesystem,
    user: intent.user?.toString(),
    stopTimeout: Duration.seconds(late.number(() => plan().times.stop)),
    ...confine(backend.scope, 'LinuxParameters', {
      initProcessEnabled: true,
      sharedMemorySize: onFargate ? undefined : intent.sharedMemoryMib,
      ports: portsOf(intent),
      tmpfs: scratch.tmpfs,
    }),
    logging,
    dockerLabels: modelLabels(backend),
    ...(onFargate
      ? shareOf(intent)
      : {
          cpu: Math.ceil(intent.cpu * 1024),
          ...memoryOf(intent),
          gpuCount: intent.gpu?.count,
        }),
  });
  keepRegion(server, intent.environment);
  for (const { name, mountPath } of scratch.volumes) {
    definition.addVolume({ name });
    server.addMountPoints({ sourceVolume: name, containerPath: mountPath, readOnly: false });
  }
  return server;
}

/**
 * Adds the liveness check to the server, which is the first container. The interpreter in the image sends it. The L2 compares
 * its times, so it does not accept those of the plan.
 */
function addLiveness({ intent }: BackendBinding, plan: () => BackendPlan, definition: ecs.TaskDefinition): void {
  const { interpreter } = intent.server.descriptor;
  if (intent.healthCheck.liveness === undefined || interpreter === undefined) return;
  const rendered = late.any(() => {
    const { health, times } = plan();
    const liveness = health.liveness as LivenessCheckIntent;
    return {
      Command: ['CMD', interpreter, ...pythonCheck(intent.port, { ...health, ...liveness })],
      Interval: liveness.intervalSeconds,
      // With the time of the interpreter it still ends before the next one.
      Timeout: Math.min(
        liveness.timeoutSeconds + INTERPRETER_SECONDS,
        liveness.intervalSeconds,
        CONTAINER_CHECK.maxTimeoutSeconds,
      ),
      Retries: liveness.unhealthyThreshold,
      // The grace period of the service covers longer starts.
      StartPeriod: Math.min(times.load, MAX_START_SECONDS),
    };
  });
  const resource = definition.node.defaultChild as ecs.CfnTaskDefinition;
  resource.addPropertyOverride('ContainerDefinitions.0.HealthCheck', rendered);
}

/**
 * The CPU of a Fargate task that its sidecars leave to the server. Without sidecars the server has all of it; with them a
 * server without a number would have the smallest share.
 */
function shareOf(intent: BackendIntent): Partial<ecs.ContainerDefinitionOptions> {
  const { sidecars } = intent;
  if (sidecars === undefined) return {};
  const { cpu } = fargateSize(replicaUse(intent)) as FargateSize;
  return { cpu: cpu - sidecars.reduce((total, sidecar) => total + cpuUnits(sidecar), 0) };
}

/** The memory that an instance reserves for the server and, if that is more, the memory that it may use. */
function memoryOf({ memoryMib, memoryLimitMib }: BackendIntent): Partial<ecs.ContainerDefinitionOptions> {
  const memoryLimitMiB = Math.ceil(memoryLimitMib);
  return memoryLimitMib > memoryMib
    ? { memoryReservationMiB: Math.ceil(memoryMib), memoryLimitMiB }
    : { memoryLimitMiB };
}

/** The environment, with what the user needs; variables with times are lazy. */
function environmentOf({ intent, secrets }: BackendBinding, plan: () => BackendPlan): { [name: string]: string } {
  const times = (intent.server.timeVariables ?? []).map(({ variable }) => [
    variable,
    late.string(() => plan().environment[variable] as string),
  ]);
  const added = userVariables(intent, intent.user, Object.keys(secrets));
  return { ...added, ...intent.environment, ...Object.fromEntries(times) };
}

/** Labels that describe the models for operators, including those in the image. */
function modelLabels(backend: BackendBinding): { [name: string]: string } | undefined {
  const { models } = backend.intent;
  if (models.length === 0) return undefined;
  return Object.fromEntries(
    models.map(({ name, description, mountPath }, index) => [
      `serving.model.${index}`,
      description === undefined ? `${name} at ${mountPath}` : `${name} at ${mountPath}: ${description}`,
    ]),
  );
}
