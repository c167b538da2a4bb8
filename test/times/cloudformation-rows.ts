import { planFetches } from '../../src/plan/models';
/** Every field of our CloudFormation resources that bears a time, and where its value comes from. */
import { anything, hop, isScaled, never, type Row, said } from './rows';

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
    origin: said('interval of the health check', ({ intent }) => intent.healthCheck.intervalSeconds),
  },
  {
    field: `${ELB}::TargetGroup.HealthCheckTimeoutSeconds`,
    of: 'backend',
    origin: said('timeout of the health check', ({ intent }) => intent.healthCheck.timeoutSeconds),
  },
  {
    field: `${SCALING}::ScalingPolicy.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown`,
    of: 'backend',
    origin: said('scale-down delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleDownSeconds),
    when: isScaled,
  },
  {
    field: `${SCALING}::ScalingPolicy.TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown`,
    of: 'backend',
    origin: said('scale-up delay of the autoscaling', ({ autoscaling }) => autoscaling?.scaleUpSeconds),
    when: isScaled,
  },

  ...anything('a switch or a rate with a time in its name', [
    `${ECS}::CapacityProvider.AutoScalingGroupProvider.ManagedDraining`,
  ]),
  ...anything('logs are kept for the reader, and no request waits for them', ['AWS::Logs::LogGroup.RetentionInDays']),

  ...never('the balancer announces the end of a kept client connection, so its standard of an hour harms nobody', [
    `${ELB}::LoadBalancer.LoadBalancerAttribute.client_keep_alive.seconds`,
  ]),
  ...never('only for listeners of connections, and ours are of requests', [
    `${ELB}::Listener.ListenerAttribute.tcp.idle_timeout.seconds`,
  ]),
  ...never('a header of responses that only the application knows', [
    `${ELB}::Listener.ListenerAttribute.routing.http.response.access_control_max_age.header_value`,
  ]),
  ...never('nobody is logged in by our rules', [
    ...['AuthenticateCognitoConfig', 'AuthenticateOidcConfig'].flatMap((type) => [
      `${ELB}::Listener.${type}.SessionTimeout`,
      `${ELB}::ListenerRule.${type}.SessionTimeout`,
    ]),
  ]),
  ...never('shares are of requests, so no client sticks to a backend or a replica', [
    `${ELB}::Listener.TargetGroupStickinessConfig.DurationSeconds`,
    `${ELB}::ListenerRule.TargetGroupStickinessConfig.DurationSeconds`,
    `${ELB}::TargetGroup.TargetGroupAttribute.stickiness.app_cookie.duration_seconds`,
    `${ELB}::TargetGroup.TargetGroupAttribute.stickiness.lb_cookie.duration_seconds`,
  ]),
  ...never('a new replica is ready when its health check says so', [
    `${ELB}::TargetGroup.TargetGroupAttribute.slow_start.duration_seconds`,
  ]),
  ...never('it would cut requests that the deregistration delay waits for', [
    `${ELB}::TargetGroup.TargetGroupAttribute.deregistration_delay.connection_termination.enabled`,
  ]),
  ...never('only for balancers of connections', [
    `${ELB}::TargetGroup.TargetGroupAttribute.target_health_state.unhealthy.draining_interval_seconds`,
  ]),
  ...never('the balancer checks the health of a replica, and a second opinion would stop it in a drain', [
    `${ECS}::TaskDefinition.HealthCheck.Interval`,
    `${ECS}::TaskDefinition.HealthCheck.StartPeriod`,
    `${ECS}::TaskDefinition.HealthCheck.Timeout`,
  ]),
  ...never('ECS replaces a task whose container ends', [`${ECS}::TaskDefinition.RestartPolicy.RestartAttemptPeriod`]),
  ...never('a proxy beside the server would be one more hop', [
    `${ECS}::Service.TimeoutConfiguration.IdleTimeoutSeconds`,
    `${ECS}::Service.TimeoutConfiguration.PerRequestTimeoutSeconds`,
  ]),
  ...never('replicas are replaced as they become ready, not by the clock', [
    `${ECS}::Service.DeploymentConfiguration.BakeTimeInMinutes`,
    `${ECS}::Service.CanaryConfiguration.CanaryBakeTimeInMinutes`,
    `${ECS}::Service.LinearConfiguration.StepBakeTimeInMinutes`,
    `${ECS}::Service.HookTimeoutConfig.TimeoutInMinutes`,
  ]),
  ...never('metrics have their standard resolution', [`${ECS}::Service.MetricConfiguration.ResolutionSeconds`]),
  ...never('ECS starts and drains instances itself, with its own times', [
    `${ECS}::CapacityProvider.ManagedScaling.InstanceWarmupPeriod`,
    'AWS::AutoScaling::AutoScalingGroup.Cooldown',
    'AWS::AutoScaling::AutoScalingGroup.DefaultInstanceWarmup',
    'AWS::AutoScaling::AutoScalingGroup.HealthCheckGracePeriod',
    'AWS::AutoScaling::AutoScalingGroup.LifecycleHookSpecification.HeartbeatTimeout',
  ]),
  ...never('an instance that ends by the clock would take its requests with it', [
    'AWS::AutoScaling::AutoScalingGroup.MaxInstanceLifetime',
    'AWS::EC2::LaunchTemplate.SpotOptions.BlockDurationMinutes',
  ]),
  ...never('the balancer closes idle connections long before the network forgets them', [
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.TcpEstablishedTimeout',
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.UdpStreamTimeout',
    'AWS::EC2::LaunchTemplate.ConnectionTrackingSpecification.UdpTimeout',
  ]),
  ...never('the way out of the network is no way of a request', ['AWS::EC2::NatGateway.MaxDrainDurationSeconds']),
  ...never('sessions of roles are renewed by the platform', ['AWS::IAM::Role.MaxSessionDuration']),
  ...never('target tracking is the only way of scaling, and load the only reason', [
    `${SCALING}::ScalableTarget.ScheduledAction.Schedule`,
    `${SCALING}::ScalingPolicy.PredictiveScalingPolicyConfiguration.SchedulingBufferTime`,
    `${SCALING}::ScalingPolicy.StepScalingPolicyConfiguration.Cooldown`,
    `${SCALING}::ScalingPolicy.StepAdjustment.MetricIntervalLowerBound`,
    `${SCALING}::ScalingPolicy.StepAdjustment.MetricIntervalUpperBound`,
  ]),
];
