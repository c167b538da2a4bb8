import {
  AutoscalingPolicy,
  Duration,
  Gpu,
  kubernetes,
  Model,
  ModelServer,
  PrometheusTarget,
  Rollout,
  ScalingTarget,
  ServerImage,
  Weekday,
} from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

const cpu = ScalingTarget.cpuUtilization(60);

const waiting = () => PrometheusTarget.ofTotal('Waiting', 'sum(vllm:num_requests_waiting)', 2);

/** Autoscaling, schedules, replicas and rollouts. */
export const REFUSED_SCALING: readonly RefusedDefinition[] = [
  {
    name: 'a sidecar on the port for metrics of the server',
    code: 'ConflictingProps',
    message:
      "'sidecars[0].ports[0].port' (8002) is also a port of Triton; use another port, or remove the entry (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        model: Model.fromS3('s3://bucket/models/'),
        sidecars: [
          {
            name: 'exporter',
            image: ServerImage.fromRegistry('acme/exporter:1.2.0'),
            ports: [{ name: 'metrics', port: 8002 }],
          },
        ],
      }),
  },
  {
    name: 'zero replicas',
    code: 'ReplicasOutOfRange',
    message: "'replicas' (0) must be a whole number of at least 1 (at Serving/endpoint/v1)",
    on: ['kubernetes', 'test'],
    define: (scope) => one(scope, { replicas: 0 }),
  },
  {
    name: 'more replicas than a service of ECS has',
    code: 'ReplicasOutOfRange',
    message: "'replicas' (5001) must be a whole number between 1 and 5000 (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { replicas: 5001 }),
  },
  {
    name: 'a delay that an autoscaler of Kubernetes does not support',
    code: 'InvalidNumber',
    message:
      "'scaleDownDelay' (3601) must be a whole number between 0 and 3600; the value is in seconds (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 2,
        targets: [ScalingTarget.cpuUtilization(60)],
        scaleDownDelay: Duration.seconds(3601),
      }),
  },
  {
    name: 'scaling to zero',
    code: 'ReplicasOutOfRange',
    message:
      "'minReplicas' (0) must be a whole number of at least 1; none of these metrics can start the first replica, only 'schedules' (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ minReplicas: 0, maxReplicas: 2, targets: [cpu] }),
  },
  {
    name: 'a schedule on Kubernetes',
    code: 'Unsupported',
    message:
      "'autoscaling on a schedule' is not supported by the built-in router: it needs KEDA; set 'keda' of the platform, or omit 'schedules' and use a CronJob that changes minReplicas of the HorizontalPodAutoscaler (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [{ from: '07:30', to: '19:00', timeZone: 'Europe/Berlin', minReplicas: 4 }],
      }),
  },
  {
    name: 'two schedules at the same time',
    code: 'ConflictingProps',
    message:
      "'schedules[1]' overlaps or adjoins 'schedules[0]'; leave at least a minute between them (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [
          { from: '07:30', to: '19:00', timeZone: 'UTC', minReplicas: 4 },
          { from: '18:00', to: '22:00', timeZone: 'UTC', minReplicas: 2, days: [Weekday.MONDAY] },
        ],
      }),
  },
  {
    name: 'a time zone that does not exist',
    code: 'InvalidName',
    message:
      "'schedules[0].timeZone' ('Berlin') must be a time zone of the IANA database, such as 'Europe/Berlin' or 'UTC' (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [{ from: '07:30', to: '19:00', timeZone: 'Berlin', minReplicas: 4 }],
      }),
  },
  {
    name: 'scaling by GPU utilization on AWS',
    code: 'Unsupported',
    message:
      "'autoscaling by GPU utilization' is not supported by an Application Load Balancer: ECS publishes no GPU utilization of a service; use ScalingTarget.ongoingRequests, or publish the metric of a DCGM exporter and use aws.MetricTarget.ofAverage (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['test'],
    define: (scope) =>
      one(scope, { gpu: Gpu.nvidia() }).backend.autoscale({
        maxReplicas: 8,
        targets: [ScalingTarget.gpuUtilization(70)],
      }),
  },
  {
    name: 'scaling by a metric of the cluster on another target',
    code: 'ForeignResource',
    message:
      "scaling target 'jobs_waiting' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or one for each in ScalingTarget.byPlatform (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope).backend.autoscale({ maxReplicas: 8, targets: [kubernetes.MetricTarget.ofTotal('jobs_waiting', 4)] }),
  },
  {
    name: 'a query as the name of a metric',
    code: 'InvalidName',
    message:
      "'metricName' ('sum(rate(x[1m]))') must be the name of a metric, of letters, digits, '_', ':', '.' and '-'; an adapter serves the result of a query under a name",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [kubernetes.MetricTarget.ofTotal('sum(rate(x[1m]))', 4)],
      }),
  },
  {
    name: 'scaling by a Prometheus query on AWS',
    code: 'Unsupported',
    message:
      "'autoscaling by a Prometheus query' is not supported by an Application Load Balancer: CloudWatch does not evaluate PromQL; use aws.MetricTarget with a CloudWatch metric, as the target for AWS of ScalingTarget.byPlatform if the definition is for Kubernetes too (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [waiting()] }),
  },
  {
    name: 'scaling by a Prometheus query on Kubernetes without KEDA',
    code: 'Unsupported',
    message:
      "'autoscaling by a Prometheus query' is not supported by the built-in router: it needs KEDA; set 'keda' of the platform with a 'prometheusAddress', or use kubernetes.MetricTarget.ofAverage, if an adapter serves the result under a name (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [waiting()] }),
  },
  {
    name: 'a metric for another platform only',
    code: 'Unsupported',
    message:
      "a scaling target has no metric for platform 'aws', only for 'kubernetes'; add 'aws' to ScalingTarget.byPlatform (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.byPlatform({ kubernetes: cpu })] }),
  },
  {
    name: 'a metric of one platform for another',
    code: 'ForeignResource',
    message: "'targets.aws' is scaling target 'jobs' of platform 'kubernetes'; use one that 'aws' has",
    define: () => ScalingTarget.byPlatform({ aws: kubernetes.MetricTarget.ofTotal('jobs', 4) }),
  },
  {
    name: 'metrics for no platform',
    code: 'EmptyList',
    message: "'targets' ({}) must have at least one platform, such as 'aws' or 'kubernetes'",
    define: () => ScalingTarget.byPlatform({}),
  },
  {
    name: 'a Prometheus query with an open bracket',
    code: 'InvalidText',
    message:
      "'query' ('sum(rate(x[1m])') must be a Prometheus query with one result, such as 'sum(vllm:num_requests_waiting)'; '(' in it is not closed",
    define: () => PrometheusTarget.ofTotal('Waiting', 'sum(rate(x[1m])', 2),
  },
  {
    name: 'scaling by the queue of a server without that metric',
    code: 'Unsupported',
    message:
      "scaling target 'queue depth' of backend 'v1' requires a metric of waiting requests, which gunicorn does not have; use ScalingTarget.ongoingRequests (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws', 'test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.queueDepth(4)] }),
  },
  {
    name: 'scaling by the queue of a server without that metric, where requests are not counted',
    code: 'Unsupported',
    message:
      "scaling target 'queue depth' of backend 'v1' requires a metric of waiting requests, which gunicorn does not have; use ScalingTarget.cpuUtilization (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.queueDepth(4)] }),
  },
  {
    name: 'scaling by GPUs that a backend does not have, where they are not measured',
    code: 'Unsupported',
    message:
      "scaling target 'gpu' of backend 'v1' requires NVIDIA GPUs; use ScalingTarget.ongoingRequests (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.gpuUtilization(70)] }),
  },
  {
    name: 'a fixed number of replicas with autoscaling',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas' (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws', 'test'],
    define: (scope) => one(scope, { replicas: 3 }).backend.autoscale({ maxReplicas: 4, targets: [cpu] }),
  },
  {
    name: 'a fixed number of replicas with a HorizontalPodAutoscaler',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas'; if Deployment 'endpoint-v1' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    define: (scope) => one(scope, { replicas: 3 }).backend.autoscale({ maxReplicas: 4, targets: [cpu] }),
  },
  {
    name: 'a fixed number of replicas with an autoscaler that the package does not create',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaler; remove 'replicas'; if Deployment 'endpoint-v1' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    define: (scope) => kubernetes.KubernetesBackend.of(one(scope, { replicas: 3 }).backend).markHasAutoscaler(),
  },
  {
    name: 'two autoscaling policies',
    code: 'DuplicateAutoscaling',
    message:
      "backend 'v1' already has an autoscaling policy; use one policy with several targets (at Serving/endpoint/v1/Second)",
    define: (scope) => {
      const { backend } = one(scope);
      backend.autoscale({ maxReplicas: 4, targets: [cpu] });
      new AutoscalingPolicy(backend, 'Second', { backend, maxReplicas: 4, targets: [cpu] });
    },
  },
  {
    name: 'a duplicate scaling target',
    code: 'DuplicateScalingTarget',
    message: "duplicate scaling target 'cpu' in 'targets'; use each metric once (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 4, targets: [cpu, cpu] }),
  },
  {
    name: 'a rollout that stops the only replica',
    code: 'RolloutStopsOnlyReplica',
    message:
      "'rollout' (in place) would stop the only replica of backend 'v1' before a new one runs; use at least 2 replicas, Rollout.surge(), or Rollout.inPlace({ allowDowntime: true }) to accept downtime (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { rollout: Rollout.inPlace() }),
  },
];
