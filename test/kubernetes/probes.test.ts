import { spawnSync } from 'node:child_process';
import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { serverOf } from './support';

const TCP = { tcpSocket: { port: 'http' } };

describe('readiness', () => {
  test('uses the declared health check', () => {
    const { readinessProbe } = serverOf({
      healthCheck: HealthCheck.http('/healthz', {
        interval: Duration.seconds(20),
        timeout: Duration.seconds(3),
        healthyThreshold: 4,
        unhealthyThreshold: 5,
      }),
    });
    expect(readinessProbe).toEqual({
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 20,
      timeoutSeconds: 3,
      successThreshold: 4,
      failureThreshold: 5,
    });
  });

  test('checks the port if the server listens only when it is ready', () => {
    expect(serverOf({ server: ModelServer.asgi({ app: 'app' }) }).readinessProbe).toMatchObject(TCP);
    const command = ModelServer.command({ command: ['serve'], behavior: { drains: true, listensWhenReady: true } });
    expect(serverOf({ server: command }).readinessProbe).toMatchObject(TCP);
  });

  test('checks the port if the container has no interpreter', () => {
    const command = ModelServer.command({ command: ['serve'], behavior: { drains: true } });
    expect(serverOf({ server: command }).readinessProbe).toMatchObject(TCP);
  });

  test.each([
    ModelServer.wsgi({ app: 'app' }),
    ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.UVICORN }),
  ])('sends a request with the interpreter of a server that listens before it is ready (%#)', (server) => {
    const { exec, timeoutSeconds } = serverOf({ server, port: 1453 }).readinessProbe;
    expect(exec.command.slice(0, 3)).toEqual(['python3', '-I', '-c']);
    expect(exec.command[3]).toContain("HTTPConnection('127.0.0.1', 1453, timeout=5)");
    expect(timeoutSeconds).toBe(6);
  });
});

describe('start-up', () => {
  test.each([
    [Duration.minutes(5), 30],
    [Duration.seconds(95), 10],
    [Duration.seconds(1), 1],
  ])('allows for the load time (%s)', (loadTimeout, failureThreshold) => {
    const { startupProbe } = serverOf({ healthCheck: HealthCheck.http('/healthz'), loadTimeout });
    expect(startupProbe).toEqual({
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold,
    });
  });

  test('waits for the initial delay, which is a part of the load time', () => {
    const healthCheck = HealthCheck.http('/healthz', { initialDelay: Duration.seconds(45) });
    const { startupProbe, readinessProbe } = serverOf({ healthCheck, loadTimeout: Duration.seconds(120) });
    expect(startupProbe).toMatchObject({ initialDelaySeconds: 45, periodSeconds: 10, failureThreshold: 8 });
    expect(readinessProbe).not.toHaveProperty('initialDelaySeconds');
  });

  test('can request another path, as often and as long as declared', () => {
    const startup = { path: '/started', interval: Duration.seconds(4), timeout: Duration.seconds(1) };
    const healthCheck = HealthCheck.http('/healthz', { startup, host: 'model.internal' });
    expect(serverOf({ healthCheck, loadTimeout: Duration.seconds(42) }).startupProbe).toEqual({
      httpGet: { path: '/started', port: 'http', httpHeaders: [{ name: 'Host', value: 'model.internal' }] },
      periodSeconds: 4,
      timeoutSeconds: 1,
      failureThreshold: 11,
    });
  });
});

test('a smoke test is a part of start-up, within the load time', () => {
  const smokeTest = { path: '/predict', text: 'a $(HOME)', timeout: Duration.seconds(20) };
  const { startupProbe, readinessProbe } = serverOf({
    healthCheck: HealthCheck.http('/healthz'),
    smokeTest,
    loadTimeout: Duration.minutes(5),
  });
  // The health check, the smoke test and a second for the interpreter.
  expect(startupProbe).toMatchObject({ timeoutSeconds: 5 + 20 + 1, periodSeconds: 26, failureThreshold: 12 });
  expect(startupProbe.exec.command.slice(0, 4)).toEqual(['python3', '-I', '-B', '-c']);
  expect(readinessProbe).toMatchObject({ httpGet: { path: '/healthz' } });
});

test('liveness requests a path if it is declared', () => {
  const healthCheck = HealthCheck.http('/healthz', { liveness: { path: '/live' } });
  expect(serverOf({ healthCheck }).livenessProbe).toEqual({
    httpGet: { path: '/live', port: 'http' },
    periodSeconds: 30,
    timeoutSeconds: 5,
    failureThreshold: 5,
  });
});

test('liveness only checks whether the process listens', () => {
  const { livenessProbe } = serverOf({ healthCheck: HealthCheck.http('/healthz') });
  expect(livenessProbe).toEqual({ ...TCP, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 });
});

test('the signal follows the last request', () => {
  const { lifecycle } = serverOf();
  expect(lifecycle).toEqual({ preStop: { sleep: { seconds: 35 } } });
});

const python = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;

python('the question of the interpreter', () => {
  const SERVER = `
import http.server, subprocess, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = (self.path == '/') != (self.headers['Host'] == 'model.internal')
        self.send_response(int(sys.argv[1]) if known else 500); self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
code = sys.argv[2].replace('8000', str(server.server_port))
sys.exit(subprocess.run([sys.executable, '-I', '-c', code]).returncode)`;

  test.each([
    [200, 0],
    [302, 0],
    [405, 0],
    [499, 0],
    [500, 1],
    [503, 1],
  ])('exits for status %i with %i', (status, code) => {
    const question = serverOf().readinessProbe.exec.command[3] as string;
    expect(spawnSync('python3', ['-c', SERVER, String(status), question]).status).toBe(code);
  });

  test.each([
    [200, 0],
    [204, 0],
    [201, 1],
    [302, 1],
  ])('exits for status %i with %i if the healthy ones are listed', (status, code) => {
    const healthCheck = HealthCheck.http("/it's/%5C'ready$(HOME)", { statuses: '200,204', host: 'model.internal' });
    const { exec } = serverOf({ healthCheck }).readinessProbe;
    // The kubelet replaces `$$` by `$`.
    const question = (exec.command[3] as string).replaceAll('$$', '$');
    expect(spawnSync('python3', ['-c', SERVER, String(status), question]).status).toBe(code);
  });

  test('fails if nothing listens', () => {
    const question = (serverOf().readinessProbe.exec.command[3] as string).replace('8000', '1');
    expect(spawnSync('python3', ['-I', '-c', question]).status).toBe(1);
  });
});
