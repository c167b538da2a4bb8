import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Duration,
  HealthCheck,
  Intermediary,
  kubernetes,
  ModelServer,
  ServingEndpoint,
  type ServingEndpointProps,
} from '../../src';
import type { TargetPlatform } from '../../src/constructs/target-platform';
import type { Explanation } from '../../src/plan/explanation';
import { explain } from '../../src/report/explain';
import { onCallNotes } from '../../src/report/on-call';
import type { Section } from '../../src/report/sections';
import { renderText } from '../../src/report/text';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';
import { NUMBERED } from '../support/profiles';
import type { TestPlatform } from '../support/test-platform';

const CAUTIOUS = ModelServer.gunicorn({ app: 'app', extraArgs: ['--name', "it's here"] });

function twoBackends(): TestPlatform {
  const platform = testPlatform({ target: NUMBERED });
  const endpoint = endpointOn(platform, 'rank', { path: '/rank', requestTimeout: Duration.seconds(30) });
  const stable = endpoint.addBackend('stable', { ...backendOptions(), server: CAUTIOUS, replicas: 3 });
  const canary = endpoint.addBackend('canary', { ...backendOptions(), loadTimeout: Duration.seconds(900) });
  endpoint.splitTraffic({
    shares: [
      { backend: stable, weight: 999 },
      { backend: canary, weight: 1 },
    ],
  });
  return platform;
}

function summaryOf(platform: TestPlatform, more: Partial<Explanation> = {}): Section[] {
  const explanation = { platform: 'P', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [], ...more };
  return explain([explanation], { names: ['summary'] });
}

const titled = (sections: Section[], title: string): Section | undefined => sections.find((one) => one.title === title);

