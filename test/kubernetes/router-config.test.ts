import fc from 'fast-check';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import type { HaproxyOptions } from '../../src/kubernetes/private/router/options';
import { multiplierOf } from '../../src/kubernetes/private/router/routes';
import { LoadBalancing, QueueStatus, ServerProtocol } from '../../src/plan/choices';
import type { PlatformIntents } from '../../src/plan/intents';
import { ServingPlan } from '../../src/plan/plan';
import { greatestCommonDivisor } from '../../src/plan/weights';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { declare, definitions, intentsOf } from '../support/arbitraries';
import { backendOptions, endpointOn } from '../support/definitions';
import { Haproxy } from '../support/haproxy';
import { render, routerPlatform, TARGET } from './router-support';

/** The configuration for one endpoint with one backend. */
function oneBackend(options: Parameters<typeof backendOptions>[0] = {}, change: Partial<HaproxyOptions> = {}): Haproxy {
  const platform = routerPlatform();
  endpointOn(platform, 'digits').addBackend('svm', backendOptions(options));
  return new Haproxy(render(platform.plan(), change));
}

const pool = (haproxy: Haproxy) => haproxy.section('backend', 'digits-svm');
const lines = (haproxy: Haproxy) => pool(haproxy).lines.map((line) => line.join(' '));

