import { type Findings, isObject, list, object, objects } from '../data';
import { portName, portNumber } from './syntax';

/** What the handlers of a container can reference. */
export interface HandlerContext {
  readonly portNames: readonly string[];
  readonly grace: number;
  readonly os: unknown;
}

const ACTIONS: { readonly [owner: string]: readonly string[] } = {
  probe: ['exec', 'grpc', 'httpGet', 'tcpSocket'],
  lifecycle: ['exec', 'httpGet', 'sleep', 'tcpSocket'],
};

function checkPort(findings: Findings, path: string, port: unknown, context: HandlerContext): void {
  if (typeof port !== 'string') {
    const problem = portNumber(port);
    if (problem !== undefined) findings.add(path, problem);
    return;
  }
  const problem = portName(port);
  if (problem !== undefined) findings.add(path, problem);
  else findings.expect(context.portNames.includes(port), path, `the container has no port "${port}"`);
}

function checkAction(
  findings: Findings,
  path: string,
  owner: object,
  of: 'probe' | 'lifecycle',
  context: HandlerContext,
): void {
  const handler = object(owner);
  const actions = (ACTIONS[of] ?? []).filter((name) => name in handler);
  findings.expect(
    actions.length === 1,
    path,
    `needs exactly one of ${ACTIONS[of]?.join(', ')}, has ${actions.join(', ') || 'none'}`,
  );
  if ('exec' in handler) {
    findings.expect(list(object(handler.exec).command).length > 0, `${path}.exec.command`, 'required');
  }
  for (const name of ['httpGet', 'tcpSocket']) {
    if (name in handler) checkPort(findings, `${path}.${name}.port`, object(handler[name]).port, context);
  }
  if ('grpc' in handler) {
    const problem = portNumber(object(handler.grpc).port);
    if (problem !== undefined) findings.add(`${path}.grpc.port`, problem);
  }
  if ('httpGet' in handler) checkHttpGet(findings, `${path}.httpGet`, object(handler.httpGet));
}

function checkHttpGet(findings: Findings, path: string, get: object): void {
  const { path: url, httpHeaders } = object(get);
  if (url !== undefined)
    findings.expect(String(url).startsWith('/'), `${path}.path`, `"${url}" does not start with a slash`);
  for (const [i, { name }] of objects(httpHeaders).entries()) {
    findings.expect(
      /^[-A-Za-z0-9!#$%&'*+.^_`|~]+$/.test(String(name)),
      `${path}.httpHeaders[${i}].name`,
      `"${name}" is not a header name`,
    );
  }
}

const PROBE_MINIMA: { readonly [field: string]: number } = {
  initialDelaySeconds: 0,
  periodSeconds: 1,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 1,
  terminationGracePeriodSeconds: 1,
};

export function checkProbe(
  findings: Findings,
  path: string,
  probe: unknown,
  kind: string,
  context: HandlerContext,
): void {
  if (!isObject(probe)) return;
  checkAction(findings, path, probe, 'probe', context);
  for (const [field, least] of Object.entries(PROBE_MINIMA)) {
    const value = probe[field];
    if (typeof value === 'number')
      findings.expect(value >= least, `${path}.${field}`, `${value} is less than ${least}`);
  }
  if (kind !== 'readinessProbe' && probe.successThreshold !== undefined) {
    findings.expect(probe.successThreshold === 1, `${path}.successThreshold`, `must be 1 in a ${kind}`);
  }
  if (kind === 'readinessProbe') {
    findings.expect(
      !('terminationGracePeriodSeconds' in probe),
      `${path}.terminationGracePeriodSeconds`,
      'not allowed in a readinessProbe',
    );
  }
}

export function checkLifecycle(findings: Findings, path: string, lifecycle: unknown, context: HandlerContext): void {
  if (!isObject(lifecycle)) return;
  for (const hook of ['postStart', 'preStop']) {
    const handler = lifecycle[hook];
    if (!isObject(handler)) continue;
    checkAction(findings, `${path}.${hook}`, handler, 'lifecycle', context);
    const seconds = object(handler.sleep).seconds;
    if (typeof seconds !== 'number') continue;
    const at = `${path}.${hook}.sleep.seconds`;
    findings.expect(seconds >= 0, at, `${seconds} is negative`);
    findings.expect(seconds < context.grace, at, `${seconds} uses up the grace period of ${context.grace}`);
  }
  if (lifecycle.stopSignal !== undefined) {
    findings.expect(context.os !== undefined, `${path}.stopSignal`, 'needs spec.os.name in the pod');
    findings.expect(
      /^SIG[A-Z0-9+-]+$/.test(String(lifecycle.stopSignal)),
      `${path}.stopSignal`,
      `"${lifecycle.stopSignal}" is not a signal`,
    );
  }
}
