import { connect } from 'node:net';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, endpointOn } from '../support/definitions';
import { sleep } from './support/load';
import type { Replica } from './support/replica';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { routerPlatform } from './support/router-tests';

/** How long a replica needs for a request, in milliseconds. */
const WORK = 1500;

describe('a client that closes its connection', () => {
  let lab: RouterLab;
  let router: RouterProcess;

  beforeAll(async () => {
    lab = await RouterLab.start();
    const platform = routerPlatform();
    const healthCheck = HealthCheck.http('/');
    const asgi = ModelServer.asgi({ app: 'app' });
    const definitions = {
      application: { server: asgi },
      limited: { server: asgi, maxConcurrency: 1 },
      stopping: { server: ModelServer.vllm({ model: 'm', version: '0.18.0' }), maxConcurrency: 1 },
      threads: { server: ModelServer.wsgi({ app: 'app' }), maxConcurrency: 1 },
      declared: { server: asgi, maxConcurrency: 1, cancelOnDisconnect: true },
      kept: { server: asgi, cancelOnDisconnect: false },
    };
    for (const [id, options] of Object.entries(definitions)) {
      const endpoint = endpointOn(platform, id, { path: `/${id}`, requestTimeout: Duration.seconds(5) });
      endpoint.addBackend('v1', backendOptions({ ...options, healthCheck }));
      await lab.add(`${id}-v1`, 1, { delay: WORK });
    }
    lab.announce();
    router = await lab.route(await lab.render(platform.plan()));
  }, 60_000);
  afterAll(() => lab?.dispose());

  const replicaOf = (pool: string) => lab.pools.get(`${pool}-v1`)?.[0] as Replica;

  /** Sends a request, and closes the connection, or only its sending side, after a time. Returns the first line of the response. */
  function leave(path: string, after: number, half = false): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(router.port, router.address, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: any.example\r\n\r\n`);
        setTimeout(() => (half ? socket.end() : socket.destroy()), after);
      });
      let seen = '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        seen += data;
        socket.end();
      });
      socket.on('close', () => resolve(seen.split('\r\n')[0] as string));
    });
  }

  test.each([
    ['application', 1],
    ['limited', 0],
    ['stopping', 1],
    ['threads', 0],
    ['declared', 1],
    ['kept', 0],
  ])('of %s ends its running request: %d', async (pool, ended) => {
    await leave(`/${pool}/running`, 300);
    await sleep(700);
    expect(replicaOf(pool).aborted.filter((path) => path.endsWith('/running'))).toHaveLength(ended);
  });

  test.each([
    ['stopping', 1],
    ['declared', 1],
    ['limited', 2],
    ['threads', 2],
  ])('of %s leaves the queue, so that the replica gets this number of two requests: %d', async (pool, sent) => {
    await sleep(WORK);
    const before = replicaOf(pool).requests;
    const first = router.send({ path: `/${pool}/first` });
    while (replicaOf(pool).requests === before) await sleep(10);
    await leave(`/${pool}/queued`, 300);
    expect((await first).status).toBe(200);
    await sleep(500);
    expect(replicaOf(pool).requests - before).toBe(sent);
  });

  test('does not let a replica exceed its limit where the server completes requests', async () => {
    await sleep(WORK);
    await Promise.all(Array.from({ length: 4 }, () => leave('/threads/many', 300)));
    await sleep(5 * WORK);
    expect(replicaOf('threads').busiest).toBe(1);
  });

  test('only for sending gets its response where requests do not end', async () => {
    expect(await leave('/kept/half', 100, true)).toBe('HTTP/1.1 200 OK');
    expect(await leave('/application/half', 100, true)).toBe('HTTP/1.1 400 Bad Request');
  });
});