describe('the configuration of the router', () => {
  test('has a server slot for each replica that can be ready at the same time', () => {
    const server = (options: Parameters<typeof backendOptions>[0]) => haproxyServer(oneBackend(options));
    expect(server({ replicas: 3 })).toEqual([
      'pod',
      '6',
      `_http._tcp.digits-svm-pods.$\{POD_NAMESPACE}.svc.cluster.local`,
    ]);
    const platform = routerPlatform();
    const svm = endpointOn(platform, 'digits').addBackend('svm', backendOptions());
    svm.autoscale({ maxReplicas: 7, targets: [ScalingTarget.cpuUtilization(60)] });
    expect(haproxyServer(new Haproxy(render(platform.plan())))[1]).toBe('14');
  });

  test('contains the domain of the cluster', () => {
    expect(haproxyServer(oneBackend({}, { clusterDomain: 'k8s.example' }))[2]).toMatch(/\.svc\.k8s\.example$/);
  });

  test('contains only what differs from the defaults for a pool', () => {
    const plain = oneBackend();
    expect(lines(plain)).toHaveLength(1);
    expect(plain.setting(plain.section('defaults', 'pool'), 'default-server', 'init-addr')).toContain('cluster');
    expect(plain.setting(pool(plain), 'balance')).toEqual(['roundrobin']);
    expect(plain.setting(pool(plain), 'http-check', 'expect', 'status')).toEqual(['200-499']);
    const busy = oneBackend({ loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS });
    expect(busy.setting(pool(busy), 'balance')).toEqual(['leastconn']);
  });

  test('checks health as declared', () => {
    const healthCheck = HealthCheck.http('/ready', {
      interval: Duration.seconds(20),
      timeout: Duration.seconds(7),
      healthyThreshold: 4,
      unhealthyThreshold: 5,
    });
    const haproxy = oneBackend({ healthCheck });
    expect(haproxy.setting(pool(haproxy), 'http-check', 'send')?.join(' ')).toMatch(
      /^meth GET uri \/ready ver HTTP\/1\.1/,
    );
    expect(haproxy.setting(pool(haproxy), 'http-check', 'expect', 'status')).toEqual(['200-399']);
    expect(haproxy.setting(pool(haproxy), 'timeout', 'check')).toEqual(['7s']);
    expect(lines(haproxy)).toContain('default-server inter 20s rise 4 fall 5');
  });

  test('checks health every second with a threshold of one if declared', () => {
    const healthCheck = HealthCheck.http('/ready', {
      interval: Duration.seconds(1),
      healthyThreshold: 1,
      unhealthyThreshold: 1,
    });
    const haproxy = oneBackend({ healthCheck });
    expect(haproxy.setting(pool(haproxy), 'timeout', 'check')).toEqual(['1s']);
    expect(lines(haproxy)).toContain('default-server inter 1s rise 1 fall 1');
  });

  test.each([
    [1, 2, 1],
    [5, 2, 2],
    [8, 1, 8],
    [9, 3, 3],
  ])('gives each replica of the router its part of a concurrency of %d over %d: %d', (maxConcurrency, replicas, part) => {
    const haproxy = oneBackend({ maxConcurrency }, { replicas });
    expect(lines(haproxy)).toEqual(expect.arrayContaining([`default-server maxconn ${part}`, 'timeout queue 60s']));
  });

  test('limits the queue in front of replicas that are at their limit', () => {
    const queue = { maxRequests: 5, timeout: Duration.millis(1500), fullStatus: QueueStatus.TOO_MANY_REQUESTS };
    const found = lines(oneBackend({ maxConcurrency: 4, queue })).join('\n');
    expect(found).toContain('timeout queue 1500ms');
    expect(found).toMatch(
      /http-request return status 429 .* hdr Retry-After 1 if { be_conn_free le 0 } { queue ge 2 }/,
    );
    expect(lines(oneBackend({ maxConcurrency: 4 })).join('\n')).not.toContain('be_conn_free');
  });

  test.each([
    [{}, false],
    [{ cancelOnDisconnect: true }, true],
    [{ server: ModelServer.asgi({ app: 'app' }) }, true],
    [{ server: ModelServer.asgi({ app: 'app' }), cancelOnDisconnect: false }, false],
    [{ server: ModelServer.asgi({ app: 'app' }), maxConcurrency: 2 }, false],
    [{ server: ModelServer.asgi({ app: 'app' }), maxConcurrency: 2, cancelOnDisconnect: true }, true],
    [{ server: ModelServer.vllm({ model: 'm' }), maxConcurrency: 2 }, true],
  ])('ends requests without a client of a backend with %j: %p', (options, ends) => {
    const haproxy = oneBackend(options);
    expect(lines(haproxy).includes('option abortonclose')).toBe(ends);
    expect(haproxy.section('frontend', '_router').from).toBe('client');
    expect(haproxy.setting(haproxy.section('defaults', 'client'), 'option', 'abortonclose')).toEqual([]);
  });

  test('has a section for pools without ready servers for each protocol, and for each limited backend', () => {
    const platform = routerPlatform();
    const at = (id: string, options: Parameters<typeof backendOptions>[0]) =>
      endpointOn(platform, id, { path: `/${id}` }).addBackend('v', backendOptions(options));
    const server = ModelServer.command({ command: ['serve'] });
    at('plain', {});
    at('other', {});
    at('limited', { maxConcurrency: 4 });
    at('calls', { server, protocol: ServerProtocol.GRPC, healthCheck: HealthCheck.grpc() });
    at('streams', { server, protocol: ServerProtocol.HTTP2, healthCheck: HealthCheck.http('/') });
    const files = render(platform.plan());
    const haproxy = new Haproxy(files);
    const sections = haproxy.sections.filter(({ from }) => from === 'service');
    expect(
      Object.fromEntries(sections.map(({ name, lines: own }) => [name, own.map((line) => line.join(' '))])),
    ).toEqual({
      _service: ['server service 0.0.0.0:80'],
      'limited-v_service': ['default-server maxconn 2', 'timeout queue 60s', 'server service 0.0.0.0:80'],
      '_service-grpc': ['default-server proto h2', 'http-request set-header TE trailers', 'server service 0.0.0.0:80'],
      '_service-h2': ['default-server proto h2', 'server service 0.0.0.0:80'],
    });
    expect(files['services.map']?.split('\n').slice(1)).toEqual([
      'calls-v _service-grpc',
      'limited-v limited-v_service',
      'streams-v _service-h2',
      '',
    ]);
  });

  test('closes connections to servers that would close them first', () => {
    const behavior = (seconds: number) => ({ drains: true, keepAlive: Duration.seconds(seconds) });
    const server = (seconds: number) => ({
      healthCheck: HealthCheck.http('/'),
      server: ModelServer.command({ command: ['serve'], behavior: behavior(seconds) }),
    });
    expect(lines(oneBackend(server(24)))).toContain('option http-server-close');
    expect(lines(oneBackend(server(25)))).not.toContain('option http-server-close');
  });

  test('uses the longest silence of all endpoints for clients, and its own for each route', () => {
    const platform = routerPlatform();
    endpointOn(platform, 'a', { path: '/a', requestTimeout: Duration.seconds(5) }).addBackend('v', backendOptions());
    const streaming = { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(40) };
    endpointOn(platform, 'b', { path: '/b', streaming }).addBackend('v', backendOptions());
    const haproxy = new Haproxy(render(platform.plan()));
    const frontend = haproxy.section('frontend', '_router');
    expect(haproxy.setting(frontend, 'timeout', 'client')).toEqual(['100s']);
    expect(haproxy.setting(frontend, 'timeout', 'tunnel')).toEqual(['90s']);
    expect(haproxy.route('_router', { path: '/a' })).toMatchObject({ timeout: 6 });
    expect(haproxy.route('_router', { path: '/b' })).toMatchObject({ timeout: 90 });
    // A stream may continue for its hour and the margin after the router gets the signal.
    expect(haproxy.setting(haproxy.section('global', ''), 'hard-stop-after')).toEqual(['3610s']);
  });

  test('resolves addresses less often if there are many', () => {
    const interval = (endpoints: number) => {
      const platform = routerPlatform();
      for (let index = 0; index < endpoints; index++) {
        endpointOn(platform, `e${index}`, { path: `/e${index}` }).addBackend('v', backendOptions());
      }
      const haproxy = new Haproxy(render(platform.plan()));
      return haproxy.setting(haproxy.section('resolvers', 'cluster'), 'timeout', 'resolve');
    };
    expect([interval(1), interval(301), interval(1000)]).toEqual([['1000ms'], ['2000ms'], ['3000ms']]);
  });

  test('resolves many addresses in groups with different intervals', () => {
    const platform = routerPlatform();
    for (let index = 0; index < 450; index++) {
      endpointOn(platform, `e${index}`, { path: `/e${index}` }).addBackend('v', backendOptions());
    }
    const haproxy = new Haproxy(render(platform.plan()));
    const groups = haproxy.sections.filter((section) => section.kind === 'resolvers');
    expect(new Set(groups.map((group) => haproxy.setting(group, 'timeout', 'resolve')?.[0])).size).toBe(3);
    const used = haproxy.sections
      .filter((section) => section.from === 'pool')
      .map((section) => haproxy.setting(section, 'default-server', 'resolvers')?.[0] ?? 'cluster');
    expect(groups.map(({ name }) => used.filter((resolvers) => resolvers === name).length)).toEqual([200, 200, 50]);
  });

  test('omits backends that serve no endpoint', () => {
    const platform = routerPlatform();
    endpointOn(platform, 'digits').addBackend('svm', backendOptions());
    const intents = intentsOf(platform);
    const alone: PlatformIntents = {
      ...intents,
      backends: [
        ...intents.backends,
        { ...(intents.backends[0] as PlatformIntents['backends'][0]), path: 'alone', slug: 'alone' },
      ],
    };
    expect(render(new ServingPlan(alone))).toEqual(render(platform.plan()));
  });

  test('has section names that no backend can have', () => {
    const platform = routerPlatform();
    for (const name of ['router', 'admin', 'counters', 'pool', 'base']) {
      endpointOn(platform, `at ${name}`, { path: `/${name}` }).addBackend('v', backendOptions());
    }
    const names = new Haproxy(render(platform.plan())).sections.map(({ kind, name }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('shares', () => {
  test('are counted with a step that visits every slot of a round', () => {
    for (let total = 1; total <= 10_000; total++) {
      const step = multiplierOf(total);
      expect(step).toBeGreaterThanOrEqual(1);
      expect(greatestCommonDivisor(step, total)).toBe(1);
      if (total > 2) expect(Math.abs(step - 0.618 * total)).toBeLessThan(7);
    }
    expect([2, 3, 10, 37, 100].map(multiplierOf)).toEqual([1, 2, 7, 23, 61]);
  });

  test('are exact in every round, and count only the requests that they apply to', () => {
    const platform = routerPlatform();
    const endpoint = endpointOn(platform, 'digits');
    const backends = ['a', 'b', 'c', 'dark'].map((id) => endpoint.addBackend(id, backendOptions()));
    endpoint.splitTraffic({
      shares: [97, 2, 1].map((weight, index) => ({ backend: backends[index] as never, weight })),
    });
    const haproxy = new Haproxy(render(platform.plan()));
    const counts = new Map<string, number>();
    for (let request = 0; request < 200; request++) {
      const result = haproxy.route('_router', {}) as { backend: string };
      counts.set(result.backend, (counts.get(result.backend) ?? 0) + 1);
      const own = haproxy.route('_router', { headers: { 'x-serving-backend': 'dark' } });
      expect(own).toMatchObject({ backend: 'digits-dark' });
    }
    expect(Object.fromEntries(counts)).toEqual({ 'digits-a': 194, 'digits-b': 4, 'digits-c': 2 });
  });
});

describe('a configuration', () => {
  test('is the same for the same definition', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        expect(render(declare(definition, TARGET).plan())).toEqual(render(declare(definition, TARGET).plan()));
      }),
      { numRuns: 50 },
    );
  });

  test('keeps every line of an endpoint when another is added', () => {
    const textOf = (...ids: string[]) => {
      const platform = routerPlatform();
      for (const id of ids) {
        const endpoint = endpointOn(platform, id, { path: `/${id}`, methods: [HttpMethod.POST] });
        for (const version of ['v1', 'v2']) endpoint.addBackend(version, backendOptions());
      }
      return Object.values(render(platform.plan())).flatMap((text) => text.split('\n'));
    };
    const before = textOf('a', 'c').filter((line) => !line.includes('stick-table'));
    expect(textOf('a', 'b', 'c')).toEqual(expect.arrayContaining(before));
  });

  test('grows linearly with the number of endpoints', () => {
    const size = (count: number) => {
      const platform = routerPlatform();
      for (let index = 0; index < count; index++) {
        const endpoint = endpointOn(platform, `endpoint ${1000 + index}`, { path: `/x${1000 + index}` });
        for (const version of ['v1', 'v2']) endpoint.addBackend(version, backendOptions());
      }
      return Object.values(render(platform.plan())).join('').length;
    };
    const [few, more, most] = [size(20), size(60), size(100)] as const;
    expect(Math.abs(most - more - (more - few))).toBeLessThan(10);
    expect((more - few) / 40).toBeLessThan(1200);
  });
});

function haproxyServer(haproxy: Haproxy): readonly string[] {
  return haproxy.setting(pool(haproxy), 'server-template') ?? [];
}
