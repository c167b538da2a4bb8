import type { BackendIntent, HeaderIntent } from '../plan/intents';
import { credentialArguments } from './credential-arguments';
import { credentialReason } from './credential-names';

/** A warning about one thing of a definition. */
export interface Warning {
  readonly id: string;
  readonly message: string;
}

const READABLE = 'whoever reads the template or the manifest can read it';

/** Values of a backend that appear to be credentials and would be written out. */
export function backendCredentials({ name, environment, server }: BackendIntent): Warning[] {
  const variables = Object.entries(environment).flatMap(([variable, value]) => {
    const reason = credentialReason(variable, value);
    if (reason === undefined) return [];
    const message = `'${variable}' in the environment of backend '${name}' appears to be a credential (${reason}), and ${READABLE}; pass it with 'secrets'`;
    return [{ id: `credentialInEnvironment.${variable}`, message }];
  });
  const args = credentialArguments([...server.command, ...(server.commandTail ?? [])]).map((found) => ({
    id: `credentialInCommand.${found.name}`,
    message: `'${found.name}' in the server command of backend '${name}' appears to be a credential (${found.reason}), and ${READABLE}; pass it with 'secrets', as a variable that the server reads`,
  }));
  return distinct([...variables, ...args]);
}

/** Header values that appear to be credentials and would be written out. */
export function headerCredentials(what: string, headers: readonly HeaderIntent[]): Warning[] {
  return distinct(
    headers.flatMap(({ name, values }) => {
      const reason = values.map((value) => credentialReason(name, value)).find((found) => found !== undefined);
      if (reason === undefined) return [];
      const message = `header '${name}' of ${what} is matched with what appears to be a credential (${reason}), and ${READABLE}; a route is no check of who may call`;
      return [{ id: `credentialInHeader.${name}`, message }];
    }),
  );
}

/** One warning for each id. */
function distinct(warnings: Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [warning.id, warning])).values()];
}
