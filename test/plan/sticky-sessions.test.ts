import { ecsProfile } from '../../src/aws/profile';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { stickinessOrder } from '../../src/constructs/private/sticky-session';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import type { TrafficSplitOptions } from '../../src/constructs/traffic-split';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { withWorkloads } from '../../src/kubernetes/private/workload-capabilities';
import { Feature, SupportLevel, type TargetProfile } from '../../src/plan/target-profile';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';

interface Declared {
  readonly target?: TargetProfile;
  readonly names?: readonly string[];
  readonly backend?: Partial<BackendOptions>;
  readonly split?: TrafficSplitOptions;
}

const ALB = ecsProfile(100);
const ROUTER = withWorkloads(routerProfile(30));
const SPLIT = { stickySession: { maxAge: Duration.minutes(5) } };
const BACKEND = { stickySession: { maxAge: Duration.hours(3) } };

function declared({ target = ROUTER, names = ['v1', 'v2'], backend, split }: Declared) {
  const platform = testPlatform({ target });
  const endpoint = endpointOn(platform, 'endpoint', { path: '/e' });
  const backends = names.map((name) => endpoint.addBackend(name, backendOptions(backend)));
  if (split !== undefined) endpoint.splitTraffic(split);
  const plan = () => platform.plan();
  const details = (feature: Feature) => plan().ledger.filter((entry) => entry.feature === feature);
  const warnings = () => plan().backends.flatMap(({ intent }) => stickinessOrder(plan(), platform.target, intent));
  return { endpoint, backends, plan, details, warnings };
}

describe('the ledger', () => {
  test('does not mention sessions that are not sticky', () => {
    const { details } = declared({ split: {} });
    expect([Feature.STICKY_BACKENDS, Feature.STICKY_REPLICAS].flatMap(details)).toEqual([]);
    expect(details(Feature.WEIGHTS)[0]?.detail).toMatch(/^1 : 1: /);
  });

  test('records that the shares are those of new clients', () => {
    const { details } = declared({ split: SPLIT });
    expect(details(Feature.WEIGHTS)[0]?.detail).toMatch(/^1 : 1, of new clients: counted/);
    expect(details(Feature.STICKY_BACKENDS)).toEqual([
      {
        path: 'endpoint',
        feature: 'sticky backends',
        level: SupportLevel.NATIVE,
        detail: expect.stringMatching(/^300 s: a cookie with the name of the backend/),
      },
    ]);
  });

  test('records that added replicas get new clients only', () => {
    const { backends, details } = declared({ names: ['v1'], backend: BACKEND });
    expect(details(Feature.STICKY_REPLICAS)[0]?.detail).toMatch(/^10800 s: `cookie` of the pool/);
    backends[0]?.autoscale({ maxReplicas: 3, targets: [ScalingTarget.cpuUtilization(50)] });
    expect(details(Feature.STICKY_REPLICAS)[0]?.detail).toMatch(/^10800 s, and added replicas get new clients only: /);
  });

  test('records where a load balancer differs', () => {
    const { details } = declared({ target: ALB, split: SPLIT });
    expect(details(Feature.STICKY_BACKENDS)[0]).toMatchObject({
      level: SupportLevel.APPROXIMATED,
      detail: expect.stringContaining('without a healthy replica get 503 until its weight is 0'),
    });
  });
});

describe('routes that the shares decide', () => {
  test('are sticky, for every path, without backends of weight 0', () => {
    const platform = testPlatform({ target: ROUTER });
    const paths = [{ path: '/slow', requestTimeout: Duration.minutes(9) }];
    const endpoint = endpointOn(platform, 'endpoint', { path: '/e', paths });
    const [v1, v2] = ['v1', 'v2'].map((name) => endpoint.addBackend(name, backendOptions()));
    const shares = [
      { backend: v1!, weight: 1 },
      { backend: v2!, weight: 0 },
    ];
    endpoint.splitTraffic({ shares, headerRules: [{ header: 'x-a', value: 'b', path: '/c' }], ...SPLIT });
    const routes = platform.plan().routes.filter(({ stickySeconds }) => stickySeconds !== undefined);
    expect(
      routes.map(({ key, stickySeconds, shares: sharing }) => [key.split('#')[1], stickySeconds, sharing]),
    ).toEqual(
      ['header:0@/slow', 'shares@/slow', 'header:0', 'shares'].map((key) => [
        key,
        300,
        [{ backend: 'endpoint/v1', weight: 1 }],
      ]),
    );
    expect(platform.plan().endpoint('endpoint').shares).toHaveLength(2);
  });
});

describe('the order of two deployments', () => {
  test('causes a warning where a target refuses the other order', () => {
    const { warnings, plan } = declared({ target: ALB, backend: BACKEND, split: SPLIT });
    expect(plan().refusals).toEqual([]);
    expect(warnings()).toEqual(
      ['v1', 'v2'].map((name) => ({
        id: `stickinessOrder.${name}`,
        message: expect.stringMatching(
          new RegExp(
            `^'stickySession' of backend '${name}' can be deployed only after that of the split of endpoint 'endpoint', because an Application Load Balancer refuses it before; if the endpoint is deployed without it, deploy the split first`,
          ),
        ),
      })),
    );
  });

  test.each<[string, Declared]>([
    ['a single backend', { names: ['v1'], backend: BACKEND, split: SPLIT }],
    ['sticky backends only', { split: SPLIT }],
    ['the built-in router', { target: ROUTER, backend: BACKEND, split: SPLIT }],
    ['what is refused anyway', { backend: BACKEND }],
  ])('does not matter for %s', (_, change) => {
    expect(declared({ target: ALB, ...change }).warnings()).toEqual([]);
  });
});
