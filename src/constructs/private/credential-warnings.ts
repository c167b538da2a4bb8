import type { BackendIntent, HeaderIntent } from '../../plan/intents';
import { credentialArguments, unexpandedArguments } from '../../private/credentials/arguments';
import { credentialReason, isUnexpanded } from '../../private/credentials/reason';
import type { Warning } from './warnings';

export type { Warning };

const READABLE = 'everyone who can read the template or the manifest can read it';

/** What is wrong with `$(NAME)`: values are written as they are. */
const UNEXPANDED = "is set to '$(...)', which is not expanded: the server receives that text; pass it with 'secrets'";

const readable = (reason: string): string =>
  `appears to be a credential (${reason}), and ${READABLE}; rotate it, and pass it with 'secrets'`;

/** Values of a backend that appear to be credentials and would be written out, or that are to be and are not expanded. */
export function backendCredentials({ name, environment, server }: BackendIntent): Warning[] {
  const words = [...server.command, ...(server.commandTail ?? [])];
  const ofVariable = (variable: string, problem: string): Warning => ({
    id: `credentialInEnvironment.${variable}`,
    message: `'${variable}' in the environment of backend '${name}' ${problem}`,
  });
  const ofArgument = (argument: string, problem: string): Warning => ({
    id: `credentialInCommand.${argument}`,
    message: `'${argument}' in the server command of backend '${name}' ${problem}, as an environment variable that the server reads`,
  });
  const variables = Object.entries(environment).flatMap(([variable, value]) => {
    if (isUnexpanded(variable, value)) return [ofVariable(variable, UNEXPANDED)];
    const reason = credentialReason(variable, value);
    return reason === undefined ? [] : [ofVariable(variable, readable(reason))];
  });
  return distinct([
    ...variables,
    ...unexpandedArguments(words).map((argument) => ofArgument(argument, UNEXPANDED)),
    ...credentialArguments(words).map((found) => ofArgument(found.name, readable(found.reason))),
  ]);
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
