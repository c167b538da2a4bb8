import { ServingError } from '../private/errors';
import type { ServerDefinition, StartContext } from './define';
import { knobsOf, type ServerTime } from './knobs';
import type { ServerDescriptor } from './server-descriptor';
import { KnobPlace, TimeUnit } from './server-parts';
import { descriptorFor, versionOfImage } from './versions';

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

/** A server that knows its backend: everything but the times. */
export interface StartedServer {
  readonly command: string[];
  readonly commandTail?: string[];
  readonly timeFlags: TimeFlag[];
  readonly timeVariables: TimeVariable[];
  readonly environment: Record<string, string>;
  readonly ownedVariables: Record<string, string>;
  readonly descriptor: ServerDescriptor;
  readonly healthPath?: string;
  readonly workers?: number;
}

/** Starts a server for a backend: the version's behaviour, the command, and holes for the times. */
export function startServer(server: ServerDefinition, context: StartContext): StartedServer {
  const { version, extraArgs = [] } = server.options;
  const descriptor = descriptorFor(server.descriptor, version ?? versionOfImage(server.descriptor, context.image));
  checkPorts(descriptor, context);
  const start = server.start(context);
  const { environment = {}, changeable = [], tail } = start;
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
  const words = [...start.command, ...timeFlags.map(({ flag }) => flag), ...(tail ?? [])];
  checkArguments(extraArgs, words, descriptor, context);
  const owned = Object.keys(environment).filter((name) => name !== 'PORT' && !changeable.includes(name));
  return {
    command: [...start.command, ...extraArgs],
    ...(tail !== undefined && { commandTail: tail }),
    timeFlags,
    timeVariables,
    environment,
    ownedVariables: {
      ...descriptor.rivalVariables,
      ...Object.fromEntries(owned.map((name) => [name, `'${environment[name]}'`])),
      ...Object.fromEntries(timeVariables.map(({ variable, time }) => [variable, `the ${TIME_NAMES[time]} time`])),
    },
    descriptor,
    healthPath: start.readinessPath ?? descriptor.readinessPath,
    workers: server.workers,
  };
}

const TIME_NAMES: { readonly [time in ServerTime]: string } = {
  keepAlive: 'keep-alive',
  drain: 'drain',
  watchdog: 'watchdog',
  request: 'request',
};

function checkPorts({ name, otherPorts = [], metrics }: ServerDescriptor, { port, at }: StartContext): void {
  if ([...otherPorts, metrics?.port].includes(port)) {
    throw new ServingError(
      'ConflictingProps',
      `'port' (${port}) is one that ${name} listens on for something else; use another`,
      at,
    );
  }
}

function checkArguments(extra: string[], words: string[], { name }: ServerDescriptor, { at }: StartContext): void {
  const flags = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*$/, ''));
  const rival = extra.find((word) => flags.includes(word.replace(/=.*$/, '')));
  if (rival !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'${rival}' in 'extraArgs' is a flag that the command of ${name} has already; leave it out`,
      at,
    );
  }
}
