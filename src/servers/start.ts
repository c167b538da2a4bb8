import { ServerProtocol } from '../plan/choices';
import type { BatchingIntent } from '../plan/intents/batching';
import type { ServerDescriptor } from '../plan/server/descriptor';
import { knobsOf, type ServerTime } from '../plan/server/knobs';
import { KnobPlace, TimeUnit } from '../plan/server/parts';
import { ServingError } from '../private/errors';
import { batchingOf, batchSettings } from './batching';
import type { ServerDefinition, ServerStart, StartContext } from './define-server';
import { behaviorFor } from './grpc';
import { refuseOtherPort } from './listen-port';
import { reservedVariables } from './reserved-variables';
import { compareVersions, descriptorFor, versionNumbers, versionOfImage } from './versions';

interface TimeFlag {
  readonly flag: string;
  readonly time: ServerTime;
  readonly milliseconds?: boolean;
  readonly joined?: boolean;
}

interface TimeVariable {
  readonly variable: string;
  readonly time: ServerTime;
  readonly milliseconds?: boolean;
}

/** A server with the values of its backend: everything except the computed times. */
export interface StartedServer {
  readonly command: string[];
  readonly args?: string[];
  readonly commandTail?: string[];
  readonly timeFlags: TimeFlag[];
  readonly timeVariables: TimeVariable[];
  readonly pathPrefixFlag?: string;
  readonly environment: Record<string, string>;
  readonly userVariables?: string[];
  readonly reservedVariables: Record<string, string>;
  readonly batching?: BatchingIntent;
  readonly descriptor: ServerDescriptor;
  readonly healthPath?: string;
  readonly workers?: number;
  readonly concurrency?: number;
  readonly expandingFlags?: string[];
  readonly routePrefixes?: string[];
  readonly hubModel?: string;
  readonly pulledModels?: string[];
}

/** Resolves a server for a backend: the behavior of its version, its command, and where the computed times are set. */
export function startServer(server: ServerDefinition, context: StartContext): StartedServer {
  const { version, extraArgs = [] } = server.options;
  const resolved = version ?? versionOfImage(server.descriptor, context.image);
  checkVersion(server.descriptor, resolved, context);
  const known = withArguments(descriptorFor(server.descriptor, resolved), extraArgs);
  const descriptor = behaviorFor(context.protocol, known);
  checkPorts(descriptor, context);
  const batching = batchingOf(server, context);
  const start = server.start({ ...context, batching });
  const batches = batchSettings(descriptor, context, batching);
  const { typed = [], tail } = start;
  const { portVariable } = descriptor;
  const environment = {
    ...start.environment,
    ...batches.environment,
    ...(portVariable !== undefined && { [portVariable]: String(context.port) }),
  };
  const knobs = knobsOf(descriptor);
  const at = (place: KnobPlace) => knobs.filter(([, knob]) => knob.place === place);
  const timeFlags = at(KnobPlace.FLAG).map(([time, { name, unit, joined }]) => ({
    flag: name,
    time,
    ...(unit === TimeUnit.MILLISECONDS && { milliseconds: true }),
    ...(joined && { joined }),
  }));
  const timeVariables = at(KnobPlace.VARIABLE).map(([time, { name, unit }]) => ({
    variable: name,
    time,
    ...(unit === TimeUnit.MILLISECONDS && { milliseconds: true }),
  }));
  const own = start.args ?? start.command;
  const added = [...batches.words, ...extraArgs];
  const flags = [...batches.words, ...timeFlags.map(({ flag }) => flag)];
  const words = [...start.command, ...(start.args ?? []), ...flags, ...(tail ?? [])];
  checkArguments(extraArgs, words, server, context);
  refuseOtherPort([...words, ...extraArgs], context);
  const pathPrefixFlag = prefixFlagOf(descriptor, { version: resolved, words: [...words, ...extraArgs] });
  checkAppended(start, flags[0] ?? pathPrefixFlag, server, context);
  return {
    command: start.args === undefined ? [...own, ...added] : start.command,
    ...(start.args !== undefined && { args: [...own, ...added] }),
    ...(tail !== undefined && { commandTail: tail }),
    timeFlags,
    timeVariables,
    ...(pathPrefixFlag !== undefined && { pathPrefixFlag }),
    environment,
    ...(typed.length > 0 && { userVariables: typed }),
    reservedVariables: reservedVariables({ descriptor, start: { ...start, environment }, words, timeVariables }),
    ...(batching !== undefined && { batching }),
    descriptor,
    healthPath:
      context.protocol === ServerProtocol.GRPC ? undefined : (start.readinessPath ?? descriptor.readinessPath),
    workers: server.workers,
    ...concurrencyOf(server, start.concurrency),
    ...(start.expandingFlags !== undefined && { expandingFlags: start.expandingFlags }),
    ...(start.routePrefixes !== undefined && { routePrefixes: start.routePrefixes }),
    ...(start.hubModel !== undefined && { hubModel: start.hubModel }),
    ...(start.pulledModels !== undefined && { pulledModels: [...start.pulledModels] }),
  };
}

