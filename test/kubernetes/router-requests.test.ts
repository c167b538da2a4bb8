import fc from 'fast-check';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { CONFIG_FILE, type RouterFiles } from '../../src/kubernetes/private/router/haproxy';
import { encode, word } from '../../src/kubernetes/private/router/words';
import type { PlatformIntents } from '../../src/plan/intents';
import { ServingPlan } from '../../src/plan/plan';
import { HealthCheck } from '../../src/workload/health-check';
import { declare, definitions, EXACT_HOSTS, intentsOf, METHODS, PATHS, TIERS } from '../support/arbitraries';
import { backendOptions, endpointOn } from '../support/definitions';
import { Haproxy, type RoutingResult, words } from '../support/haproxy';
import { plannedRoute } from '../support/planned-route';
import type { Request } from '../support/request';
import { render, routerPlatform, TARGET } from './router-support';

type Asked = Request & { readonly method: string; readonly path: string };

describe('requests', () => {
  const requests: fc.Arbitrary<Asked> = fc.record({
    method: fc.constantFrom(...METHODS, HttpMethod.PATCH),
    host: fc.constantFrom(...EXACT_HOSTS, 'z.x.com', 'q.y.org:8080', 'other.net', 'A.X.com'),
    path: fc
      .tuple(
        fc.constantFrom(...PATHS, '/a/_b/e0v0', '/_b/e1v0', '/none'),
        fc.constantFrom('', '/', '/x', 'x', '//y', '/https://y', '://y'),
      )
      .map(([path, rest]) => path + rest),
    headers: fc.dictionary(
      fc.constantFrom('x-tier', 'x-serve-call-method', 'x-serving-backend'),
      fc.constantFrom(...TIERS, 'one', 'two', 'e0v0', 'e1v1'),
    ),
  });

  test('of any kind are routed according to the plan', () => {
    fc.assert(
      fc.property(definitions, fc.array(requests, { minLength: 1, maxLength: 20 }), (definition, asked) => {
        const plan = declare(definition, TARGET).plan();
        const haproxy = new Haproxy(render(plan));
        for (const request of asked) expectAsPlanned(plan, haproxy.route('_router', request), request);
      }),
      { numRuns: 300 },
    );
  });

  function expectAsPlanned(plan: ServingPlan, result: RoutingResult, request: Asked): void {
    const planned = plannedRoute(plan, request);
    if ('status' in planned) {
      const headers = planned.allow === undefined ? {} : { allow: planned.allow };
      expect(result).toEqual({ status: planned.status, headers });
      return;
    }
    const { backend, path } = result as { backend: string; path: string };
    expect(Object.keys(planned.shares)).toContain(backend);
    expect(path).toBe(planned.path);
  }
});

describe('text of users', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(...'ab\'"\\$ #%{}()|,;:&!?*=[]<>`~^é'),
    minLength: 1,
    maxLength: 20,
  });

  test('is always one word', () => {
    fc.assert(fc.property(fc.array(nasty), (texts) => expect(words(texts.map(word).join(' '))).toEqual(texts)));
    fc.assert(
      fc.property(nasty, (text) => {
        expect(encode(text)).toMatch(/^[A-Za-z0-9%/._-]*$/);
        expect(decodeURIComponent(encode(text))).toBe(text);
      }),
    );
  });

  test.each(['a\nb', 'a\rb', 'a\0b', 'a\x7fb'])('fails if it contains a control character: %j', (text) => {
    expect(() => word(text)).toThrow(/^the configuration of the router cannot contain "/);
  });

  test('cannot add a line or a word to the configuration', () => {
    const base = routerPlatform();
    const endpoint = endpointOn(base, 'digits', { headers: [{ name: 'x-tier', values: ['gold'] }], path: '/digits' });
    const svm = endpoint.addBackend('svm', backendOptions({ healthCheck: HealthCheck.http('/ready') }));
    endpoint.splitTraffic({ headerRules: [{ header: 'x-rule', value: 'one', path: '/one', backend: svm }] });
    const intents = intentsOf(base);
    const shape = (files: RouterFiles) =>
      (files[CONFIG_FILE] as string)
        .split('\n')
        .map((line) => [...words(line).slice(0, 2), words(line).length].join(' '));
    const keys = ({ [CONFIG_FILE]: _, ...maps }: RouterFiles) =>
      Object.values(maps).flatMap((text) =>
        text.split('\n').filter((line) => !/^(# .*|[^ #][^ ]* [^ ].*|)$/.test(line)),
      );
    const change = (text: string, control: string): PlatformIntents => ({
      ...intents,
      endpoints: intents.endpoints.map((intent) => ({
        ...intent,
        name: text + control,
        description: text + control,
        prefix: `/${text}`,
        hosts: [text],
        headers: [{ name: 'x-tier', values: [text] }],
      })),
      backends: intents.backends.map((intent) => ({
        ...intent,
        name: text + control,
        description: text + control,
        healthCheck: { ...intent.healthCheck, path: `/${text}` },
      })),
      splits: intents.splits.map((split) => ({
        ...split,
        headerRules: split.headerRules.map((rule) => ({
          ...rule,
          header: { name: 'x-rule', values: [text] },
          rewritePath: `/${text}`,
        })),
      })),
    });
    // A path with a space needs one more line, and one with a backslash, or an invalid host, has no requests.
    const expected = new Set(['plain', 'a b'].flatMap((text) => shape(render(new ServingPlan(change(text, ''))))));
    fc.assert(
      fc.property(
        nasty.filter((text) => !text.includes('*') && !text.includes('/')),
        (text) => {
          const files = render(new ServingPlan(change(text, '\n  server evil 192.0.2.1:80')));
          expect(shape(files).filter((line) => !expected.has(line))).toEqual([]);
          expect(keys(files)).toEqual([]);
        },
      ),
    );
  });
});
