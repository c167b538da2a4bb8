import { Duration } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendIntent, SmokeTestIntent } from '../../plan/intents';
import { namedPorts } from '../../plan/ports';
import type { BackendPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { smokeConfigOf } from '../../workload/private/smoke-config';
import { smokeGate } from '../../workload/private/smoke-scripts';
import type { BoundBackend } from './bound-backend';
import { confine } from './confinement';
import { containerImage } from './images';
import { late } from './late';

/** The memory reservation of the gate on an instance. */
const GATE_MEMORY_MIB = 64;

/** The time between two attempts, in seconds. */
const RETRY_SECONDS = 5;

/** The time for a process that has nothing to complete, in seconds. */
const STOP_SECONDS = 2;

const FIRST_PORT = 9401;

/** The port on which a gate answers the health checks of the load balancer; undefined without a smoke test. */
export function gatePortOf({ smokeTest, port, server }: BackendIntent): number | undefined {
  if (smokeTest === undefined) return undefined;
  const taken = new Set([port, server.descriptor.metrics?.port, ...(server.descriptor.otherPorts ?? [])]);
  let free = FIRST_PORT;
  while (taken.has(free)) free += 1;
  return free;
}

/**
 * Adds the container that decides with the smoke test when a task becomes healthy. ECS registers a task with the load balancer
 * as soon as its containers run, and only the checks of the target group keep requests from it.
 *
 * It has the image of the server, which contains the interpreter and is pulled anyway. It is not essential: without it the
 * checks fail, and ECS replaces the task.
 */
export function addSmokeGate(
  backend: BoundBackend,
  plan: () => BackendPlan,
  definition: ecs.TaskDefinition,
  logging: ecs.LogDriver,
): void {
  const { intent } = backend;
  const port = gatePortOf(intent);
  if (port === undefined) return;
  const other = namedPorts(intent).find((one) => one.port === port);
  if (other !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `port ${port} ('${other.name}') of backend '${intent.name}' is the port on which its smoke test answers the health checks of the load balancer; use another port`,
      backend.scope,
    );
  }
  const test = intent.smokeTest as SmokeTestIntent;
  definition.addContainer('SmokeTest', {
    image: containerImage(backend, backend.modelPlans, definition),
    essential: false,
    entryPoint: [intent.server.descriptor.interpreter as string],
    command: late.list(() => smokeGate(smokeConfigOf(plan(), test), port, RETRY_SECONDS)),
    portMappings: [{ containerPort: port }],
    readonlyRootFilesystem: true,
    user: intent.user?.toString(),
    stopTimeout: Duration.seconds(STOP_SECONDS),
    ...confine(backend.scope, 'SmokeTestLinuxParameters', { initProcessEnabled: true }),
    logging,
    ...(definition.isFargateCompatible ? {} : { memoryReservationMiB: GATE_MEMORY_MIB }),
  });
}