/** The number of requests at once, if requests can block health checks: one in each process of a serial server. */
function concurrencyOf({ descriptor, workers }: ServerDefinition, concurrency?: number) {
  const slots = concurrency ?? (descriptor.serial ? workers : undefined);
  return slots === undefined ? {} : { concurrency: slots };
}

/** The flag for the removed path, unless the user sets it or the declared version treats it differently. */
function prefixFlagOf(
  { pathPrefix }: ServerDescriptor,
  { version = '', words }: { readonly version?: string; readonly words: string[] },
): string | undefined {
  if (pathPrefix === undefined || words.some((word) => flagOf(word) === pathPrefix.flag)) return undefined;
  const [declared, since] = [version, pathPrefix.since ?? ''].map((text) => versionNumbers(text));
  const isOlder = declared !== undefined && since !== undefined && compareVersions(declared, since) < 0;
  return isOlder ? undefined : pathPrefix.flag;
}

function checkVersion(
  { name, oldestVersion }: ServerDescriptor,
  version: string | undefined,
  { at }: StartContext,
): void {
  const [requested, oldest] = [version, oldestVersion].map((text) => versionNumbers(text ?? ''));
  if (requested === undefined || oldest === undefined || compareVersions(requested, oldest) >= 0) return;
  throw new ServingError(
    'ServerTooOld',
    `${name} ${version} is not supported: its command requires version ${oldestVersion} or newer; use a newer version, or ModelServer.command with a 'behavior'`,
    at,
  );
}

/** Applies the user's arguments to the behavior. */
function withArguments(descriptor: ServerDescriptor, extra: string[]): ServerDescriptor {
  const { connectionLimit } = descriptor;
  if (connectionLimit === undefined) return descriptor;
  const at = extra.findIndex((word) => flagOf(word) === connectionLimit.knob);
  const value = Number(extra[at]?.split('=')[1] ?? extra[at + 1]);
  if (at < 0 || !Number.isInteger(value)) return descriptor;
  return { ...descriptor, connectionLimit: { ...connectionLimit, defaultLimit: value } };
}

/** The flag in an argument, without its value. Many parsers treat `_` as `-`. */
function flagOf(word: string): string {
  return word.replace(/=.*$/, '').replaceAll('_', '-');
}

function checkPorts({ name, otherPorts = [], metrics }: ServerDescriptor, { port, at }: StartContext): void {
  if ([...otherPorts, metrics?.port].includes(port)) {
    throw new ServingError(
      'ConflictingProps',
      `'port' (${port}) conflicts with another port of ${name}; use a different port`,
      at,
    );
  }
}

/** Rejects flags for computed values and for batches where they would replace the arguments in the image, which are unknown. */
function checkAppended(
  { command, args }: ServerStart,
  first: string | undefined,
  { descriptor: { name } }: ServerDefinition,
  { at }: StartContext,
): void {
  if (first === undefined || command.length > 0 || args !== undefined) return;
  throw new ServingError(
    'ConflictingProps',
    `'${first}' of ${name} would be the only argument and replace those of the image (its CMD); set 'args' of the server to the arguments in the image, or remove the flag`,
    at,
  );
}

function checkArguments(
  extra: string[],
  words: string[],
  { descriptor: { name }, aliases = {} }: ServerDefinition,
  { at }: StartContext,
): void {
  const flags = words.filter((word) => word.startsWith('-')).map(flagOf);
  const others = Object.keys(aliases).filter((flag) => words.map(flagOf).includes(aliases[flag] as string));
  // A one-letter flag may be followed by its value in the same word.
  const isOther = (word: string, flag: string) =>
    flagOf(word) === flag || (flag.length === 2 && word.startsWith(flag) && !word.startsWith('--'));
  const conflict = extra.find((word) => flags.includes(flagOf(word)) || others.some((flag) => isOther(word, flag)));
  if (conflict !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'${conflict}' in 'extraArgs' conflicts with a flag that the command of ${name} already has; remove it`,
      at,
    );
  }
}
