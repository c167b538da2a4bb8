import type { BackendIntent, HeaderIntent } from '../../plan/intents';
import { credentialArguments, unexpandedArguments } from '../../private/credentials/arguments';
import { credentialReason, isUnexpanded } from '../../private/credentials/reason';
import { type Placeholder, placeholderIn } from '../../private/placeholders';
import { isUnresolved } from '../../private/tokens';
import type { Warning } from './warnings';

export type { Warning };

const READABLE = 'everyone who can read the template or the manifest can read it';

const readable = (reason: string): string =>
  `appears to be a credential (${reason}), and ${READABLE}; rotate it, and pass it with 'secrets'`;

const notExpanded = ({ shown }: Placeholder): string =>
  `'${shown}', which is not expanded: the server receives that text`;

/** What is wrong with a value that contains a variable or a template, and is not a credential. */
function unfilled(placeholder: Placeholder, way: string): string {
  return placeholder.isVariable
    ? `contains ${notExpanded(placeholder)}; write the value${way}, or acknowledge this if the server expands it`
    : `contains '${placeholder.shown}', a template that is not filled in: the server receives that text; write the value, or acknowledge this if the server fills it in`;
}

/** Values of a backend that appear to be credentials and would be written out, or that contain what is not expanded. */
export function backendCredentials(backend: BackendIntent): Warning[] {
  return distinct(containersOf(backend).flatMap((one) => [...variableWarnings(one), ...argumentWarnings(one)]));
}

/** What the definition writes into a container. */
interface WrittenContainer {
  /** The container in messages. */
  readonly title: string;
  /** The command in messages. */
  readonly command: string;
  /** What ids of warnings start with before the variable or argument. */
  readonly prefix: string;
  readonly environment: { readonly [name: string]: string };
  readonly words: readonly string[];
  /** Flags in whose values the program replaces variables. */
  readonly expandingFlags?: readonly string[];
}

function containersOf({ name, environment, server, sidecars = [] }: BackendIntent): WrittenContainer[] {
  return [
    {
      title: `backend '${name}'`,
      command: 'the server command',
      prefix: '',
      environment,
      words: [...server.command, ...(server.args ?? []), ...(server.commandTail ?? [])],
      expandingFlags: server.expandingFlags,
    },
    ...sidecars.map((sidecar) => ({
      title: `sidecar '${sidecar.name}' of backend '${name}'`,
      command: 'the command',
      prefix: `${sidecar.name}.`,
      environment: sidecar.environment,
      words: [...sidecar.command, ...(sidecar.args ?? [])],
    })),
  ];
}

function variableWarnings({ title, prefix, environment }: WrittenContainer): Warning[] {
  return Object.entries(environment).flatMap(([variable, value]): Warning[] => {
    const place = `'${variable}' in the environment of ${title}`;
    const placeholder = isUnresolved(value) ? undefined : placeholderIn(variable, value);
    const credential = (problem: string): Warning[] => [
      { id: `credentialInEnvironment.${prefix}${variable}`, message: `${place} ${problem}` },
    ];
    if (placeholder !== undefined && isUnexpanded(variable, value))
      return credential(`is set to ${notExpanded(placeholder)}; pass it with 'secrets'`);
    const reason = credentialReason(variable, value);
    if (reason !== undefined) return credential(readable(reason));
    if (placeholder === undefined) return [];
    return [{ id: `placeholderInEnvironment.${prefix}${variable}`, message: `${place} ${unfilled(placeholder, '')}` }];
  });
}

function argumentWarnings({ title, command, prefix, words, expandingFlags }: WrittenContainer): Warning[] {
  const place = (argument: string): string => `'${argument}' in ${command} of ${title}`;
  const credential = (argument: string, problem: string): Warning => ({
    id: `credentialInCommand.${prefix}${argument}`,
    message: `${place(argument)} ${problem}, as an environment variable that the server reads`,
  });
  const found = unexpandedArguments(words).filter((one) => !expandingFlags?.includes(one.name));
  const unexpanded = found.map(({ name: argument, placeholder, isCredential }): Warning => {
    if (isCredential) return credential(argument, `is set to ${notExpanded(placeholder)}; pass it with 'secrets'`);
    const message = `${place(argument)} ${unfilled(placeholder, ', use ModelServer.shell, whose shell expands variables')}`;
    return { id: `placeholderInCommand.${prefix}${argument}`, message };
  });
  return [...unexpanded, ...credentialArguments(words).map((one) => credential(one.name, readable(one.reason)))];
}

/** Header values that appear to be credentials and would be written out. */
export function headerCredentials(what: string, headers: readonly HeaderIntent[]): Warning[] {
  return distinct(
    headers.flatMap(({ name, values }) => {
      const reason = values.map((value) => credentialReason(name, value)).find((found) => found !== undefined);
      if (reason === undefined) return [];
      const message = `header '${name}' of ${what} matches a value that appears to be a credential (${reason}), and ${READABLE}; a route does not authenticate callers`;
      return [{ id: `credentialInHeader.${name}`, message }];
    }),
  );
}

/** One warning for each id. */
function distinct(warnings: Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [warning.id, warning])).values()];
}
