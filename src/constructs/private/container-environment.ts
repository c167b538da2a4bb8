import type { IConstruct } from 'constructs';
import type { ServerIntent } from '../../plan/intents';
import { PREFIX_VARIABLE } from '../../plan/path-prefix';
import { ServingError } from '../../private/errors';

/** What the user typed of a container's environment, by the prop. */
export interface TypedVariables {
  readonly environment: { readonly [name: string]: string };
  readonly secrets: { readonly [name: string]: unknown };
  /** The variables that sources list. */
  readonly environmentFrom: { readonly [name: string]: unknown };
}

/** The variables of a container: those of its server, and those of the user, which must not contradict them. */
export function containerEnvironment(
  typed: TypedVariables,
  server: ServerIntent,
  port: number,
  at: IConstruct,
): { [name: string]: string } {
  const { environment } = typed;
  checkVariableNames(typed, at);
  for (const prop of ['secrets', 'environmentFrom'] as const) {
    const reserved = [PREFIX_VARIABLE, ...Object.keys({ PORT: port, ...server.environment })];
    const taken = reserved.find((name) => Object.hasOwn(typed[prop], name));
    if (taken === undefined) continue;
    throw new ServingError('ConflictingProps', `'${taken}' in '${prop}' is already set by the server; remove it`, at);
  }
  for (const [name, reason] of Object.entries(server.reservedVariables ?? {})) {
    const prop = propOf(name, typed);
    if (prop !== undefined) {
      throw new ServingError('ConflictingProps', `'${name}' in '${prop}' conflicts with 'server', ${reason}`, at);
    }
  }
  const set = environment.PORT;
  if (set !== undefined && set !== String(port)) {
    throw new ServingError(
      'ConflictingProps',
      `PORT ('${set}') in 'environment' must equal the 'port' of the container (${port}); set 'port' only`,
      at,
    );
  }
  return { ...server.environment, ...environment };
}

/** Refuses illegal names of variables, and variables that are set twice. */
export function checkVariableNames(
  { environment, secrets, environmentFrom = {} }: Omit<TypedVariables, 'environmentFrom'> & Partial<TypedVariables>,
  at: IConstruct,
): void {
  for (const name of [environment, secrets, environmentFrom].flatMap((variables) => Object.keys(variables))) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new ServingError(
        'InvalidName',
        `the environment variable ('${name}') must consist of letters, digits and '_', and must not start with a digit`,
        at,
      );
    }
    if (Object.hasOwn(environment, name) && Object.hasOwn(secrets, name)) {
      throw new ServingError(
        'ConflictingProps',
        `'${name}' is set in both 'environment' and 'secrets'; remove one`,
        at,
      );
    }
  }
}

/** The props that set variables. */
export const VARIABLE_PROPS = ['environment', 'secrets', 'environmentFrom'] as const;

/** The prop that has a variable of its own: what every object inherits, such as `constructor`, is none. */
function propOf(name: string, typed: TypedVariables): keyof TypedVariables | undefined {
  return VARIABLE_PROPS.find((prop) => Object.hasOwn(typed[prop], name));
}
