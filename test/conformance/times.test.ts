import type { Construct } from 'constructs';
import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import type { ServingPlatform } from '../../src/constructs/serving-platform';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { OwnAddress } from '../../src/plan/choices';
import { type BackendPlan, type EndpointPlan, HopKind, type LadderPlan } from '../../src/plan/serving-plan';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions } from '../support/definitions';
import type { ObservedBackend } from '../support/observation';
import { onEvery, type Subject } from './subjects';

/** Timers that are closer together than this can expire in either order. */
const APART = 10;

function flag({ command }: ObservedBackend, name: string): number {
  const at = command.indexOf(name);
  if (at < 0) throw new Error(`the command has no '${name}'`);
  return Number(command[at + 1]);
}

function observe(
  subject: Subject,
  seconds: number,
  options: Partial<BackendOptions> = {},
  props: ServingEndpointProps = {},
) {
  const observed = subject.observe((scope: Construct) => {
    const requestTimeout = Duration.seconds(seconds);
    new ServingEndpoint(scope, 'endpoint', { requestTimeout, ...props }).addBackend('backend', backendOptions(options));
  });
  return { observed, backend: observed.backends.backend as ObservedBackend };
}

/** How long the last request to a stopping replica can run. */
function lastRequestSeconds(subject: Subject, backend: ObservedBackend, drain: number): number {
  return (
    backend.balancerDrain +
    (backend.preStop === 0 ? 0 : backend.preStop - subject.propagation) +
    Math.min(backend.stop, drain)
  );
}

const wsgi = ModelServer.wsgi({ app: 'app' });
const asgi = ModelServer.asgi({ app: 'app' });