describe('the summary', () => {
  test('has the request limit of each endpoint, also if they share a backend', () => {
    const platform = testPlatform();
    const short = endpointOn(platform, 'short', { path: '/short', requestTimeout: Duration.seconds(2) });
    const long = endpointOn(platform, 'long', { path: '/long', requestTimeout: Duration.hours(2) });
    long.attachBackend(short.addBackend('v1', backendOptions()));
    const rows = summaryOf(platform).flatMap(({ table }) => table?.rows ?? []);
    expect(
      rows.filter(([time]) => /^(silent|total) request/.test(time ?? '')).map(([time, value]) => [time, value]),
    ).toEqual([
      ['total request time of short', 'ends after 12 s'],
      ['total request time of long', 'ends after 7210 s'],
    ]);
  });

  /** The limits of requests in the summary of a platform, and in its notes for someone on call. */
  function limitsOf(define: (scope: Construct) => TargetPlatform, more: ServingEndpointProps = {}) {
    const chart = new Chart(new App(), 'Serving');
    const platform = define(chart);
    new ServingEndpoint(chart, 'endpoint', more).addBackend('v1', backendOptions());
    const rows = summaryOf(platform as TestPlatform).flatMap(({ table }) => table?.rows ?? []);
    const plan = platform.plan();
    return {
      rows: rows
        .filter(([time = '']) => /^(silent|total) request/.test(time))
        .map(([time, value]) => `${time} ${value}`),
      note: onCallNotes(plan, plan.backends[0] as never).find((note) => /^(Silence|Request limits):/.test(note)),
    };
  }

  const proxy = (behind: Intermediary) => (scope: Construct) =>
    new kubernetes.KubernetesPlatform(scope, 'Platform', { behind: [behind] });
  const gateway = (profile: kubernetes.GatewayProfile) => (scope: Construct) =>
    new kubernetes.KubernetesPlatform(scope, 'Platform', {
      gateway: kubernetes.Gateway.fromName('inference', { profile }),
    });
  const stream = { streaming: { maxDuration: Duration.minutes(30), heartbeat: Duration.seconds(20) } };

  test.each<[string, (scope: Construct) => TargetPlatform, ServingEndpointProps, string[], string | undefined]>([
    [
      'the router, which ends silent requests',
      (scope) => new kubernetes.KubernetesPlatform(scope, 'Platform'),
      {},
      ['silent request ends after 61 s'],
      'Silence: the built-in router ends a request after 61 s of silence (status 504).',
    ],
    [
      'Envoy Gateway, which limits whole requests',
      gateway(kubernetes.GatewayProfile.ENVOY_GATEWAY),
      {},
      ['total request time ends after 70 s'],
      'Request limits: Envoy Gateway ends a request after 70 s in total (status 504).',
    ],
    [
      'Envoy Gateway with streams, which end if they are silent',
      gateway(kubernetes.GatewayProfile.ENVOY_GATEWAY),
      stream,
      ['silent request ends after 70 s'],
      'Silence: Envoy Gateway ends a request after 70 s of silence (status 504).',
    ],
    [
      'an Envoy in front, whose route limits whole requests',
      proxy(Intermediary.envoy({ routeTimeout: Duration.seconds(90) })),
      {},
      ['silent request ends after 61 s', 'total request time ends after 90 s'],
      'Request limits: Envoy ends a request after 90 s in total; the built-in router ends a request after 61 s of silence (status 504).',
    ],
    [
      'a proxy in front with both limits',
      proxy(Intermediary.of({ name: 'edge', silence: Duration.seconds(90), requestTimeout: Duration.seconds(300) })),
      {},
      ['silent request ends after 61 s', 'total request time ends after 300 s'],
      'Request limits: edge ends a request after 90 s of silence or 300 s in total; the built-in router ends a request after 61 s of silence (status 504).',
    ],
  ])('labels limits by what they limit: %s', (_, define, more, rows, note) => {
    expect(limitsOf(define, more)).toEqual({ rows, note });
  });

  test('has the URL, and the share and address of each backend', () => {
    const reach = [{ endpoint: 'rank', url: 'http://here/rank', notes: ['from inside only'] }];
    const section = titled(summaryOf(twoBackends(), { reach }), 'rank');
    expect(section).toMatchObject({ aside: 'http://here/rank', notes: ['from inside only'] });
    expect(section?.table?.rows).toEqual([
      ['99.9 %', 'stable', '3', 'x-serving-backend: stable'],
      ['0.1 %', 'canary', '1', 'x-serving-backend: canary'],
    ]);
  });

  test('lists backends next to a time only if they differ', () => {
    const rows = titled(summaryOf(twoBackends()), 'times')?.table?.rows ?? [];
    const named = rows.map(([time]) => time);
    expect(named).toContain('longest request');
    expect(named).toContain('idle connection');
    expect(named).toEqual(expect.arrayContaining(['start of stable', 'start of canary']));
    expect(named).not.toContain('start of a replica');
  });

  test('shows warnings with their ids, and each feature that needs action once', () => {
    const warnings = [{ path: 'rank/stable', id: 'serving-constructs:x.Y', message: 'look at this' }];
    const section = titled(summaryOf(twoBackends(), { warnings }), 'action needed');
    expect(section?.table?.rows[0]).toEqual(['warning', 'look at this (at rank/stable) [ack: serving-constructs:x.Y]']);
    const approximated = section?.table?.rows.find(([word]) => word === 'approximated')?.[1] ?? '';
    expect(approximated.split(', ')).toEqual([...new Set(approximated.split(', '))]);
    expect(approximated).toContain('server version');
  });

  test('has the command of each server, quoted for a shell', () => {
    const rows = titled(summaryOf(twoBackends()), 'commands')?.table?.rows ?? [];
    expect(rows.map(([name]) => name)).toEqual(['stable', 'canary']);
    expect(rows[0]?.[1]).toMatch(/^gunicorn app:app --bind .* --name 'it'\\''s here'/);
  });

  test('names the entry point of the image of a server that keeps it', () => {
    const commandOf = (server: ModelServer) => {
      const { platform } = singleBackend({ server, healthCheck: HealthCheck.http('/') });
      return titled(summaryOf(platform), 'commands')?.table?.rows[0]?.[1];
    };
    expect(commandOf(ModelServer.fromImage())).toBe("the image's own");
    expect(commandOf(ModelServer.fromImage({ args: ['--name', 'a b'] }))).toBe("the image's ENTRYPOINT --name 'a b'");
    expect(commandOf(ModelServer.command({ command: ['serve'], args: ['--fast'] }))).toBe('serve --fast');
  });

  test('starts with refusals, as does every other part', () => {
    const refusals = ['[NoBackend] nothing here (at rank)'];
    const platform = twoBackends();
    const explanation = { platform: 'P', target: 'a test', plan: platform.plan(), lockFiles: [], refusals };
    for (const name of ['summary', 'routes', 'rules'] as const)
      expect(explain([explanation], { names: [name] })[1]).toMatchObject({
        title: 'refused',
        table: { rows: [refusals] },
      });
  });

  test('of two backends fits on one screen with 80 columns', () => {
    const platform = twoBackends();
    const lines = renderText(summaryOf(platform), 80).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('supports a plan of a release without URLs and warnings', () => {
    const { reach: _, warnings: __, ...old } = { reach: [], warnings: [] };
    expect(titled(summaryOf(twoBackends(), old), 'rank')?.aside).toBeUndefined();
  });
});
