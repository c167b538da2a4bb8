import type { IConstruct } from 'constructs';
import { ServerProtocol } from '../../plan/choices';
import type { AdditionalPortIntent, BackendIntent } from '../../plan/intents';
import { namedPorts } from '../../plan/ports';
import { ServingError } from '../../private/errors';
import type { ContainerPort, ServicePort } from './manifests';

/** The name of the container port that serves requests. */
export const PORT_NAME = 'http';

/** The port of a backend's Service. */
export const SERVICE_PORT = 80;

/** The name of HTTP/2 without TLS: https://kep.k8s.io/3726. */
const HTTP2_WITHOUT_TLS = 'kubernetes.io/h2c';

/** The ports of the server container: first the one that serves requests. */
export function containerPorts({ port, additionalPorts = [] }: BackendIntent): ContainerPort[] {
  return namedContainerPorts([{ name: PORT_NAME, port }, ...additionalPorts]);
}

/** These ports of a container. */
export function namedContainerPorts(ports: readonly AdditionalPortIntent[]): ContainerPort[] {
  return ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' }));
}

/** The ports of a backend's Services. Only the first has another number than its container port. */
export function servicePorts(intent: BackendIntent): ServicePort[] {
  const appProtocol = intent.protocol === ServerProtocol.HTTP1 ? undefined : HTTP2_WITHOUT_TLS;
  return [{ name: PORT_NAME, port: SERVICE_PORT, appProtocol }, ...namedPorts(intent)].map((one) => ({
    name: one.name,
    port: one.port,
    targetPort: one.name,
    protocol: 'TCP',
    ...('appProtocol' in one && { appProtocol: one.appProtocol }),
  }));
}

/** Refuses a second port with the number of the first one of a Service. */
export function checkServicePorts(intent: BackendIntent, at: IConstruct): void {
  const taken = namedPorts(intent).find(({ port }) => port === SERVICE_PORT);
  if (taken === undefined) return;
  throw new ServingError(
    'Unsupported',
    `port ${SERVICE_PORT} ('${taken.name}') of backend '${intent.name}' is not supported on Kubernetes, because the Services of a backend serve requests on it; let the server listen on another port`,
    at,
  );
}
