import { planFetches } from '../../src/plan/models';
/** Every time field of our CloudFormation resources, and its origin. */
import { anything, constant, defined, hop, isScaled, never, type Row, type Scope } from './rows';

const ELB = 'AWS::ElasticLoadBalancingV2';
const ECS = 'AWS::ECS';
const SCALING = 'AWS::ApplicationAutoScaling';

export const CLOUDFORMATION_ROWS: readonly Row[] = [
  {
    field: `${ELB}::LoadBalancer.LoadBalancerAttribute.idle_timeout.timeout_seconds`,
    of: 'platform',
    origin: hop('balancer idle'),
  },
  {
    field: `${ELB}::TargetGroup.TargetGroupAttribute.deregistration_delay.timeout_seconds`,
    of: 'backend',
    origin: hop('deregistration delay'),
  },
  { field: `${ECS}::Service.HealthCheckGracePeriodSeconds`, of: 'backend', origin: hop('start-up') },
  {
    field: `${ECS}::TaskDefinition.ContainerDefinition.StopTimeout`,
    of: 'backend',
    origin: hop('stop timeout'),
  },
  {
    field: `${ECS}::TaskDefinition.ContainerDefinition.StartTimeout`,
    of: 'backend',
    origin: {
      kind: 'hop',
      what: 'model fetch, of one model',
      seconds: ({ backend }) => planFetches(backend?.models ?? []).fetches.map(({ seconds }) => seconds),
    },
    when: ({ backend }) => backend === undefined || planFetches(backend.models).fetches.length > 0,
  },
  {
    field: `${ELB}::TargetGroup.HealthCheckIntervalSeconds`,
    of: 'backend',
    origin: defined('interval of the health check', ({ health }) => health.intervalSeconds),
  },
  {
    field: `${ELB}::TargetGroup.HealthCheckTimeoutSeconds`,
    of: 'backend',
    origin: defined('timeout of the health check', ({ health }) => health.timeoutSeconds),
  },
  {
    field: `${ECS}::TaskDefinition.HealthCheck.Interval`,
    of: 'backend',
    origin: defined('interval of the liveness check', ({ health }) => health.liveness?.intervalSeconds),
    when: isCheckedInside,
  },
  {
    field: `${ECS}::TaskDefinition.HealthCheck.Timeout`,
    of: 'backend',
    origin: defined('timeout of the liveness check, and a second for the interpreter', ({ health }) =>
      health.liveness === undefined ? undefined : health.liveness.timeoutSeconds + 1,
    ),
    when: isCheckedInside,
  },
  {
    field: `${ECS}::TaskDefinition.HealthCheck.StartPeriod`,
    of: 'backend',
    origin: constant(300, 'the longest start period; the grace period of the service covers the load time'),
    when: isCheckedInside,
  },
  {
    field: `${SCALING}::ScalingPolicy.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown`,
    of: 'backend',
    origin: defined('scale-down delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleDownSeconds),
    when: isScaled,
  },
  {
    field: `${SCALING}::ScalingPolicy.TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown`,
    of: 'backend',
    origin: defined('scale-up delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleUpSeconds),
    when: isScaled,
  },

  ...anything('not a time, despite its name', [`${ECS}::CapacityProvider.AutoScalingGroupProvider.ManagedDraining`]),
  ...anything('log retention does not affect requests', ['AWS::Logs::LogGroup.RetentionInDays']),

  ...never('the balancer announces the close of a client connection, so its default of an hour is safe', [
    `${ELB}::LoadBalancer.LoadBalancerAttribute.client_keep_alive.seconds`,
  ]),
  ...never('only for TCP listeners', [`${ELB}::Listener.ListenerAttribute.tcp.idle_timeout.seconds`]),
  ...never('a response header that only the application can set', [
    `${ELB}::Listener.ListenerAttribute.routing.http.response.access_control_max_age.header_value`,
  ]),
  ...never('our rules have no authentication actions', [
    ...['AuthenticateCognitoConfig', 'AuthenticateOidcConfig'].flatMap((type) => [
      `${ELB}::Listener.${type}.SessionTimeout`,
      `${ELB}::ListenerRule.${type}.SessionTimeout`,
    ]),
  ]),
  {
    field: `${ELB}::ListenerRule.TargetGroupStickinessConfig.DurationSeconds`,
    of: 'endpoint',
    origin: {
      kind: 'definition',
      what: 'stickySession of the split',
      seconds: ({ endpoint }) => endpoint?.routes.flatMap(({ stickySeconds = [] }) => stickySeconds) ?? [],
    },
    when: ({ endpoint }) => endpoint?.routes.some(({ stickySeconds }) => stickySeconds !== undefined) ?? false,
  },
  {
    field: `${ELB}::TargetGroup.TargetGroupAttribute.stickiness.lb_cookie.duration_seconds`,
    of: 'backend',
    origin: defined('stickySession of the backend', ({ intent }) => intent.stickySeconds),
    when: ({ backend }) => backend?.intent.stickySeconds !== undefined,
  },
  ...never('the default action forwards no requests, and cookies of the application are not read', [
    `${ELB}::Listener.TargetGroupStickinessConfig.DurationSeconds`,
    `${ELB}::TargetGroup.TargetGroupAttribute.stickiness.app_cookie.duration_seconds`,
  ]),
  ...never('a new replica is ready when its health check succeeds', [
    `${ELB}::TargetGroup.TargetGroupAttribute.slow_start.duration_seconds`,
  ]),
  ...never('it would cut off requests that the deregistration delay waits for', [
    `${ELB}::TargetGroup.TargetGroupAttribute.deregistration_delay.connection_termination.enabled`,
  ]),
  ...never('only for network load balancers', [
    `${ELB}::TargetGroup.TargetGroupAttribute.target_health_state.unhealthy.draining_interval_seconds`,
  ]),
  ...never('ECS replaces a task whose container ends', [`${ECS}::TaskDefinition.RestartPolicy.RestartAttemptPeriod`]),
  ...never('a proxy in the task would be another hop', [
    `${ECS}::Service.TimeoutConfiguration.IdleTimeoutSeconds`,
    `${ECS}::Service.TimeoutConfiguration.PerRequestTimeoutSeconds`,
  ]),
  ...never('replicas are replaced as they become ready, not on a schedule', [
    `${ECS}::Service.DeploymentConfiguration.BakeTimeInMinutes`,
    `${ECS}::Service.CanaryConfiguration.CanaryBakeTimeInMinutes`,
    `${ECS}::Service.LinearConfiguration.StepBakeTimeInMinutes`,
    `${ECS}::Service.HookTimeoutConfig.TimeoutInMinutes`,
  ]),
  ...never('metrics have their default resolution', [`${ECS}::Service.MetricConfiguration.ResolutionSeconds`]),
  ...never('ECS starts and drains instances itself, with its own times', [
    `${ECS}::CapacityProvider.ManagedScaling.InstanceWarmupPeriod`,
    'AWS::AutoScaling::AutoScalingGroup.Cooldown',
    'AWS::AutoScaling::AutoScalingGroup.DefaultInstanceWarmup',
    'AWS::AutoScaling::AutoScalingGroup.HealthCheckGracePeriod',
    'AWS::AutoScaling::AutoScalingGroup.LifecycleHookSpecification.HeartbeatTimeout',
  ]),
  ...never('an instance that ends on a schedule would drop its requests', [
    'AWS::AutoScaling::AutoScalingGroup.MaxInstanceLifetime',
    'AWS::EC2::LaunchTemplate.SpotOptions.BlockDurationMinutes',
  ]),
  ...never('the balancer closes idle connections long before the network drops them', [
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.TcpEstablishedTimeout',
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.UdpStreamTimeout',
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.UdpTimeout',
  ]),
  ...never('egress is not part of a request', ['AWS::EC2::NatGateway.MaxDrainDurationSeconds']),
  ...never('sessions of roles are renewed by the platform', ['AWS::IAM::Role.MaxSessionDuration']),
  ...never('target tracking is the only scaling policy', [
    `${SCALING}::ScalableTarget.ScheduledAction.Schedule`,
    `${SCALING}::ScalingPolicy.PredictiveScalingPolicyConfiguration.SchedulingBufferTime`,
    `${SCALING}::ScalingPolicy.StepScalingPolicyConfiguration.Cooldown`,
    `${SCALING}::ScalingPolicy.StepAdjustment.MetricIntervalLowerBound`,
    `${SCALING}::ScalingPolicy.StepAdjustment.MetricIntervalUpperBound`,
  ]),
];

/** Whether the interpreter in the image sends a liveness check. */
function isCheckedInside({ backend }: Scope): boolean {
  if (backend === undefined) return true;
  return backend.health.liveness !== undefined && backend.intent.server.descriptor.interpreter !== undefined;
}
