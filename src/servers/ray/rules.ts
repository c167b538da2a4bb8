import { MODULE } from '../python-application';
import type { RuntimeEnv, ServeApplication, ServeAutoscaling, ServeConfig, ServeDeployment } from './config-types';
import { READY_NAME } from './launcher';
import { type ConfigSource, configError, spell } from './validate';

/** Validates what the members of a config mean together, and what cannot apply in a container of a backend. */
export function checkRules(source: ConfigSource, config: ServeConfig): void {
  const { applications } = config;
  checkServer(source, config);
  if (applications.length === 0)
    throw configError(source, 'EmptyList', 'applications', 'must contain at least one application');
  applications.forEach((application, index) => {
    checkApplication(source, application, `applications[${index}]`);
  });
  const paths = applications.map((_, index) => `applications[${index}]`);
  checkUnique(source, 'name', applications.map(nameOf), paths);
  checkUnique(source, 'route_prefix', applications.map(prefixOf), paths);
  if (applications.every((application) => prefixOf(application) === undefined)) {
    const way = source.isTyped ? "'exposed: false'" : "'route_prefix: null'";
    throw configError(
      source,
      'InvalidRayConfig',
      'applications',
      `has no application with a path; remove ${way} of one`,
    );
  }
}

/** The name of an application. */
export function nameOf({ name }: ServeApplication): string {
  return name ?? 'default';
}

/** The path prefix of an application; undefined if it gets no HTTP requests. */
export function prefixOf({ route_prefix: prefix }: ServeApplication): string | undefined {
  return prefix === null ? undefined : (prefix ?? '/');
}

/** HTTP options that the definition determines, each with what to set there. */
const COMPUTED_OPTIONS: { readonly [option: string]: string } = {
  keep_alive_timeout_s: "is computed from 'requestTimeout' of the endpoint; remove it",
  request_timeout_s: "is computed from 'requestTimeout' of the endpoint; set that, and remove it",
  ssl_keyfile: 'is not supported, because the load balancer terminates TLS; remove it',
  ssl_certfile: 'is not supported, because the load balancer terminates TLS; remove it',
  ssl_keyfile_password: 'is not supported, because the load balancer terminates TLS; remove it',
  ssl_ca_certs: 'is not supported, because the load balancer terminates TLS; remove it',
  num_cpus: 'has no effect in Ray; remove it',
  middlewares: 'has no effect in Ray; add middleware to the application, and remove it',
};

/** The options of Serve itself. */
function checkServer(source: ConfigSource, { http_options: http = {}, ...config }: ServeConfig): void {
  const found = Object.keys(COMPUTED_OPTIONS).find((option) => (http[option] ?? null) !== null);
  if (found !== undefined)
    throw configError(source, 'ConflictingProps', `http_options.${found}`, COMPUTED_OPTIONS[found] as string);
  if (http.host !== undefined && http.host !== '0.0.0.0' && http.host !== '::')
    throw configError(
      source,
      'ConflictingProps',
      { path: 'http_options.host', value: `'${http.host}'` },
      `conflicts with the address of the server, which is 0.0.0.0; remove it`,
    );
  for (const [path, location] of [
    ['proxy_location', config.proxy_location],
    ['http_options.location', http.location],
  ] as const) {
    if (location === undefined || location === null || ['EveryNode', 'HeadOnly'].includes(location as string)) continue;
    throw configError(
      source,
      'ConflictingProps',
      { path, value: `'${location}'` },
      `must be 'EveryNode' or 'HeadOnly', so that the container answers HTTP requests; remove it`,
    );
  }
  if ((config.grpc_options?.grpc_servicer_functions ?? []).length > 0)
    throw configError(
      source,
      'Unsupported',
      'grpc_options.grpc_servicer_functions',
      'is not supported, because endpoints forward HTTP only; remove it, and serve HTTP',
    );
  if ((config.target_capacity ?? 0) > 100)
    throw configError(
      source,
      'InvalidNumber',
      { path: 'target_capacity', value: String(config.target_capacity) },
      `must be at most 100`,
    );
}

const MODULES = String.raw`^${MODULE}(?:\.${MODULE})*`;
/** What Ray imports by name: an attribute of a module, which need not be an identifier. */
const IMPORT_PATH = new RegExp(String.raw`${MODULES}[.:][A-Za-z_]\w*$`);

function checkApplication(source: ConfigSource, application: ServeApplication, path: string): void {
  const { import_path: importPath, deployments = [], runtime_env: runtime = {} } = application;
  if (!IMPORT_PATH.test(importPath) || importPath.endsWith('.py'))
    throw configError(
      source,
      'InvalidApp',
      { path: `${path}.import_path`, value: `'${importPath}'` },
      `must be 'module:name' with a single name after the colon, such as 'package.app:app'; assign an attribute of an object to a module variable`,
    );
  for (const member of ['host', 'port'] as const) {
    if (application[member] === undefined) continue;
    throw configError(source, 'ConflictingProps', `${path}.${member}`, "is not supported; set 'port' of the backend");
  }
  if (application.external_scaler_enabled)
    throw configError(
      source,
      'Unsupported',
      `${path}.external_scaler_enabled`,
      'is not supported, because the container runs no Ray dashboard; remove it, and scale containers',
    );
  checkNames(source, application, path);
  checkRuntimeEnv(source, runtime, `${path}.runtime_env`);
  deployments.forEach((deployment, index) => {
    checkDeployment(source, deployment, `${path}.deployments[${index}]`);
  });
  checkUnique(
    source,
    'name',
    deployments.map(({ name }) => name),
    deployments.map((_, index) => `${path}.deployments[${index}]`),
  );
}

