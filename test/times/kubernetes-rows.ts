/** Every time field of our Kubernetes objects, and its origin. */
import { EXIT_SECONDS, MARGIN_SECONDS } from '../../src/plan/rules';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { constant, defined, hop, isScaled, never, planned, type Row, type Scope } from './rows';

/** The longest time of a request in the router: its timeout, its time in the queue, and the margin. */
export function longestInRouter({ plan }: Scope): number {
  const longest = plan.endpoints.map(({ intent }) => Math.max(intent.requestTimeoutSeconds, intent.streamSeconds ?? 0));
  const queued = plan.backends.flatMap(({ intent, endpoints }) =>
    intent.maxConcurrency === undefined
      ? []
      : endpoints.map((path) => plan.endpoint(path).intent.requestTimeoutSeconds),
  );
  return Math.ceil(Math.max(...longest)) + Math.ceil(Math.max(0, ...queued)) + MARGIN_SECONDS;
}

/** The preStop delay of a router replica, because its clients update their endpoints every few seconds. */
const ROUTER_PRE_STOP_SECONDS = 5;

const CHECKED = ['livenessProbe', 'readinessProbe'] as const;

/** The fields of every target on Kubernetes. */
export const KUBERNETES_ROWS: readonly Row[] = [
  { field: 'V1PodSpec.terminationGracePeriodSeconds', of: 'backend', origin: hop('grace period') },
  { field: 'V1SleepAction.seconds', of: 'backend', origin: hop('wait before the signal') },
  {
    field: 'V1DeploymentSpec.progressDeadlineSeconds',
    of: 'backend',
    origin: planned('start-up, and the margin', ({ backend }) => backend?.times.progress as number),
  },
  {
    field: 'V1DeploymentSpec.minReadySeconds',
    of: 'backend',
    origin: constant(
      10,
      'how long a new replica must be ready before an old one is removed; the old one serves meanwhile',
    ),
  },
  {
    field: 'V2HPAScalingRules.stabilizationWindowSeconds',
    of: 'backend',
    at: 'scaleUp',
    origin: defined('scale-up delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleUpSeconds),
    when: isScaled,
  },
  {
    field: 'V2HPAScalingRules.stabilizationWindowSeconds',
    of: 'backend',
    at: 'scaleDown',
    origin: defined('scale-down delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleDownSeconds),
    when: isScaled,
  },
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'startupProbe',
    origin: defined(
      'interval of the startup check, or 10 s while a server loads; the failure threshold covers the load time',
      ({ health }) => health.startup?.intervalSeconds ?? 10,
    ),
  },
  {
    field: 'V1Probe.initialDelaySeconds',
    of: 'backend',
    at: 'startupProbe',
    origin: defined('initial delay of the health check', ({ health }) => health.initialDelaySeconds),
    when: ({ backend }) => backend?.health.initialDelaySeconds !== undefined,
  },
  ...(['startupProbe', 'readinessProbe'] as const).map(
    (at): Row => ({
      field: 'V1Probe.timeoutSeconds',
      of: 'backend',
      at,
      origin: defined('timeout of the check, and a second for the interpreter', (backend) => {
        const { timeoutSeconds } = (at === 'startupProbe' ? backend.health.startup : undefined) ?? backend.health;
        return timeoutSeconds + (isProbedByScript(backend) ? 1 : 0);
      }),
    }),
  ),
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'readinessProbe',
    origin: defined('interval of the health check', ({ health }) => health.intervalSeconds),
  },
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'livenessProbe',
    origin: defined(
      'interval of the liveness check; by default, only a server whose port is closed for minutes is restarted',
      ({ health }) => health.liveness?.intervalSeconds ?? 30,
    ),
  },
  {
    field: 'V1Probe.timeoutSeconds',
    of: 'backend',
    at: 'livenessProbe',
    origin: defined(
      'timeout of the liveness check; by default, a connection is opened immediately or not at all',
      ({ health }) => health.liveness?.timeoutSeconds ?? 5,
    ),
  },

  ...never('set by the API server', ['V1ObjectMeta.deletionGracePeriodSeconds']),
  ...never('a server runs until it is replaced', ['V1PodSpec.activeDeadlineSeconds']),
  ...never('a second grace period in addition to that of the pod', ['V1Probe.terminationGracePeriodSeconds']),
  ...never('the default toleration of failed nodes applies', ['V1Toleration.tolerationSeconds']),
  ...never('servers get no service account token', [
    'V1PodCertificateProjection.maxExpirationSeconds',
    'V1ServiceAccountTokenProjection.expirationSeconds',
  ]),
  ...never('requests are distributed round robin, without session affinity', ['V1ClientIPConfig.timeoutSeconds']),
  ...never('the delays are stabilization windows; the rate is the default', ['V2HPAScalingPolicy.periodSeconds']),
];

/** The fields of the pods of the router. */
export const ROUTER_POD_ROWS: readonly Row[] = [
  {
    field: 'V1PodSpec.terminationGracePeriodSeconds',
    of: 'platform',
    origin: planned(
      'the longest request of the router, its wait before SIGTERM and its exit',
      (scope) => ROUTER_PRE_STOP_SECONDS + longestInRouter(scope) + EXIT_SECONDS,
    ),
  },
  {
    field: 'V1SleepAction.seconds',
    of: 'platform',
    origin: constant(
      ROUTER_PRE_STOP_SECONDS,
      'until kube-proxy on every node has removed the stopping replica of the router',
    ),
  },
  {
    field: 'V1Probe.initialDelaySeconds',
    of: 'platform',
    at: 'readinessProbe',
    origin: constant(5, 'two rounds of DNS queries, so that a new router has the addresses of its servers'),
  },
  ...CHECKED.flatMap((at): Row[] => {
    const [period, timeout] = at === 'readinessProbe' ? [5, 2] : [10, 5];
    const why = 'the router responds immediately, regardless of its servers';
    const row = { of: 'platform', at } as const;
    return [
      { ...row, field: 'V1Probe.periodSeconds', origin: constant(period, why) },
      { ...row, field: 'V1Probe.timeoutSeconds', origin: constant(timeout, why) },
    ];
  }),
];

/** Times in texts. */
export const TEXT_ROWS: readonly Row[] = [
  ...(['startupProbe', 'readinessProbe'] as const).map(
    (at): Row => ({
      field: 'timeout in a text',
      of: 'backend',
      at,
      origin: defined('timeout of the health check', ({ health }) => health.timeoutSeconds),
      when: ({ backend }) => isProbedByScript(backend as BackendPlan),
    }),
  ),
];

/**
 * Whether a script in the container probes the server: it listens before it is ready, and no path is declared, or the kubelet
 * cannot check for the status codes.
 */
function isProbedByScript({ intent, health }: BackendPlan): boolean {
  const { interpreter, listensWhenReady } = intent.server.descriptor;
  if (interpreter === undefined) return false;
  return health.declared ? health.statuses !== '200-399' : !listensWhenReady;
}
