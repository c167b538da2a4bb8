import { ServerProtocol } from '../../plan/choices';
import type { BackendPlan } from '../../plan/serving-plan';
import { type HttpQuestion, INTERPRETER_SECONDS, pythonCheck } from '../../workload/private/python-check';
import { smokeConfigOf, smokeSeconds } from '../../workload/private/smoke-config';
import { smokeProbe } from '../../workload/private/smoke-scripts';
import { literal } from './environment';
import type { Probe } from './manifests';
import { PORT_NAME } from './ports';
import { KUBELET_STATUSES } from './workload-capabilities';

const STARTUP_PERIOD_SECONDS = 10;

type Handler = Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>;

/** The probes of a server. */
export interface Probes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/** The probes of a backend. Readiness and liveness begin when the startup probe succeeds. */
export function probesOf(plan: BackendPlan): Probes {
  const { health } = plan;
  const handler = readinessOf(plan);
  return {
    startupProbe: startupOf(plan, handler),
    readinessProbe: {
      ...handler,
      periodSeconds: health.intervalSeconds,
      timeoutSeconds: timeoutOf(handler, health),
      successThreshold: health.healthyThreshold,
      failureThreshold: health.unhealthyThreshold,
    },
    livenessProbe: livenessOf(plan),
  };
}

/** The startup probe allows for the time to load the model, of which the initial delay is a part. */
function startupOf(plan: BackendPlan, readiness: Handler): Probe {
  const { health, times } = plan;
  const { startup, initialDelaySeconds } = health;
  const { intervalSeconds = STARTUP_PERIOD_SECONDS } = startup ?? {};
  const smoke = smokeOf(plan);
  const handler = smoke ?? (startup === undefined ? readiness : handlerOf(plan, { ...health, ...startup }));
  const timeoutSeconds = smoke?.timeoutSeconds ?? timeoutOf(handler, startup ?? health);
  // Attempts follow each other, so those of a slow smoke test are fewer.
  const periodSeconds = smoke === undefined ? intervalSeconds : Math.max(intervalSeconds, timeoutSeconds);
  return {
    ...handler,
    initialDelaySeconds,
    periodSeconds,
    timeoutSeconds,
    failureThreshold: Math.max(1, Math.ceil((times.load - (initialDelaySeconds ?? 0)) / periodSeconds)),
  };
}

/** The smoke test follows the start-up check in the same probe, so that it is sent to a server that has started. */
function smokeOf(plan: BackendPlan): (Handler & Pick<Probe, 'timeoutSeconds'>) | undefined {
  const { smokeTest, server } = plan.intent;
  if (smokeTest === undefined) return undefined;
  const words = [server.descriptor.interpreter as string, ...smokeProbe(smokeConfigOf(plan, smokeTest))];
  return {
    exec: { command: words.map(literal) },
    timeoutSeconds: smokeSeconds(plan, smokeTest) + INTERPRETER_SECONDS,
  };
}

/**
 * Unless a path is declared, liveness checks only that the process listens: an HTTP request could time out under load, and a
 * restart adds to it.
 */
function livenessOf(plan: BackendPlan): Probe {
  const { health } = plan;
  if (health.liveness === undefined)
    return { tcpSocket: { port: PORT_NAME }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 };
  const { intervalSeconds, unhealthyThreshold } = health.liveness;
  const handler = handlerOf(plan, { ...health, ...health.liveness });
  return {
    ...handler,
    periodSeconds: intervalSeconds,
    timeoutSeconds: timeoutOf(handler, health.liveness),
    failureThreshold: unhealthyThreshold,
  };
}

/** The kubelet treats 405 as a failure, so without a declared check readiness does not use `httpGet`. */
function readinessOf(plan: BackendPlan): Handler {
  const { server, port, protocol } = plan.intent;
  const { grpcService, declared } = plan.health;
  // The kubelet accepts no port name there.
  if (grpcService !== undefined) return { grpc: { port, service: grpcService === '' ? undefined : grpcService } };
  const { interpreter, listensWhenReady } = server.descriptor;
  const needsPort = protocol === ServerProtocol.GRPC || listensWhenReady || interpreter === undefined;
  return !declared && needsPort ? { tcpSocket: { port: PORT_NAME } } : handlerOf(plan, plan.health);
}

/** An HTTP request, which for status codes that the kubelet does not check for is sent by the interpreter. */
function handlerOf({ intent }: BackendPlan, question: HttpQuestion): Handler {
  const { interpreter } = intent.server.descriptor;
  return question.statuses === KUBELET_STATUSES || interpreter === undefined
    ? { httpGet: httpGet(question) }
    : { exec: { command: questionOf(interpreter, intent.port, question) } };
}

function httpGet({ path, host }: HttpQuestion): Probe['httpGet'] {
  return { path, port: PORT_NAME, httpHeaders: host === undefined ? undefined : [{ name: 'Host', value: host }] };
}

/** The kubelet replaces references such as `$(NAME)` in these words, as in the command of a container. */
function questionOf(interpreter: string, port: number, question: HttpQuestion): string[] {
  return [interpreter, ...pythonCheck(port, question)].map(literal);
}

/** A probe may take as long as its request, and for a process in the container as long as its interpreter needs in addition. */
function timeoutOf({ exec }: Handler, { timeoutSeconds }: Pick<HttpQuestion, 'timeoutSeconds'>): number {
  return exec === undefined ? timeoutSeconds : timeoutSeconds + INTERPRETER_SECONDS;
}
