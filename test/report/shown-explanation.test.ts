import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelServer, ServerImage, servers } from '../../src';
import { shownExplanation } from '../../src/private/shown-explanation';
import { explain } from '../../src/report/explain';
import { renderText } from '../../src/report/text';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';

const SECRET = 'hunter2';

/** A platform whose definition has a secret in every place that ends up in a plan. */
function revealing() {
  const platform = testPlatform();
  const endpoint = endpointOn(platform, 'endpoint', { headers: [{ name: 'x-api-key', values: [SECRET] }] });
  const descriptor = {
    name: 'own',
    drain: servers.DrainBehavior.COMPLETES_REQUESTS,
    keepAlive: servers.KeepAliveKind.NEVER_CLOSES,
    listensWhenReady: true,
  };
  endpoint.addBackend('v1', {
    ...backendOptions(),
    server: ModelServer.custom({
      command: ['own', '--api-key', SECRET, `--password=${SECRET}`, '--mode', 'fast'],
      descriptor,
      environment: { OWN_MODE: SECRET },
    }),
    environment: { MODE: SECRET, __proto__x: SECRET },
    sidecars: [
      {
        name: 'proxy',
        image: ServerImage.fromRegistry('acme/proxy:1.2.0'),
        args: ['--api-key', SECRET],
        environment: { PROXY_MODE: SECRET },
      },
    ],
  });
  endpoint.addBackend('v2', {
    ...backendOptions(),
    server: ModelServer.gunicorn({ app: 'app', extraArgs: ['--token', SECRET] }),
    environment: { FLAG: SECRET, HOME: '/data' },
  });
  endpoint.splitTraffic({ headerRules: [{ header: 'authorization', value: SECRET, path: '/a' }] });
  return { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] };
}

test('an explanation has no values from users, but names, values of the server and other arguments', () => {
  const shown = shownExplanation(revealing());
  const text = JSON.stringify(shown);
  expect(text).not.toContain(SECRET);
  for (const part of [
    '"MODE":"***"',
    '"OWN_MODE":"***"',
    '"PROXY_MODE":"***"',
    '"PORT":"8000"',
    '"--password=***"',
    '"fast"',
    '"HOME":"***"',
  ])
    expect(text).toContain(part);
  expect(shownExplanation(shown)).toEqual(shown);
});

test('computed values are shown', () => {
  const { plan } = shownExplanation(revealing());
  const times = JSON.stringify(plan.backends.map(({ command, times: { keepAlive } }) => [command, keepAlive]));
  expect(times).toContain('4010');
});

test('a text report has no values from users', () => {
  expect(renderText(explain([shownExplanation(revealing())]))).not.toContain(SECRET);
});

test('the file of an explanation has no values from users', () => {
  const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
  const before = process.env.SERVING_EXPLAIN;
  process.env.SERVING_EXPLAIN = folder;
  try {
    const platform = testPlatform();
    const backend = endpointOn(platform).addBackend('v1', backendOptions({ environment: { MODE: SECRET } }));
    platform.synthesize();
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(texts).toHaveLength(1);
    expect(texts[0]).not.toContain(SECRET);
    expect(texts[0]).toContain('"MODE": "***"');
    // The plan itself is not redacted, because it is rendered.
    expect(backend._binding.intent.environment.MODE).toBe(SECRET);
  } finally {
    if (before === undefined) delete process.env.SERVING_EXPLAIN;
    else process.env.SERVING_EXPLAIN = before;
    rmSync(folder, { recursive: true, force: true });
  }
});

test('messages about reserved variables have no values', () => {
  const descriptor = {
    name: 'own',
    drain: servers.DrainBehavior.COMPLETES_REQUESTS,
    keepAlive: servers.KeepAliveKind.NEVER_CLOSES,
    listensWhenReady: true,
  };
  const server = ModelServer.custom({ command: ['own'], descriptor, environment: { MODE: SECRET } });
  const define = () =>
    endpointOn(testPlatform()).addBackend('v1', backendOptions({ server, environment: { MODE: 'a' } }));
  expect(define).toThrow(
    "'MODE' in 'environment' conflicts with 'server', which sets it (its 'environment'); remove it",
  );
});

test('commands in messages have no credentials', () => {
  const define = () => ModelServer.command({ command: ['serve', '--host', '127.0.0.1', '--api-key', SECRET] });
  expect(define).toThrow("in the server command ('serve --host 127.0.0.1 --api-key ***')");
});
