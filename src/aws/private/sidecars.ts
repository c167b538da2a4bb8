import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { SidecarBinding } from '../../constructs/bindings';
import type { SidecarCheckIntent, SidecarIntent } from '../../plan/intents';
import { userVariables } from '../../plan/process';
import { type ErrorCode, ServingError } from '../../private/errors';
import { CONTAINER_CHECK, FARGATE_MAX_SECONDS, MAX_START_SECONDS } from '../container-limits';
import type { BoundBackend, ServedTask } from './bound-backend';
import { confine } from './confinement';
import { imageOf, registryCredentials } from './images';
import { keepRegion } from './model-containers';
import { scratchMounts, sharedVolumes } from './scratch';
import { secretOf } from './secrets';
import { startOf } from './start';

const { SUCCESS } = ecs.ContainerDependencyCondition;

/** A container that runs for a shorter time than this is not started again. It is the shortest period that ECS supports. */
const RESTART_ATTEMPT_SECONDS = 60;

const { minIntervalSeconds, maxIntervalSeconds, minTimeoutSeconds, maxTimeoutSeconds, minThreshold, maxThreshold } =
  CONTAINER_CHECK;

const CHECK_LIMITS = {
  intervalSeconds: { prop: 'interval', min: minIntervalSeconds, max: maxIntervalSeconds, unit: ' s' },
  timeoutSeconds: { prop: 'timeout', min: minTimeoutSeconds, max: maxTimeoutSeconds, unit: ' s' },
  unhealthyThreshold: { prop: 'unhealthyThreshold', min: minThreshold, max: maxThreshold, unit: '' },
} as const;

/**
 * Adds the sidecars of a backend. Each depends on the one before it, and the server and the containers that fetch models on
 * all of them. ECS stops containers in the reverse order of these dependencies.
 *
 * @param opening the container that makes the shared directories writable, if there is one
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 */
export function addSidecars(
  backend: BoundBackend,
  { definition, server }: ServedTask,
  logging: (prefix: string) => ecs.LogDriver,
  opening?: ecs.ContainerDefinition,
): void {
  const dependents = [server, ...backend.fetches.map((_, index) => definition.findContainer(`Fetch${index}`))];
  const shared = sharedVolumes(backend.intent);
  for (const { mountPath, name } of shared) {
    definition.addVolume({ name });
    share(server, mountPath, name);
  }
  const dependencies: ecs.ContainerDependency[] = [];
  for (const sidecar of backend.sidecars ?? []) {
    checkLimits(backend, sidecar.intent, definition.isFargateCompatible);
    const container = addSidecar(backend, sidecar, definition, logging(sidecar.intent.name));
    const own = shared.filter(({ mountPath }) => sidecar.intent.sharedDirectories?.includes(mountPath));
    for (const { mountPath, name } of own) share(container, mountPath, name);
    if (opening !== undefined && own.length > 0)
      container.addContainerDependencies({ container: opening, condition: SUCCESS });
    const [previous] = dependencies.slice(-1);
    if (previous !== undefined) container.addContainerDependencies(previous);
    const { healthCheck } = sidecar.intent;
    const condition = ecs.ContainerDependencyCondition[healthCheck === undefined ? 'START' : 'HEALTHY'];
    dependencies.push({ container, condition });
  }
  if (dependencies.length === 0) return;
  for (const dependent of dependents) dependent?.addContainerDependencies(...dependencies);
}

function addSidecar(
  backend: BoundBackend,
  { intent, image, secrets }: SidecarBinding,
  definition: ecs.TaskDefinition,
  logging: ecs.LogDriver,
): ecs.ContainerDefinition {
  const { name, environment, healthCheck, ports, user } = intent;
  const scratch = scratchMounts({ ...intent, memoryLimitMib: intent.memoryMib }, definition.isFargateCompatible);
  const container = definition.addContainer(`Sidecar-${name}`, {
    containerName: name,
    image: imageOf(
      image,
      { owner: `sidecar '${name}' of backend '${backend.intent.name}'`, credentials: registryCredentials(backend) },
      definition,
    ),
    ...startOf(intent),
    environment: { ...userVariables(intent, user, Object.keys(secrets)), ...environment },
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([variable, secret]) => [
        variable,
        secretOf(backend, `Secret-${name}-${variable}`, secret),
      ]),
    ),
    portMappings: ports.map(({ name: portName, port }) => ({ name: portName, containerPort: port })),
    essential: intent.essential,
    enableRestartPolicy: true,
    restartAttemptPeriod: Duration.seconds(RESTART_ATTEMPT_SECONDS),
    ...(healthCheck !== undefined && {
      healthCheck: containerCheck(healthCheck),
      startTimeout: Duration.seconds(healthCheck.startSeconds),
    }),
    stopTimeout: Duration.seconds(intent.stopSeconds),
    readonlyRootFilesystem: intent.readOnlyRootFilesystem,
    user: user?.toString(),
    ...confine(backend.scope, `Sidecar-${name}LinuxParameters`, {
      initProcessEnabled: true,
      ports: ports.map(({ port }) => port),
      tmpfs: scratch.tmpfs,
    }),
    logging,
    cpu: cpuUnits(intent),
    memoryLimitMiB: Math.ceil(intent.memoryMib),
  });
  keepRegion(container, environment);
  for (const { name: directory, mountPath } of scratch.volumes) {
    const volume = `${directory}-${name}`;
    definition.addVolume({ name: volume });
    share(container, mountPath, volume);
  }
  return container;
}

function share(container: ecs.ContainerDefinition, containerPath: string, sourceVolume: string): void {
  container.addMountPoints({ sourceVolume, containerPath, readOnly: false });
}

/** The CPU units of a sidecar. */
export function cpuUnits({ cpu }: SidecarIntent): number {
  return Math.ceil(cpu * 1024);
}

function containerCheck(check: SidecarCheckIntent): ecs.HealthCheck {
  return {
    command: ['CMD', ...check.command],
    interval: Duration.seconds(check.intervalSeconds),
    timeout: Duration.seconds(check.timeoutSeconds),
    retries: check.unhealthyThreshold,
    startPeriod: Duration.seconds(check.startSeconds),
  };
}

function checkLimits(
  { scope }: BoundBackend,
  { name, healthCheck, stopSeconds }: SidecarIntent,
  onFargate: boolean,
): void {
  const fail = (code: ErrorCode, message: string): never => {
    throw new ServingError(code, message, scope);
  };
  const host = onFargate ? 'Fargate' : 'ECS';
  if (onFargate && stopSeconds > FARGATE_MAX_SECONDS) {
    const message = `'stopTimeout' (${stopSeconds} s) of sidecar '${name}' must be at most ${FARGATE_MAX_SECONDS} s on Fargate`;
    fail('InvalidNumber', message);
  }
  if (healthCheck === undefined) return;
  const longest = onFargate ? FARGATE_MAX_SECONDS : MAX_START_SECONDS;
  const limits = [
    ...Object.entries(CHECK_LIMITS).map(([member, limit]) => ({
      ...limit,
      value: healthCheck[member as keyof typeof CHECK_LIMITS],
    })),
    { prop: 'startTimeout', min: 2, max: longest, unit: ' s', value: healthCheck.startSeconds },
  ];
  const broken = limits.find(({ min, max, value }) => value < min || value > max);
  if (broken === undefined) return;
  const { prop, min, max, unit, value } = broken;
  fail(
    'HealthCheckOutOfRange',
    `'${prop}' (${value}${unit}) in 'healthCheck' of sidecar '${name}' must be between ${min} and ${max}${unit} on ${host}`,
  );
}
