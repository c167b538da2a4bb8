import type {
  RayActorOptions,
  RayApplication,
  RayAutoscalingConfig,
  RayDeployment,
  RayServeConfigOptions,
} from './options';

/** A typed config by Ray's names. Members that are left out stay undefined, and are not rendered. */
export function toServeConfig({ applications, loggingConfig }: RayServeConfigOptions): Record<string, unknown> {
  return present({ logging_config: loggingConfig, applications: applications.map(applicationOf) });
}

function applicationOf(application: RayApplication): Record<string, unknown> {
  const { exposed = true, envVars, deployments } = application;
  return present({
    name: application.name,
    route_prefix: exposed ? application.routePrefix : null,
    import_path: application.importPath,
    args: application.args,
    runtime_env: envVars && { env_vars: envVars },
    deployments: deployments?.map(deploymentOf),
    logging_config: application.loggingConfig,
  });
}

function deploymentOf(deployment: RayDeployment): Record<string, unknown> {
  const { autoscalingConfig, rayActorOptions } = deployment;
  return present({
    name: deployment.name,
    num_replicas: deployment.numReplicas,
    autoscaling_config: autoscalingConfig && autoscalingOf(autoscalingConfig),
    max_ongoing_requests: deployment.maxOngoingRequests,
    max_queued_requests: deployment.maxQueuedRequests,
    user_config: deployment.userConfig,
    ray_actor_options: rayActorOptions && actorOf(rayActorOptions),
    graceful_shutdown_timeout_s: deployment.gracefulShutdownTimeout?.toSeconds(),
    health_check_period_s: deployment.healthCheckPeriod?.toSeconds(),
    health_check_timeout_s: deployment.healthCheckTimeout?.toSeconds(),
  });
}

function autoscalingOf(scaling: RayAutoscalingConfig): Record<string, unknown> {
  return present({
    min_replicas: scaling.minReplicas,
    initial_replicas: scaling.initialReplicas,
    max_replicas: scaling.maxReplicas,
    target_ongoing_requests: scaling.targetOngoingRequests,
    upscale_delay_s: scaling.upscaleDelay?.toSeconds(),
    downscale_delay_s: scaling.downscaleDelay?.toSeconds(),
  });
}

function actorOf(options: RayActorOptions): Record<string, unknown> {
  return present({
    num_cpus: options.numCpus,
    num_gpus: options.numGpus,
    memory: options.memory && options.memory.toMebibytes() * 2 ** 20,
    accelerator_type: options.acceleratorType,
    runtime_env: options.envVars && { env_vars: options.envVars },
  });
}

function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
