import type { BackendPlan } from '../../plan/serving-plan';
import type { Probe } from './manifests';

/** The name of the container port. */
export const PORT_NAME = 'http';

const STARTUP_PERIOD_SECONDS = 10;

type Handler = Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec'>;

/** The probes of a server. */
export interface Probes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/** The probes of a backend: readiness waits for the start-up probe, whose budget is the time to load the model. */
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
    // Only whether the process listens: under load a request waits behind others, and a restart makes that worse.
    livenessProbe: { tcpSocket: { port: PORT_NAME }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 },
  };
}

/** The kubelet counts 405 as a failure, so a backend without a declared check is asked in another way. */
function readinessOf(plan: BackendPlan): Handler {
  const { healthCheck, server, port } = plan.intent;
  if (healthCheck.declared) return { httpGet: { path: healthCheck.path, port: PORT_NAME } };
  const { interpreter, listensWhenReady } = server.descriptor;
  if (listensWhenReady || interpreter === undefined) return { tcpSocket: { port: PORT_NAME } };
  return { exec: { command: [interpreter, ...askedByPython(port, healthCheck.path, healthCheck.timeoutSeconds - 1)] } };
}

/** Isolated (`-I`), because modules beside the application must not stand in for those of the interpreter. */
function askedByPython(port: number, path: string, timeoutSeconds: number): string[] {
  const ask = `c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=${timeoutSeconds}); c.request('GET', '${path}')`;
  return ['-I', '-c', `import http.client, sys; ${ask}; sys.exit(c.getresponse().status >= 500)`];
}
