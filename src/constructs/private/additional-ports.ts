import type { IConstruct } from 'constructs';
import type { AdditionalPortIntent } from '../../plan/intents';
import { requireNumber } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import type { AdditionalPort } from '../../workload/additional-port';

/** The name of the port that serves requests. */
const MAIN_PORT = 'http';

/** The name of a service in the IANA registry, which ports of containers have on Kubernetes: RFC 6335, section 5.1. */
const SERVICE_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Validates additional ports, whose names and numbers must differ from each other and from the port that serves requests. */
export function additionalPortsOf(
  ports: readonly AdditionalPort[] | undefined,
  port: number,
  at: IConstruct,
): AdditionalPortIntent[] | undefined {
  if (ports === undefined || ports.length === 0) return undefined;
  const intents = ports.map((one, index) => portOf(one, `additionalPorts[${index}]`, at));
  const taken = new Map([[port, `'port' of the backend`]]);
  const names = new Set<string>();
  for (const [index, { name, port: number }] of intents.entries()) {
    const other = taken.get(number);
    if (other !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'additionalPorts[${index}].port' (${number}) is also ${other}; use another port, or remove the entry`,
        at,
      );
    }
    if (names.has(name)) {
      throw new ServingError('ConflictingProps', `'additionalPorts' has the name '${name}' twice; rename one`, at);
    }
    taken.set(number, `'port' of '${name}'`);
    names.add(name);
  }
  return intents;
}

function portOf({ name, port }: AdditionalPort, prop: string, at: IConstruct): AdditionalPortIntent {
  if (!SERVICE_NAME.test(name)) {
    throw new ServingError(
      'InvalidName',
      `'${prop}.name' (${describe(name)}) must be 1 to 15 lowercase letters, digits and single hyphens between them, with at least one letter, such as 'metrics'`,
      at,
    );
  }
  if (name === MAIN_PORT) {
    throw new ServingError(
      'ConflictingProps',
      `'${prop}.name' ('${name}') is the name of the port that serves requests; use another name`,
      at,
    );
  }
  return { name, port: requireNumber(`${prop}.port`, port, { min: 1, max: 65_535, integer: true, at }) };
}
