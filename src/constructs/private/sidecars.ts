import type { IConstruct } from 'constructs';
import type { SidecarCheckIntent, SidecarIntent } from '../../plan/intents';
import { sharedDirectories } from '../../plan/sidecars';
import { hasUnseen } from '../../private/characters';
import { requireNumber, requireUser } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import { overlap } from '../../private/paths';
import { Duration } from '../../units/duration';
import { requireSeconds } from '../../units/private/seconds';
import type { Sidecar, SidecarHealthCheck, SidecarResources } from '../../workload/sidecar';
import { requirePorts } from './additional-ports';
import { checkVariableNames } from './container-environment';

const DEFAULT_CPU = 0.1;
const DEFAULT_MEMORY_MIB = 128;

/** What the names of containers consist of on every target. */
const NAME = /^(?=.{1,32}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** The names of containers that targets add: the server, and those that provide models. */
const TAKEN = /^(?:server|scratch|smoke-?test|(?:fetch|link|unpack|directory|copy)-?\d*)$/;

/** What is mounted into the server in addition to the shared directories. */
export interface OtherMount {
  /** For messages. */
  readonly what: string;
  readonly path: string;
}

/** Validates the sidecars of a backend, whose shared directories do not contain its models or other volumes. */
export function sidecarsOf(
  sidecars: readonly Sidecar[] | undefined,
  others: readonly OtherMount[],
  at: IConstruct,
): SidecarIntent[] | undefined {
  if (sidecars === undefined || sidecars.length === 0) return undefined;
  const intents = sidecars.map((sidecar, index) => sidecarOf(sidecar, `sidecars[${index}]`, at));
  refuseOverlaps(intents, others, at);
  const names = new Set<string>();
  for (const { name } of intents) {
    if (names.has(name))
      throw new ServingError('ConflictingProps', `'sidecars' has the name '${name}' twice; rename one`, at);
    names.add(name);
  }
  return intents;
}

function sidecarOf(sidecar: Sidecar, prop: string, at: IConstruct): SidecarIntent {
  const { name, image, command, args, environment = {}, secrets = {}, healthCheck } = sidecar;
  requireContainerName(name, prop, at);
  requireProgram(command, `${prop}.command`, at);
  checkVariableNames({ environment, secrets }, at);
  return {
    name,
    image: image.reference,
    imagePlatforms: image._platforms,
    command: [...(command ?? [])],
    args: args === undefined ? undefined : [...args],
    environment: { ...environment },
    ports: requirePorts(sidecar.ports ?? [], `${prop}.ports`, at),
    sharedDirectories: sidecar.sharedDirectories?.map((path, index) =>
      requireDirectoryPath(path, `${prop}.sharedDirectories[${index}]`, at),
    ),
    ...computeOf(sidecar.resources, prop, at),
    healthCheck: healthCheck === undefined ? undefined : checkOf(healthCheck, `${prop}.healthCheck`, at),
    essential: sidecar.essential ?? true,
    stopSeconds: requireSeconds(`${prop}.stopTimeout`, sidecar.stopTimeout ?? Duration.seconds(10), { max: 3600, at }),
    user: requireUser(`${prop}.user`, sidecar.user, at),
    readOnlyRootFilesystem: sidecar.readOnlyRootFilesystem ?? true,
  };
}

function requireContainerName(name: string, prop: string, at: IConstruct): void {
  if (!NAME.test(name)) {
    throw new ServingError(
      'InvalidName',
      `'${prop}.name' (${describe(name)}) must be 1 to 32 lowercase letters, digits and single hyphens between them, starting with a letter, such as 'proxy'`,
      at,
    );
  }
  if (!TAKEN.test(name)) return;
  throw new ServingError(
    'ConflictingProps',
    `'${prop}.name' ('${name}') is the name of a container that the target adds; use another name`,
    at,
  );
}

function requireProgram(command: readonly string[] | undefined, prop: string, at: IConstruct): void {
  if (command === undefined || (command[0] ?? '') !== '') return;
  throw new ServingError('InvalidCommand', `'${prop}' (${describe(command)}) must start with a program`, at);
}

/** Directories that images need, or that containers have in their own volume. */
const SYSTEM = /^\/(?:tmp|(?:bin|boot|etc|home|lib|lib64|opt|root|run|sbin|usr|var)|(?:dev|proc|sys)(?:\/.*)?)$/;

function requireDirectoryPath(path: string, prop: string, at: IConstruct): string {
  const isClean = /^(?:\/[^\s:,/]+)+$/.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path) && !hasUnseen(path);
  if (isClean && path.length <= 1024 && !SYSTEM.test(path)) return path;
  throw new ServingError(
    'InvalidPath',
    `'${prop}' ('${path}') must be an absolute path without '..', spaces, ':' or ',', of a directory that the image does not need, such as '/var/run/app'`,
    at,
  );
}

