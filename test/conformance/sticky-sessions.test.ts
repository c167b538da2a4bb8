import type { Construct } from 'constructs';
import type { Backend } from '../../src/constructs/backend';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import type { StickySession } from '../../src/constructs/sticky-session';
import { Duration } from '../../src/units/duration';
import { backendOptions } from '../support/definitions';
import type { Answer, Observation } from '../support/observation';
import { onEvery } from './subjects';

interface Sticky {
  readonly names: readonly string[];
  readonly weights?: readonly number[];
  readonly backend?: Partial<BackendOptions>;
  readonly split?: StickySession;
}

/** An endpoint with a split and a header rule. */
function declare(scope: Construct, { names, weights = names.map(() => 1), backend, split }: Sticky): void {
  const endpoint = new ServingEndpoint(scope, 'endpoint', { path: '/e' });
  const backends = names.map((name) => endpoint.addBackend(name, backendOptions({ replicas: 2, ...backend })));
  endpoint.splitTraffic({
    shares: backends.map((one, index) => ({ backend: one, weight: weights[index] as number })),
    headerRules: [
      { header: 'x-rule', value: 'path', path: '/other' },
      { header: 'x-rule', value: 'first', backend: backends[0] as Backend },
    ],
    stickySession: split,
  });
}

const HOUR = { maxAge: Duration.hours(1) };
const ruled = (value: string) => ({ path: '/e', headers: { 'x-rule': value } });
const keptFor = (answer: Answer) => ('status' in answer ? answer.status : answer.keptFor);
const sharesOf = (answer: Answer) =>
  'status' in answer ? {} : Object.fromEntries(Object.entries(answer.shares).filter(([, share]) => share > 0));

onEvery('sticky backends on %s', (_, subject) => {
  const observe = (sticky: Partial<Sticky>) =>
    subject.observe((scope) => declare(scope, { names: ['a', 'b'], ...sticky }));

  if (!subject.keepsBackends) {
    test('are refused', () => {
      expect(() => observe({ split: HOUR })).toThrow(/'sticky backends' is not supported by .*use a header rule/);
    });
    return;
  }

  test('are off by default', () => {
    const observed = observe({});
    expect(keptFor(observed.ask({ path: '/e' }))).toBeUndefined();
    expect(observed.backends.a?.keepsReplicaFor).toBeUndefined();
  });

  test('keep a client for the declared time, with the declared shares of new clients', () => {
    const answer = observe({ weights: [1, 2], split: HOUR }).ask({ path: '/e' });
    expect(keptFor(answer)).toBe(3600);
    expect(sharesOf(answer)).toEqual({ a: 1, b: 2 });
  });

  test('keep a client for a day by default', () => {
    expect(keptFor(observe({ split: {} }).ask({ path: '/e' }))).toBe(86_400);
  });

  test('apply to requests that the shares decide, and to no others', () => {
    const observed = observe({ split: HOUR });
    expect(keptFor(observed.ask(ruled('path')))).toBe(3600);
    expect(keptFor(observed.ask(ruled('first')))).toBeUndefined();
    expect(keptFor(observed.ask({ path: '/e', headers: { 'x-serving-backend': 'b' } }))).toBeUndefined();
  });

  test('have no destination with weight 0, which a cookie could select', () => {
    const answer = observe({ names: ['a', 'b', 'c'], weights: [1, 2, 0], split: HOUR }).ask({ path: '/e' });
    expect('shares' in answer && Object.keys(answer.shares).sort()).toEqual(['a', 'b']);
  });

  test('do not make replicas sticky', () => {
    expect(observe({ split: HOUR }).backends.a?.keepsReplicaFor).toBeUndefined();
  });
});

onEvery('sticky replicas on %s', (_, subject) => {
  const replicas = ({ backends }: Observation) => Object.values(backends).map(({ keepsReplicaFor }) => keepsReplicaFor);
  const backend = { stickySession: { maxAge: Duration.minutes(90) } };

  if (subject.keepsReplicas === 'never') {
    test('are refused', () => {
      expect(() => subject.observe((scope) => declare(scope, { names: ['a'], backend }))).toThrow(
        /'sticky replicas' is not supported by .*use GatewayProfile.ENVOY_GATEWAY or the built-in router/,
      );
    });
    return;
  }

  test('keep a client for the declared time', () => {
    expect(replicas(subject.observe((scope) => declare(scope, { names: ['a'], backend })))).toEqual([5400]);
  });

  test('keep a client for a day by default', () => {
    const sticky = { names: ['a'], backend: { stickySession: {} } };
    expect(replicas(subject.observe((scope) => declare(scope, sticky)))).toEqual([86_400]);
  });

  test('are off by default', () => {
    expect(replicas(subject.observe((scope) => declare(scope, { names: ['a'] })))).toEqual([undefined]);
  });

  test(`${subject.keepsReplicas === 'always' ? 'do not require' : 'require'} that the backend is sticky, if there are several`, () => {
    const observed = () => subject.observe((scope) => declare(scope, { names: ['a', 'b'], backend }));
    if (subject.keepsReplicas === 'always') expect(replicas(observed())).toEqual([5400, 5400]);
    else expect(observed).toThrow(/'stickySession' of backend 'a' is not supported by .* chooses among 2 backends/);
  });

  if (subject.keepsBackends) {
    test('can be combined with sticky backends, each with its own time', () => {
      const observed = subject.observe((scope) => declare(scope, { names: ['a', 'b'], backend, split: HOUR }));
      expect(replicas(observed)).toEqual([5400, 5400]);
      expect(keptFor(observed.ask({ path: '/e' }))).toBe(3600);
    });
  }
});
