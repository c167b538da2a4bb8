import { ServerProtocol } from '../../plan/choices';
import type { BackendPlan } from '../../plan/serving-plan';
import type { Probe } from './manifests';

/** The name of the container port. */
export const PORT_NAME = 'http';

const STARTUP_PERIOD_SECONDS = 10;

type Handler = Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>;

/** The probes of a server. */
export interface Probes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/** The probes of a backend. The startup probe allows for the time to load the model; the others start after it. */
export function probesOf(plan: BackendPlan): Probes {
  const { healthCheck } = plan.intent;
  const handler = readinessOf(plan);
  return {
    startupProbe: {
      ...handler,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds: healthCheck.timeoutSeconds,
      failureThreshold: Math.max(1, Math.ceil(plan.times.load / STARTUP_PERIOD_SECONDS)),
    },
    readinessProbe: {
      ...handler,
      periodSeconds: healthCheck.intervalSeconds,
      timeoutSeconds: healthCheck.timeoutSeconds,
      successThreshold: healthCheck.healthyThreshold,
      failureThreshold: healthCheck.unhealthyThreshold,
    },
    // Liveness checks only that the process listens: an HTTP request could time out under load, and a restart adds to it.
    livenessProbe: { tcpSocket: { port: PORT_NAME }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 },
  };
}

/** The kubelet treats 405 as a failure, so without a declared check readiness does not use `httpGet`. */
function readinessOf(plan: BackendPlan): Handler {
  const { healthCheck, server, port, protocol } = plan.intent;
  const { grpcService } = healthCheck;
  // The kubelet accepts no port name there.
  if (grpcService !== undefined) return { grpc: { port, service: grpcService === '' ? undefined : grpcService } };
  if (protocol === ServerProtocol.GRPC) return { tcpSocket: { port: PORT_NAME } };
  if (healthCheck.declared) return { httpGet: { path: healthCheck.path, port: PORT_NAME } };
  const { interpreter, listensWhenReady } = server.descriptor;
  if (listensWhenReady || interpreter === undefined) return { tcpSocket: { port: PORT_NAME } };
  return { exec: { command: [interpreter, ...pythonRequest(port, healthCheck.path, healthCheck.timeoutSeconds - 1)] } };
}

/** Isolated (`-I`), so that modules of the application cannot shadow those of the standard library. */
function pythonRequest(port: number, path: string, timeoutSeconds: number): string[] {
  const request = `c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=${timeoutSeconds}); c.request('GET', '${path}')`;
  return ['-I', '-c', `import http.client, sys; ${request}; sys.exit(c.getresponse().status >= 500)`];
}
