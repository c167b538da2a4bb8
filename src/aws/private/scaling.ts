import { Duration, Names } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { AutoscalingIntent, ScalingTargetIntent } from '../../plan/intents';
import type { BackendService } from './backend-service';
import type { Network } from './network';

/** Makes the service follow the load: a scalable target, and a policy for each thing that is followed. */
export function scaleService(intent: AutoscalingIntent, backend: BackendService, network: Network): void {
  const count = backend.service.autoScaleTaskCount({
    minCapacity: intent.minReplicas,
    maxCapacity: intent.maxReplicas,
  });
  for (const target of intent.targets) POLICIES[target.metric]?.(count, target, intent, backend, network);
}

type AddPolicy = (
  count: ecs.ScalableTaskCount,
  target: ScalingTargetIntent,
  intent: AutoscalingIntent,
  backend: BackendService,
  network: Network,
) => void;

const POLICIES: Record<string, AddPolicy> = {
  cpu: (count, target, intent) =>
    count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: target.value, ...cooldowns(intent) }),
  memory: (count, target, intent) =>
    count.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: target.value, ...cooldowns(intent) }),
  'requests per second': (count, target, intent, backend, network) =>
    addTargetTracking(count, 'RequestsPerSecond', intent, {
      // The metric counts the requests of a minute.
      targetValue: target.value * 60,
      predefinedMetricSpecification: {
        predefinedMetricType: 'ALBRequestCountPerTarget',
        resourceLabel: `${network.loadBalancerFullName}/${backend.targetGroupFullName}`,
      },
    }),
  'ongoing requests': (count, target, intent, backend, network) =>
    addTargetTracking(count, 'OngoingRequests', intent, {
      targetValue: target.value,
      customizedMetricSpecification: { metrics: ongoingRequests(backend, network) },
    }),
};

function cooldowns(intent: AutoscalingIntent): {
  readonly scaleInCooldown: Duration;
  readonly scaleOutCooldown: Duration;
} {
  return {
    scaleInCooldown: Duration.seconds(intent.scaleDownSeconds),
    scaleOutCooldown: Duration.seconds(intent.scaleUpSeconds),
  };
}

/** The L2 refuses metric math and needs a listener that the target group does not know, so these policies are L1. */
function addTargetTracking(
  count: ecs.ScalableTaskCount,
  id: string,
  intent: AutoscalingIntent,
  configuration: appscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
): void {
  const target = count.node.findChild('Target') as appscaling.ScalableTarget;
  new appscaling.CfnScalingPolicy(target, id, {
    policyName: `${Names.uniqueId(target)}${id}`.slice(-256),
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      ...configuration,
      scaleInCooldown: intent.scaleDownSeconds,
      scaleOutCooldown: intent.scaleUpSeconds,
    },
  });
}

/** Little's law: requests a second times seconds a request, over the replicas that share them. */
function ongoingRequests(
  backend: BackendService,
  network: Network,
): appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty[] {
  const metric = (
    id: string,
    metricName: string,
    stat: string,
  ): appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty => ({
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName,
        dimensions: [
          { name: 'LoadBalancer', value: network.loadBalancerFullName },
          { name: 'TargetGroup', value: backend.targetGroupFullName },
        ],
      },
    },
  });
  return [
    metric('requests', 'RequestCount', 'Sum'),
    metric('seconds', 'TargetResponseTime', 'Average'),
    metric('replicas', 'HealthyHostCount', 'Average'),
    // Without requests the balancer reports nothing, and without a value nothing is scaled in.
    {
      id: 'ongoing',
      expression: '(FILL(requests, 0) * FILL(seconds, 0) / 60) / replicas',
      label: 'ongoing requests of a replica',
      returnData: true,
    },
  ];
}