/** One directory may have many users, but no directory contains another one or a model. */
function refuseOverlaps(sidecars: readonly SidecarIntent[], others: readonly OtherMount[], at: IConstruct): void {
  const paths = sharedDirectories({ sidecars: [...sidecars] });
  paths.forEach((path, index) => {
    const rivals = [
      ...paths.slice(0, index).map((other) => ({ what: 'another shared directory', path: other })),
      ...others,
    ];
    const rival = rivals.find((other) => overlap(other.path, path));
    if (rival === undefined) return;
    throw new ServingError(
      'ConflictingProps',
      `'sharedDirectories' ('${path}') overlaps ${rival.what} ('${rival.path}'); use a separate directory`,
      at,
    );
  });
}

function computeOf(
  { cpu = DEFAULT_CPU, memory }: SidecarResources = {},
  prop: string,
  at: IConstruct,
): Pick<SidecarIntent, 'cpu' | 'memoryMib'> {
  return {
    cpu: requireNumber(`${prop}.resources.cpu`, cpu, {
      min: 0.01,
      max: 192,
      unit: 'vCPUs, of 1024 CPU units each',
      at,
    }),
    memoryMib: requireNumber(`${prop}.resources.memory`, memory?.toMebibytes() ?? DEFAULT_MEMORY_MIB, {
      min: 16,
      unit: 'MiB',
      at,
    }),
  };
}

function checkOf(check: SidecarHealthCheck, prop: string, at: IConstruct): SidecarCheckIntent {
  requireProgram(check.command, `${prop}.command`, at);
  const [first = ''] = check.command;
  if (/^(?:CMD|CMD-SHELL|NONE)$/.test(first)) {
    throw new ServingError(
      'InvalidCommand',
      `'${prop}.command' must start with a program, not with '${first}' of Docker; use ['sh', '-c', 'curl -f http://localhost:9000/'] for a line of a shell`,
      at,
    );
  }
  const seconds = (name: 'interval' | 'timeout' | 'startTimeout', standard: number): number =>
    requireSeconds(`${prop}.${name}`, check[name] ?? Duration.seconds(standard), { max: 3600, at });
  const intervalSeconds = seconds('interval', 10);
  const timeoutSeconds = seconds('timeout', Math.min(5, intervalSeconds));
  if (timeoutSeconds > intervalSeconds) {
    throw new ServingError(
      'InvalidNumber',
      `'${prop}.timeout' (${timeoutSeconds} s) must be at most 'interval' (${intervalSeconds} s)`,
      at,
    );
  }
  return {
    command: [...check.command],
    intervalSeconds,
    timeoutSeconds,
    unhealthyThreshold: requireNumber(`${prop}.unhealthyThreshold`, check.unhealthyThreshold ?? 3, {
      min: 1,
      max: 1000,
      integer: true,
      at,
    }),
    startSeconds: seconds('startTimeout', 60),
  };
}