function checkNames(source: ConfigSource, application: ServeApplication, path: string): void {
  const name = nameOf(application);
  if (name === '' || name === READY_NAME)
    throw configError(
      source,
      'InvalidName',
      { path: `${path}.name`, value: `'${name}'` },
      `must ${name === '' ? 'not be empty' : 'be another name, because the readiness check has this one'}`,
    );
  const prefix = prefixOf(application);
  if (prefix === undefined || prefix === '/') return;
  const valid = /^(\/[^/{}\s]+)+$/.test(prefix);
  if (!valid || /^\/-(\/|$)/.test(prefix))
    throw configError(
      source,
      'InvalidPath',
      { path: `${path}.route_prefix`, value: `'${prefix}'` },
      valid
        ? `must not be below '/-', which has the paths of Ray Serve`
        : `must start with '/', must not end with '/', and must not contain '{' or '}', such as '/classify'`,
    );
}

/** What Ray would install or download when a replica starts. */
const INSTALLED = ['pip', 'uv', 'conda', 'container', 'image_uri', 'java_jars', 'excludes', 'py_executable'];

function checkRuntimeEnv(source: ConfigSource, runtime: RuntimeEnv, path: string): void {
  const found = INSTALLED.find((option) => runtime[option] !== undefined && runtime[option] !== null);
  if (found !== undefined)
    throw configError(
      source,
      'Unsupported',
      `${path}.${found}`,
      'is not supported, because every replica would install at its start what the image does not contain; install it in the image, and remove it',
    );
  const places = [
    ['working_dir', runtime.working_dir],
    ...(runtime.py_modules ?? []).map((uri, index) => [`py_modules[${index}]`, uri] as const),
  ] as const;
  for (const [member, uri] of places) {
    if (uri === undefined || uri === null || uri.startsWith('local:///')) continue;
    throw configError(
      source,
      'Unsupported',
      { path: `${path}.${member}`, value: `'${uri}'` },
      `is not supported, because every replica would download its code at its start; copy the code into the working directory of the image, and remove it`,
    );
  }
}

function checkDeployment(source: ConfigSource, deployment: ServeDeployment, path: string): void {
  const { num_replicas: replicas, autoscaling_config: scaling, max_ongoing_requests: limit } = deployment;
  const isCount = typeof replicas === 'number' && Number.isInteger(replicas) && replicas > 0;
  if (replicas !== undefined && replicas !== null && replicas !== 'auto' && !isCount)
    throw configError(
      source,
      'InvalidNumber',
      { path: `${path}.num_replicas`, value: JSON.stringify(replicas) },
      `must be a whole number above 0${source.isTyped ? '' : ", or 'auto'"}`,
    );
  checkRuntimeEnv(source, deployment.ray_actor_options?.runtime_env ?? {}, `${path}.ray_actor_options.runtime_env`);
  if (scaling === undefined || scaling === null) return;
  if (isCount)
    throw configError(
      source,
      'ConflictingProps',
      { path: `${path}.num_replicas`, value: String(replicas) },
      `conflicts with '${spell(source, 'autoscaling_config')}'; remove one`,
    );
  checkRange(source, rangeOf(scaling, replicas), `${path}.autoscaling_config`);
  const target = scaling.target_ongoing_requests ?? undefined;
  if (target !== undefined && limit !== undefined && target > limit)
    throw configError(
      source,
      'ConflictingProps',
      { path: `${path}.max_ongoing_requests`, value: String(limit) },
      `must be at least '${spell(source, 'target_ongoing_requests')}' (${target}); otherwise no replica reaches the target, and none is added`,
    );
}

/** The bounds of an autoscaled deployment, with Ray's defaults. */
export function rangeOf(scaling: ServeAutoscaling, replicas: unknown): { min: number; initial: number; max: number } {
  const { min_replicas: min = 1, max_replicas: max = replicas === 'auto' ? 100 : 1, initial_replicas } = scaling;
  return { min, initial: initial_replicas ?? min, max };
}

function checkRange(source: ConfigSource, { min, initial, max }: ReturnType<typeof rangeOf>, path: string): void {
  if (min <= initial && initial <= max) return;
  const isInitial = min <= max;
  const [member, value] = isInitial ? ['initial_replicas', initial] : ['max_replicas', max];
  const bounds = isInitial
    ? `between '${spell(source, 'min_replicas')}' (${min}) and '${spell(source, 'max_replicas')}' (${max})`
    : `at least '${spell(source, 'min_replicas')}' (${min})`;
  throw configError(source, 'InvalidNumber', { path: `${path}.${member}`, value: String(value) }, `must be ${bounds}`);
}

function checkUnique(
  source: ConfigSource,
  member: string,
  values: readonly (string | undefined)[],
  paths: readonly string[],
): void {
  values.forEach((value, index) => {
    const first = values.indexOf(value);
    if (value === undefined || first === index) return;
    throw configError(
      source,
      'ConflictingProps',
      { path: `${paths[index]}.${member}`, value: `'${value}'` },
      `is also that of '${paths[first]}'; use another`,
    );
  });
}
