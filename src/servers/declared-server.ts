import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, type ServerKnob } from '../plan/server/parts';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import type { CheckedStart } from './command-line';
import type { ServerDefinition } from './define-server';
import type { ServerBehavior } from './shared-options';

/** A server without a declared behavior: it is assumed to drop requests, and its idle timeout is unknown. */
const UNDECLARED: ServerDescriptor = {
  name: 'an undeclared server',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.UNKNOWN,
  listensWhenReady: false,
  declared: false,
};

/** A server with a command, or the image's own, and a behavior from the user. It reads its port from `PORT`, unless its descriptor names another variable. */
export function declaredServer(
  checked: CheckedStart,
  descriptor: ServerDescriptor,
  options: {
    readonly version?: string;
    readonly environment?: { [name: string]: string };
    readonly behavior?: ServerBehavior;
  } = {},
): ServerDefinition {
  const { environment = {}, behavior } = options;
  const concurrency = concurrencyOf(behavior);
  return {
    descriptor: { ...descriptor, portVariable: descriptor.portVariable ?? 'PORT' },
    options,
    start: () => ({
      ...checked,
      environment,
      typed: Object.keys(environment),
      ...(concurrency !== undefined && { concurrency }),
    }),
  };
}

/** The flags that are added to a command, with what they set. */
const ADDED_FLAGS = [
  ['keepAliveFlag', 'computed time'],
  ['drainFlag', 'computed time'],
  ['pathPrefixFlag', 'removed path'],
] as const;

/** The descriptor of a behavior; the most cautious one if no behavior is declared. */
export function descriptorOf(
  behavior: ServerBehavior | undefined,
  name: string,
  { command, args = [] }: CheckedStart,
): ServerDescriptor {
  if (behavior === undefined) return UNDECLARED;
  for (const [prop, value] of ADDED_FLAGS) {
    const flag = behavior[prop];
    if (flag === undefined || ![...command, ...args].some((word) => word.replace(/=.*$/, '') === flag)) continue;
    throw new ServingError(
      'ConflictingProps',
      `'${prop}' ('${flag}') of 'behavior' must not be in the command, because the ${value} is added with it; remove it from the command`,
    );
  }
  const { drains, keepAlive, keepAliveFlag, drainFlag, pathPrefixFlag, silentLimit } = behavior;
  if (drainFlag !== undefined && !drains) {
    throw new ServingError(
      'ConflictingProps',
      `'drainFlag' ('${drainFlag}') of 'behavior' requires 'drains' to be true; set it, or remove the flag`,
    );
  }
  return {
    name: behavior.name ?? name,
    drain: drains ? DrainBehavior.COMPLETES_REQUESTS : DrainBehavior.DROPS_REQUESTS,
    drainKnob: flagOf(drainFlag),
    keepAlive: keepAliveKindOf(behavior),
    keepAliveSeconds: keepAlive?.toSeconds(),
    keepAliveKnob: flagOf(keepAliveFlag),
    silentLimit: silentLimit && { seconds: silentLimit.toSeconds() },
    pathPrefix: pathPrefixFlag === undefined ? undefined : { flag: pathPrefixFlag },
    listensWhenReady: behavior.listensWhenReady ?? false,
    readinessPath: behavior.readinessPath,
    ...(behavior.interpreter !== undefined && { interpreter: interpreterOf(behavior.interpreter) }),
    evidence: Evidence.DECLARED,
  };
}

function concurrencyOf({ concurrency }: Partial<ServerBehavior> = {}): number | undefined {
  return concurrency === undefined
    ? undefined
    : requireNumber('concurrency', concurrency, { min: 1, max: 100_000, integer: true });
}

function interpreterOf(interpreter: string): string {
  if (/^[!-~]+$/.test(requireIdentifier('interpreter', interpreter))) return interpreter;
  throw new ServingError(
    'InvalidCommand',
    `'interpreter' ('${interpreter}') of 'behavior' must be a program without arguments, such as 'python3'`,
  );
}

function keepAliveKindOf({ keepAlive, keepAliveFlag }: ServerBehavior): KeepAliveKind {
  if (keepAliveFlag !== undefined) return KeepAliveKind.SETTABLE;
  return keepAlive === undefined ? KeepAliveKind.UNKNOWN : KeepAliveKind.FIXED;
}

function flagOf(name: string | undefined): ServerKnob | undefined {
  return name === undefined ? undefined : { name, place: KnobPlace.FLAG };
}
