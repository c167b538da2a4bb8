import type { IConstruct } from 'constructs';
import type { AdditionalPortIntent, SidecarIntent } from '../../plan/intents';
import type { ServerDescriptor } from '../../plan/server/descriptor';
import { requireNumber } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import type { AdditionalPort } from '../../workload/additional-port';

/** The name of the port that serves requests. */
const MAIN_PORT = 'http';

/** The name of a service in the IANA registry, which ports of containers have on Kubernetes: RFC 6335, section 5.1. */
const SERVICE_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Validates each of some named ports. */
export function requirePorts(ports: readonly AdditionalPort[], prop: string, at: IConstruct): AdditionalPortIntent[] {
  return ports.map((port, index) => requirePort(port, `${prop}[${index}]`, at));
}

function requirePort({ name, port }: AdditionalPort, prop: string, at: IConstruct): AdditionalPortIntent {
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

/** The ports of all containers of a replica. */
export interface ReplicaPorts {
  readonly port: number;
  readonly additionalPorts?: readonly AdditionalPortIntent[];
  readonly sidecars?: readonly SidecarIntent[];
  /** The server, which may listen on ports that the definition does not name. */
  readonly server: ServerDescriptor;
}

/** Refuses ports with one name or number: the containers of a replica share a network, and its Services have all ports. */
export function refuseSamePorts(replica: ReplicaPorts, at: IConstruct): void {
  const { port, additionalPorts = [], sidecars = [], server } = replica;
  const taken = new Map([[port, "'port' of the backend"]]);
  const names = new Set<string>();
  const add = (ports: readonly AdditionalPortIntent[], prop: string): void =>
    ports.forEach((one, index) => {
      const other = taken.get(one.port);
      if (other !== undefined) {
        throw new ServingError(
          'ConflictingProps',
          `'${prop}[${index}].port' (${one.port}) is also ${other}; use another port, or remove the entry`,
          at,
        );
      }
      if (names.has(one.name)) {
        throw new ServingError(
          'ConflictingProps',
          `'${prop}[${index}].name' ('${one.name}') is the name of another port; use another name`,
          at,
        );
      }
      taken.set(one.port, `'port' of '${one.name}'`);
      names.add(one.name);
    });
  add(additionalPorts, 'additionalPorts');
  for (const other of [
    ...(server.otherPorts ?? []),
    ...(server.metrics?.port === undefined ? [] : [server.metrics.port]),
  ])
    taken.set(other, `a port of ${server.name}`);
  sidecars.forEach(({ ports }, index) => {
    add(ports, `sidecars[${index}].ports`);
  });
}
