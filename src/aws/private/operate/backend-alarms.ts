import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { BackendIntent } from '../../../plan/intents';
import type { BackendPlan } from '../../../plan/serving-plan';
import type { AlarmOptions } from '../../alarm-options';
import type { BackendService } from '../backend-service';
import { rolloutPercents } from '../rollout';
import { type AlarmRow, makeAlarms, minutesOf } from './alarms';
import type { Measures } from './measures';

const { SUM, MAXIMUM, percentile } = cloudwatch.Stats;
const { BREACHING, MISSING, NOT_BREACHING } = cloudwatch.TreatMissingData;
const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;

/** The default limits of alarms. */
const ERROR_PERCENT = 5;
const LATENCY_SHARE = 0.8;

/** Without a healthy task every request fails, so this alarm waits for two minutes only. */
const OUTAGE_MINUTES = 2;

/** The alarms that show what a deployment broke. They depend on nothing that depends on the service. */
const OF_DEPLOYMENTS = ['ServerErrors', 'FailedConnections'];

/** A backend with alarms, and what they derive from. */
export interface AlarmedBackend {
  readonly service: BackendService;
  readonly intent: BackendIntent;
  readonly plan: () => BackendPlan;
  readonly measures: Measures;
}

/** Creates the alarms of a backend, in its stack. */
export function addBackendAlarms(backend: AlarmedBackend, options: AlarmOptions): void {
  const { enabled = true, rollBackDeployments } = options;
  const alarms = enabled ? makeBackendAlarms(backend, options) : [];
  // Also rendered if it is off, because ECS may keep what a template no longer has.
  if (rollBackDeployments === undefined) return;
  const isOn = enabled && rollBackDeployments;
  const names = alarms.filter(({ node }) => OF_DEPLOYMENTS.includes(node.id)).map(({ alarmName }) => alarmName);
  backend.service.cfnService.addPropertyOverride('DeploymentConfiguration.Alarms', {
    AlarmNames: isOn ? names : [],
    Enable: isOn,
    Rollback: isOn,
  });
}

function makeBackendAlarms(backend: AlarmedBackend, options: AlarmOptions): cloudwatch.Alarm[] {
  const { service } = backend;
  const alarms = makeAlarms(service.scope, options, [...ofRequests(backend, options), ...ofTasks(backend)]);
  // Before the first task is healthy, missing data would be an outage.
  for (const alarm of alarms) if (alarm.node.id === 'NoHealthyTasks') alarm.node.addDependency(service.cfnService);
  return alarms;
}

function ofRequests({ service, intent, plan, measures }: AlarmedBackend, options: AlarmOptions): AlarmRow[] {
  const { errorPercent = ERROR_PERCENT, latency } = options;
  const name = `Backend '${intent.name}'`;
  const slow = () => latency?.toSeconds() ?? Number((LATENCY_SHARE * plan().times.requestTimeout).toPrecision(6));
  return [
    {
      id: 'ServerErrors',
      metric: measures.errorPercent(service, { label: '5xx responses of the server in percent' }),
      operator: GREATER_THAN_THRESHOLD,
      threshold: () => errorPercent,
      description: () =>
        `${name}: more than ${errorPercent} % of the responses of its server have a 5xx status. See its logs for exceptions and for rejected requests.`,
    },
    {
      id: 'SlowResponses',
      metric: measures.ofTargets(service, { metricName: 'TargetResponseTime', statistic: percentile(99) }),
      operator: GREATER_THAN_THRESHOLD,
      threshold: slow,
      description: () =>
        `${name}: 1 % of the responses take longer than ${slow()} s to start, and requests time out after ${plan().times.requestTimeout} s. The replicas are overloaded, or requests became larger.`,
    },
    {
      id: 'FailedConnections',
      metric: measures.ofTargets(service, { metricName: 'TargetConnectionErrorCount', statistic: SUM }),
      threshold: () => 1,
      description: () =>
        `${name}: the load balancer cannot connect to its tasks, and clients receive 502 or 504. The server stopped, or its queue of connections is full.`,
    },
  ];
}

function ofTasks({ service, intent, plan, measures }: AlarmedBackend): AlarmRow[] {
  const name = `Backend '${intent.name}'`;
  // A task that starts is not healthy either, so what lasts longer than a start is a fault.
  const start = () => {
    const { health, times } = plan();
    return minutesOf(times.startup + health.intervalSeconds * health.unhealthyThreshold);
  };
  const hasDowntime = () => rolloutPercents(intent.rollout, plan().minReplicas).min === 0;
  return [
    {
      id: 'UnhealthyTasks',
      metric: measures.ofTargets(service, { metricName: 'UnHealthyHostCount', statistic: MAXIMUM }),
      threshold: () => 1,
      minutes: start,
      description: () => `${name}: a task fails its health checks for longer than a start takes (${start()} minutes).`,
    },
    {
      id: 'NoHealthyTasks',
      metric: measures.ofTargets(service, { metricName: 'HealthyHostCount', statistic: MAXIMUM }),
      operator: LESS_THAN_THRESHOLD,
      threshold: () => 1,
      minutes: () => (hasDowntime() ? start() : OUTAGE_MINUTES),
      // There is no data without registered tasks.
      missing: () => (plan().minReplicas > 0 ? BREACHING : NOT_BREACHING),
      description: () => `${name}: no task is healthy, and clients receive 503, or responses of unhealthy tasks.`,
    },
    {
      id: 'MissingTasks',
      metric: measures.missingTasks(service, { label: 'desired tasks that do not run' }),
      threshold: () => 1,
      minutes: start,
      missing: () => MISSING,
      description: () =>
        `${name}: fewer tasks run than desired, for longer than a start takes (${start()} minutes). There is no capacity for them, or they stop after their start. See the events of the service. This alarm requires Container Insights.`,
    },
  ];
}
