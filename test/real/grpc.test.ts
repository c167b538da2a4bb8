import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServerProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, endpointOn } from '../support/definitions';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { routerPlatform } from './support/router-tests';

const PYTHON = join(__dirname, '../../.cache/real/python/kserve/bin/python');
const APPS = join(__dirname, 'apps');

/** A call, and the results or the status that it ended with. */
interface Call {
  readonly method: 'Unary' | 'Many' | 'Chat';
  readonly messages: string[];
  readonly metadata?: Record<string, string>;
}

const calls = backendOptions({
  server: ModelServer.command({ command: ['serve'] }),
  protocol: ServerProtocol.GRPC,
  healthCheck: HealthCheck.grpc(),
});

describe('a router in front of gRPC servers', () => {
  let lab: RouterLab;
  let router: RouterProcess;
  const servers: ChildProcess[] = [];

  beforeAll(async () => {
    lab = await RouterLab.start();
    const platform = routerPlatform();
    const endpoint = endpointOn(platform, 'echo', { path: '/echo.Echo', requestTimeout: Duration.seconds(2) });
    const shares = ['one', 'two'].map((id, index) => ({
      backend: endpoint.addBackend(id, calls),
      weight: 3 - 2 * index,
    }));
    endpoint.splitTraffic({ shares });
    endpointOn(platform, 'plain', { path: '/plain' }).addBackend('v1', backendOptions());
    for (const name of ['echo-one', 'echo-two']) {
      const address = lab.network.next();
      const server = spawn(PYTHON, [join(APPS, 'grpc_echo.py'), address, name], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      servers.push(server);
      await once(server.stdout as NodeJS.EventEmitter, 'data');
      lab.include(name, [{ address }]);
    }
    await lab.add('plain-v1', 1);
    lab.announce();
    router = await lab.route(await lab.render(platform.plan()));
  });

  afterAll(async () => {
    for (const server of servers) server.kill('SIGKILL');
    await lab.dispose();
  });

  const send = async (...list: Call[]): Promise<(string[] | string)[]> => {
    const args = [join(APPS, 'grpc_calls.py'), `${router.address}:${router.port}`, JSON.stringify(list)];
    return JSON.parse((await promisify(execFile)(PYTHON, args)).stdout);
  };

  test('forwards unary calls with the metadata that a router adds', async () => {
    const [[answer]] = (await send({ method: 'Unary', messages: ['hello'] })) as [[string]];
    expect(answer).toMatch(/^echo-(one|two)\|hello\|http$/);
  });

  test('shares the calls of one connection exactly', async () => {
    const answers = await send(...Array.from({ length: 40 }, () => ({ method: 'Unary' as const, messages: ['x'] })));
    const first = answers.filter(([answer]) => answer?.startsWith('echo-one'));
    expect([first.length, answers.length - first.length]).toEqual([30, 10]);
  });

  test('sends calls with the name of a backend to it', async () => {
    const metadata = { 'x-serving-backend': 'two' };
    const answers = await send(
      ...Array.from({ length: 8 }, () => ({ method: 'Unary' as const, messages: ['x'], metadata })),
    );
    expect(new Set(answers.map(([answer]) => answer?.split('|')[0]))).toEqual(new Set(['echo-two']));
  });

  test('forwards streams in both directions', async () => {
    const [many, chat] = (await send(
      { method: 'Many', messages: ['m'] },
      { method: 'Chat', messages: ['a', 'b', 'c'] },
    )) as [string[], string[]];
    expect(many.map((part) => part[0])).toEqual(['0', '1', '2', '3', '4']);
    expect(chat.map((part) => part.split('|')[1])).toEqual(['a', 'b', 'c']);
  });

  test('forwards the status of a server in the trailers', async () => {
    expect(await send({ method: 'Unary', messages: ['fail'] })).toEqual(['FAILED_PRECONDITION']);
  });

  test('ends a call that exceeds the request timeout', async () => {
    expect(await send({ method: 'Unary', messages: ['sleep 20'] })).toEqual(['UNAVAILABLE']);
  });

  test('still serves endpoints over HTTP/1.1', async () => {
    expect(await router.send({ path: '/plain' })).toMatchObject({ status: 200 });
  });
});
