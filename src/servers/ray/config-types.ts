/** A Ray Serve config by Ray's names, after validation. */
export interface ServeConfig {
  readonly applications: readonly ServeApplication[];
  readonly proxy_location?: string;
  readonly http_options?: { readonly [option: string]: unknown };
  readonly grpc_options?: { readonly grpc_servicer_functions?: readonly string[] };
  readonly target_capacity?: number | null;
}

/** An application of a config. */
export interface ServeApplication {
  readonly import_path: string;
  readonly name?: string;
  readonly route_prefix?: string | null;
  readonly runtime_env?: RuntimeEnv;
  readonly deployments?: readonly ServeDeployment[];
  readonly external_scaler_enabled?: boolean;
  readonly host?: string;
  readonly port?: number;
}

/** Where the code of an application comes from, and its variables. */
export interface RuntimeEnv {
  readonly env_vars?: { readonly [name: string]: string };
  readonly working_dir?: string | null;
  readonly py_modules?: readonly string[] | null;
  readonly [option: string]: unknown;
}

/** A deployment of an application. */
export interface ServeDeployment {
  readonly name: string;
  readonly num_replicas?: unknown;
  readonly max_ongoing_requests?: number;
  readonly autoscaling_config?: ServeAutoscaling | null;
  readonly ray_actor_options?: {
    readonly runtime_env?: RuntimeEnv;
    readonly num_cpus?: number | null;
    readonly num_gpus?: number | null;
  };
  readonly placement_group_bundles?: readonly { readonly CPU?: number; readonly GPU?: number }[] | null;
}

/** How a deployment is scaled. */
export interface ServeAutoscaling {
  readonly min_replicas?: number;
  readonly initial_replicas?: number | null;
  readonly max_replicas?: number;
  readonly target_ongoing_requests?: number | null;
}
