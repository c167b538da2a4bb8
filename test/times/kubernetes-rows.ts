/** Every field of our Kubernetes objects that bears a time, and where its value comes from. */
import { EXIT_SECONDS, MARGIN_SECONDS } from '../../src/plan/rules';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { constant, hop, isScaled, never, planned, type Row, type Scope, said } from './rows';

/** The longest that the router works on a request: its time, its time in a queue, and the margin. */
export function longestInRouter({ plan }: Scope): number {
  const longest = plan.endpoints.map(({ intent }) => Math.max(intent.requestTimeoutSeconds, intent.streamSeconds ?? 0));
  const queued = plan.backends.flatMap(({ intent, endpoints }) =>
    intent.maxConcurrency === undefined
      ? []
      : endpoints.map((path) => plan.endpoint(path).intent.requestTimeoutSeconds),
  );
  return Math.ceil(Math.max(...longest)) + Math.ceil(Math.max(0, ...queued)) + MARGIN_SECONDS;
}

/** How long a replica of the router serves on before it is told to stop: what knows it asks every few seconds. */
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
    origin: constant(10, 'how long a new replica proves itself before an old one goes; the old one serves meanwhile'),
  },
  {
    field: 'V2HPAScalingRules.stabilizationWindowSeconds',
    of: 'backend',
    at: 'scaleUp',
    origin: said('scale-up delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleUpSeconds),
    when: isScaled,
  },
  {
    field: 'V2HPAScalingRules.stabilizationWindowSeconds',
    of: 'backend',
    at: 'scaleDown',
    origin: said('scale-down delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleDownSeconds),
    when: isScaled,
  },
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'startupProbe',
    origin: constant(10, 'how often a loading server is asked; as often as it takes to reach the load time'),
  },
  ...['startupProbe', 'readinessProbe'].map(
    (at): Row => ({
      field: 'V1Probe.timeoutSeconds',
      of: 'backend',
      at,
      origin: said('timeout of the health check', ({ intent }) => intent.healthCheck.timeoutSeconds),
    }),
  ),
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'readinessProbe',
    origin: said('interval of the health check', ({ intent }) => intent.healthCheck.intervalSeconds),
  },
  {
    field: 'V1Probe.periodSeconds',
    of: 'backend',
    at: 'livenessProbe',
    origin: constant(30, 'only a server whose port is closed for minutes is restarted'),
  },
  {
    field: 'V1Probe.timeoutSeconds',
    of: 'backend',
    at: 'livenessProbe',
    origin: constant(5, 'a connection is opened at once or not at all'),
  },

  ...never('the server of the cluster writes it', ['V1ObjectMeta.deletionGracePeriodSeconds']),
  ...never('a server runs until it is replaced', ['V1PodSpec.activeDeadlineSeconds']),
  ...never('a second grace period beside that of the pod', ['V1Probe.terminationGracePeriodSeconds']),
  ...never('a replica stays on a node that fails as long as on any other', ['V1Toleration.tolerationSeconds']),
  ...never('servers get no token of the cluster', [
    'V1PodCertificateProjection.maxExpirationSeconds',
    'V1ServiceAccountTokenProjection.expirationSeconds',
  ]),
  ...never('requests take turns, so no client sticks to a replica', ['V1ClientIPConfig.timeoutSeconds']),
  ...never('the delays are windows; the speed is the standard', ['V2HPAScalingPolicy.periodSeconds']),
];

/** The fields of the pods of the router. */
export const ROUTER_POD_ROWS: readonly Row[] = [
  {
    field: 'V1PodSpec.terminationGracePeriodSeconds',
    of: 'platform',
    origin: planned(
      'the longest request of the router, its wait before the signal and its exit',
      (scope) => ROUTER_PRE_STOP_SECONDS + longestInRouter(scope) + EXIT_SECONDS,
    ),
  },
  {
    field: 'V1SleepAction.seconds',
    of: 'platform',
    origin: constant(
      ROUTER_PRE_STOP_SECONDS,
      'until kube-proxy everywhere has learned that a replica of the router leaves',
    ),
  },
  {
    field: 'V1Probe.initialDelaySeconds',
    of: 'platform',
    at: 'readinessProbe',
    origin: constant(5, 'two rounds of questions to the DNS of the cluster, so that a new router knows its servers'),
  },
  ...CHECKED.flatMap((at): Row[] => {
    const [period, timeout] = at === 'readinessProbe' ? [5, 2] : [10, 5];
    const why = 'the router answers for itself at once, whatever its servers do';
    const row = { of: 'platform', at } as const;
    return [
      { ...row, field: 'V1Probe.periodSeconds', origin: constant(period, why) },
      { ...row, field: 'V1Probe.timeoutSeconds', origin: constant(timeout, why) },
    ];
  }),
];

/** What stands in texts. */
export const TEXT_ROWS: readonly Row[] = [
  ...(['startupProbe', 'readinessProbe'] as const).map(
    (at): Row => ({
      field: 'timeout in a text',
      of: 'backend',
      at,
      origin: said(
        'timeout of the health check, less a second for the interpreter',
        ({ intent }) => intent.healthCheck.timeoutSeconds - 1,
      ),
      when: ({ backend }) => isAskedByScript(backend as BackendPlan),
    }),
  ),
];

/** Whether a script in the container asks the server: it listens before it is ready, and nobody says a path. */
function isAskedByScript({ intent }: BackendPlan): boolean {
  const { interpreter, listensWhenReady } = intent.server.descriptor;
  return !intent.healthCheck.declared && !listensWhenReady && interpreter !== undefined;
}