onEvery('times on %s', (_, subject) => {
  test.each([10, 60, 600, 3000])('let the last request of %i s finish', (seconds) => {
    const one = observe(subject, seconds, { server: wsgi }).backend;
    expect(lastRequestSeconds(subject, one, flag(one, '--graceful-timeout'))).toBeGreaterThanOrEqual(seconds);
    const other = observe(subject, seconds, { server: asgi }).backend;
    expect(lastRequestSeconds(subject, other, flag(other, '--timeout-graceful-shutdown'))).toBeGreaterThanOrEqual(
      seconds,
    );
  });

  test.each([
    10, 60, 600,
  ])('let a request of %i s finish before the signal to a server that would drop it', (seconds) => {
    const server = ModelServer.command({ command: ['serve'], behavior: { drains: false } });
    const { backend } = observe(subject, seconds, { server });
    expect(lastRequestSeconds(subject, backend, 0)).toBeGreaterThanOrEqual(seconds);
  });

  test('leave a server time to exit after its drain', () => {
    for (const [server, name] of [
      [wsgi, '--graceful-timeout'],
      [asgi, '--timeout-graceful-shutdown'],
    ] as const) {
      const { backend } = observe(subject, 60, { server });
      expect(backend.stop).toBeGreaterThanOrEqual(flag(backend, name) + 5);
    }
  });

  test.each([10, 600])('let the balancer close idle connections before the server: requests of %i s', (seconds) => {
    for (const [server, name] of [
      [wsgi, '--keep-alive'],
      [asgi, '--timeout-keep-alive'],
    ] as const) {
      const { observed, backend } = observe(subject, seconds, { server });
      // A portable gateway is assumed to keep connections for an hour.
      expect(flag(backend, name)).toBeGreaterThanOrEqual((observed.balancerIdle ?? 3600) + APART);
    }
  });

  test('wait for a silent server', () => {
    const { observed } = observe(subject, 600);
    if (subject.cutsSilence) expect(observed.balancerIdle).toBeGreaterThanOrEqual(600 + APART);
  });

  test('decrease to match a server with a short keep-alive, or the target closes the connections', () => {
    const server = ModelServer.command({
      command: ['serve'],
      behavior: { drains: true, keepAlive: Duration.seconds(50) },
    });
    if (subject.keepsIdle) {
      expect(() => observe(subject, 30, { server })).toThrow('[KeepAliveTooShort]');
      return;
    }
    const { observed } = observe(subject, 30, { server });
    if (subject.cutsSilence) expect(observed.balancerIdle).toBe(40);
  });

  test('allow a route more time than its longest request', () => {
    const { observed } = observe(subject, 90, {}, { path: '/a' });
    for (const limit of [observed.timeoutOf?.({ path: '/a' }), observed.silenceOf({ path: '/a' })])
      if (limit !== undefined) expect(limit).toBe(90 + (subject.requestMargin ?? APART));
  });

  test('can be longer or shorter for a path, with the shares and the rewrite of its endpoint', () => {
    const observed = subject.observe((scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint', {
        path: '/a',
        stripPrefix: true,
        methods: [HttpMethod.POST],
        requestTimeout: Duration.seconds(30),
        paths: [
          { path: '/batch', requestTimeout: Duration.seconds(500) },
          { path: '/batch/ping', requestTimeout: Duration.seconds(2) },
        ],
      });
      const backend = endpoint.addBackend('backend', backendOptions({ ownAddress: OwnAddress.PATH }));
      const other = endpoint.addBackend('other', backendOptions());
      endpoint.splitTraffic({
        shares: [
          { backend, weight: 2 },
          { backend: other, weight: 1 },
        ],
        headerRules: [{ header: 'x-tier', value: 'gold', backend: other }],
      });
    });
    const post = (path: string, headers: { [name: string]: string } = {}) => ({ method: 'POST', path, headers });
    for (const [path, seconds] of [
      ['', 30],
      ['/x', 30],
      ['/batcher', 30],
      ['/batch', 500],
      ['/batch/x', 500],
      ['/batch/ping', 2],
    ] as const) {
      const server = path === '' ? '/' : path;
      expect(observed.ask(post(`/a${path}`))).toMatchObject({ shares: { backend: 2, other: 1 }, path: server });
      expect(observed.ask(post(`/a${path}`, { 'x-tier': 'gold' }))).toMatchObject({
        shares: { other: 1 },
        path: server,
      });
      expect(observed.ask(post(`/a/_b/backend${path}`))).toMatchObject({ shares: { backend: 1 }, path: server });
      expect(observed.ask({ method: 'GET', path: `/a${path}` })).toMatchObject({ status: subject.wrongMethod });
      for (const one of [`/a${path}`, `/a/_b/backend${path}`]) {
        const total = observed.timeoutOf?.(post(one));
        const limit = total ?? (subject.cutsSilence ? undefined : observed.silenceOf(post(one)));
        if (limit !== undefined) expect(limit).toBe(seconds + (subject.requestMargin ?? APART));
      }
    }
    const backend = observed.backends.backend as ObservedBackend;
    expect(lastRequestSeconds(subject, backend, flag(backend, '--graceful-timeout'))).toBeGreaterThanOrEqual(500);
  });

  test.each<[string, ServingEndpointProps, string[]]>([
    ['a request', {}, ['/']],
    ['a stream', { streaming: { maxDuration: Duration.minutes(30), heartbeat: Duration.seconds(20) } }, ['/']],
    [
      'a stream with rare heartbeats',
      { streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.minutes(4) } },
      ['/'],
    ],
    ['a path', { paths: [{ path: '/batch', requestTimeout: Duration.seconds(500) }] }, ['/batch', '/']],
  ])('are called a limit of silence or of the whole request in the ladder as the output limits them: %s', (_, props, paths) => {
    let platform: ServingPlatform | undefined;
    const observed = subject.observe((scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint', { requestTimeout: Duration.seconds(60), ...props });
      endpoint.addBackend('backend', backendOptions());
      ({ platform } = endpoint);
    });
    const plan = TargetPlatform.planOf(platform as ServingPlatform);
    const [endpoint, backend] = [plan.endpoints[0] as EndpointPlan, plan.backends[0] as BackendPlan];
    const [longest] = paths as [string];
    const total = observed.timeoutOf?.({ path: longest });
    const silence = observed.silenceOf({ path: longest });
    const row = (ladder: LadderPlan, name: string) => ladder.hops.find(({ hop }) => hop === name)?.seconds;
    for (const { ladder } of [endpoint, backend]) {
      expect(row(ladder, 'route timeout')).toBe(total);
      expect(row(ladder, subject.cutsSilence ? 'balancer idle' : 'route silence')).toBe(silence);
    }
    const balancer = backend.chain.find(({ kind }) => kind === HopKind.BALANCER);
    expect(balancer?.requestSeconds).toBe(total);
    expect(balancer?.silenceSeconds).toBe(silence);
    for (const path of paths.slice(0, paths.length > 1 ? undefined : 0)) {
      const name = path === '/' ? 'other paths' : path;
      const [ofTotal, ofSilence] = [`route timeout for ${name}`, `route silence for ${name}`].map((one) =>
        row(endpoint.ladder, one),
      );
      expect(ofTotal).toBe(observed.timeoutOf?.({ path }));
      if (ofSilence !== undefined) expect(ofSilence).toBe(observed.silenceOf({ path }));
    }
  });

  test('do not trigger the watchdog during a request or a model load', () => {
    const { backend } = observe(subject, 60, { loadTimeout: Duration.minutes(20) });
    expect(flag(backend, '--timeout')).toBeGreaterThanOrEqual(1200 + APART);
  });

  test('give a new replica enough time to load', () => {
    const { backend } = observe(subject, 60, { loadTimeout: Duration.minutes(20) });
    expect(backend.startup).toBeGreaterThanOrEqual(1200);
  });

  test('depend on the longest endpoint of a shared backend', () => {
    const observed = subject.observe((scope) => {
      const short = new ServingEndpoint(scope, 'short', { path: '/short', requestTimeout: Duration.seconds(5) });
      const backend = short.addBackend('backend', backendOptions());
      const long = new ServingEndpoint(scope, 'long', { path: '/long', requestTimeout: Duration.seconds(500) });
      long.attachBackend(backend);
    });
    const backend = observed.backends.backend as ObservedBackend;
    expect(lastRequestSeconds(subject, backend, flag(backend, '--graceful-timeout'))).toBeGreaterThanOrEqual(500);
  });

  test('of a backend do not change when an endpoint is added', () => {
    const of = (more: boolean) =>
      subject.observe((scope) => {
        new ServingEndpoint(scope, 'one', { path: '/one' }).addBackend('backend', backendOptions());
        if (!more) return;
        const props = { path: '/two', requestTimeout: Duration.seconds(2000) };
        new ServingEndpoint(scope, 'two', props).addBackend('other', backendOptions());
      }).backends.backend;
    expect(of(true)).toEqual(of(false));
  });

  test('that are set explicitly appear in the output', () => {
    const stop = { drain: Duration.seconds(65), stop: Duration.seconds(80), keepAlive: Duration.seconds(3700) };
    const waits =
      subject.kind === 'aws' ? { deregistrationDelay: Duration.seconds(90) } : { preStop: Duration.seconds(90) };
    const { backend } = observe(subject, 60, { server: asgi, timeouts: { ...stop, ...waits } });
    expect(flag(backend, '--timeout-graceful-shutdown')).toBe(65);
    expect(flag(backend, '--timeout-keep-alive')).toBe(3700);
    expect(backend.stop).toBe(80);
    expect(Math.max(backend.balancerDrain, backend.preStop)).toBe(90);
  });
});
