/** The port of Ray's metrics. */
export const METRICS_PORT = 8080;

/** The path that answers once every application runs. Serve answers `/-/healthz` as soon as one of them is built. */
export const READY_PATH = '/-/ready';

/** The name of the application at that path. */
export const READY_NAME = 'serving-ready';

/**
 * Starts Ray Serve. `serve run` listens on localhost unless a file specifies another host, and reads its HTTP options
 * only from a file.
 */
export const LAUNCHER = [
  'import argparse, importlib, inspect, json, operator, sys, time',
  "sys.path.insert(0, '')",
  'import ray',
  'from ray import serve',
  // Options that are not passed keep Ray's defaults.
  'a = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)',
  "a.add_argument('app', nargs='?')",
  "a.add_argument('arguments', nargs='*')",
  "a.add_argument('--config')",
  "a.add_argument('--config-path')",
  "a.add_argument('--num-cpus', type=int)",
  "a.add_argument('--port', type=int)",
  "a.add_argument('--keep-alive-timeout-s', type=int)",
  "a.add_argument('--request-timeout-s', type=float)",
  'o = vars(a.parse_intermixed_args())',
  "app, words, path, cpus = [o.pop(x, None) for x in ('app', 'arguments', 'config_path', 'num_cpus')]",
  "c = json.loads(o.pop('config', '{}'))",
  'if path:',
  '    import yaml',
  '    with open(path) as f: c = yaml.safe_load(f)',
  "h = c.get('http_options') or {}",
  // What a file in the image sets and the command also sets is an error, because one of the two would be ignored.
  "for k, v in {'host': '0.0.0.0', **o}.items():",
  "    if h.get(k, v) != v: sys.exit(f'http_options.{k} ({h[k]}) in {path} conflicts with {v}; remove it')",
  "if (c.get('grpc_options') or {}).get('grpc_servicer_functions'): sys.exit(f'grpc_options in {path} are not supported')",
  `ray.init(include_dashboard=False, _metrics_export_port=${METRICS_PORT}, num_cpus=cpus)`,
  "g = {k: c[k] for k in ('logging_config', 'tracing_config', 'controller_options') if c.get(k)}",
  "serve.start(http_options={**h, 'host': '0.0.0.0', **o}, **g)",
  'if app:',
  "    m, n = app.split(':')",
  "    k = dict(x.split('=', 1) for x in words or [])",
  '    b = operator.attrgetter(n)(importlib.import_module(m))',
  // A builder takes a dictionary, or the pydantic model in the annotation of its parameter.
  '    if not isinstance(b, serve.Application):',
  '        t, = inspect.signature(b).parameters.values()',
  "        b = b(getattr(t.annotation, 'model_validate', dict)(k))",
  "    elif k: sys.exit('arguments are for a builder, and the application is built already')",
  '    serve.run(b)',
  'else:',
  '    from ray.serve.context import _get_global_client',
  '    from ray.serve.schema import ServeDeploySchema',
  '    _get_global_client().deploy_apps(ServeDeploySchema(**c), _blocking=False)',
  "    names = {x.get('name', 'default') for x in c['applications']}",
  '    while True:',
  '        s = {k: v for k, v in serve.status().applications.items() if k in names}',
  '        for k, v in s.items():',
  "            if v.status == 'DEPLOY_FAILED':",
  // The application names the deployments that failed, and they have the reason.
  "                m = [v.message, *(d.message for d in v.deployments.values() if d.status != 'HEALTHY')]",
  "                sys.exit('\\n'.join([f'application {k!r} failed:', *m]))",
  "        if len(s) == len(names) and all(v.status == 'RUNNING' for v in s.values()): break",
  '        time.sleep(0.5)',
  "@serve.deployment(ray_actor_options={'num_cpus': 0})",
  "def ready(): return 'ready'",
  `serve.run(ready.bind(), name='${READY_NAME}', route_prefix='${READY_PATH}')`,
  'while True: time.sleep(10)',
].join('\n');
