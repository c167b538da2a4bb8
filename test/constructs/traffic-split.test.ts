import { TrafficSplit } from '../../src/constructs/traffic-split';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import type { TestPlatformProps } from '../support/test-platform';

function backends(count: number, props: TestPlatformProps = {}) {
  const platform = testPlatform(props);
  const endpoint = endpointOn(platform);
  const list = Array.from({ length: count }, (_, index) => endpoint.addBackend(`v${index + 1}`, backendOptions()));
  const sharesOf = () =>
    platform
      .plan()
      .endpoint('endpoint')
      .shares.map((share) => share.weight);
  const split = (...weights: number[]) => {
    endpoint.splitTraffic({
      shares: weights.flatMap((weight, index) => {
        const backend = list[index];
        return backend === undefined ? [] : [{ backend, weight }];
      }),
    });
    return sharesOf();
  };
  return { platform, endpoint, list, split, sharesOf };
}

const ALB = { maxWeight: 999, name: 'an Application Load Balancer' };

describe('shares', () => {
  test('are equal without a split, regardless of the number of replicas', () => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform);
    endpoint.addBackend('one', backendOptions({ replicas: 1 }));
    endpoint.addBackend('ten', backendOptions({ replicas: 10 }));
    expect(platform.plan().endpoint('endpoint').shares).toEqual([
      { backend: 'endpoint/one', weight: 1 },
      { backend: 'endpoint/ten', weight: 1 },
    ]);
  });

  test('are equal if a split has only header rules', () => {
    const { endpoint, list, sharesOf } = backends(2);
    endpoint.splitTraffic({ headerRules: [{ header: 'x-try', value: 'yes', backend: list[1] }] });
    expect(sharesOf()).toEqual([1, 1]);
  });

  test.each([
    [
      [0.5, 0.5],
      [1, 1],
    ],
    [
      [50, 50],
      [1, 1],
    ],
    [
      [1 / 3, 2 / 3],
      [1, 2],
    ],
    [
      [0.333333333, 0.666666667],
      [1, 2],
    ],
    [
      [0.1, 0.2, 0.7],
      [1, 2, 7],
    ],
    [
      [90, 0],
      [1, 0],
    ],
    [
      [0.999, 0.001],
      [999, 1],
    ],
    [
      [2000, 1000],
      [2, 1],
    ],
  ])('%j become the whole numbers %j', (weights, whole) => {
    expect(backends(weights.length).split(...weights)).toEqual(whole);
  });

  test('are 0 for attached backends that the split does not contain', () => {
    expect(backends(3).split(9, 1)).toEqual([9, 1, 0]);
  });

  test('of a canary are its percentage and the remainder', () => {
    const { endpoint, list, sharesOf } = backends(2);
    const [stable, canary] = list as [(typeof list)[0] & object, (typeof list)[0] & object];
    endpoint.splitTraffic(TrafficSplit.canary({ stable, canary, percent: 2.5 }));
    expect(sharesOf()).toEqual([39, 1]);
  });

  test.each([-1, 101])('fail if a canary has %p percent', (percent) => {
    const [stable, canary] = backends(2).list;
    if (stable === undefined || canary === undefined) throw new Error('there are two backends');
    expect(() => TrafficSplit.canary({ stable, canary, percent })).toThrow(
      `[WeightOutOfRange] 'percent' (${percent}) must be a number between 0 and 100`,
    );
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('fail if a weight is %p', (weight) => {
    expect(() => backends(2).split(weight, 1)).toThrow(
      `[WeightOutOfRange] 'weight' (${weight}) must be a number between 0 and 1000000000; use relative weights such as 9 and 1 (at endpoint/Split)`,
    );
  });

  test('fail if all weights are 0', () => {
    expect(() => backends(2).split(0, 0)).toThrow(
      '[NoShare] the weights (0, 0) must not all be 0; give one backend a share (at endpoint/Split)',
    );
  });

  test('can have the maximum weight of an Application Load Balancer', () => {
    expect(backends(2, { target: ALB }).split(999, 1)).toEqual([999, 1]);
  });

  test('fail if a weight exceeds the maximum of an Application Load Balancer', () => {
    expect(() => backends(2, { target: ALB }).split(1000, 1)).toThrow(
      "[WeightOutOfRange] 'weight' (1000) must be between 0 and 999 on an Application Load Balancer; use relative weights such as 999 and 1 (at endpoint/Split)",
    );
  });

  test('fail if a fraction requires a larger weight', () => {
    expect(() => backends(2, { target: ALB }).split(0.9995, 0.0005)).toThrow(
      "[WeightOutOfRange] 'weight' (0.9995), which is 1999 : 1 in whole numbers, must be between 0 and 999 on an Application Load Balancer; use relative weights such as 999 and 1",
    );
  });

  test('fail if the sum of the weights exceeds the maximum', () => {
    const target = { maxTotalWeight: 10_000, maxWeight: 10_000, name: 'the router' };
    expect(() => backends(2, { target }).split(9_999, 2)).toThrow(
      "[WeightOutOfRange] 'weight' (9999) must be at most 10000 in total on the router; use relative weights such as",
    );
    expect(backends(2, { target }).split(9_999, 1)).toEqual([9_999, 1]);
  });

  test.each([
    [1e-12, 1],
    [1e-10, 5],
  ])('fail if a weight is negligible: %p', (weight, other) => {
    expect(() => backends(2).split(weight, other)).toThrow(`[WeightOutOfRange] 'weight' (${weight})`);
  });

  test.each([
    [1e308, 0.3],
    [Number.MAX_SAFE_INTEGER, 0.123456789, 0.987654321],
  ])('fail if a weight is too large: %p', (...weights) => {
    expect(() => backends(weights.length).split(...weights)).toThrow('[WeightOutOfRange]');
  });

  test('fail if a backend has two', () => {
    const { endpoint, list } = backends(1);
    const [backend] = list;
    if (backend === undefined) throw new Error('there is a backend');
    expect(() =>
      endpoint.splitTraffic({
        shares: [
          { backend, weight: 1 },
          { backend, weight: 2 },
        ],
      }),
    ).toThrow("[DuplicateShare] duplicate share of backend 'v1'; combine them into one (at endpoint/Split)");
  });

  test('fail if the backend does not serve the endpoint', () => {
    const { platform, endpoint } = backends(1);
    const other = endpointOn(platform, 'other', { path: '/other' }).addBackend('foreign', backendOptions());
    expect(() => endpoint.splitTraffic({ shares: [{ backend: other, weight: 1 }] })).toThrow(
      "[UnattachedBackend] backend 'foreign' does not serve endpoint 'endpoint'; add it to the endpoint with 'addBackend' or 'attachBackend' first (at endpoint/Split)",
    );
  });

  test('fail if a backend with a share is removed', () => {
    const { platform, endpoint, split } = backends(2);
    split(1, 1);
    endpoint.node.tryRemoveChild('v1');
    expect(() => platform.synthesize()).toThrow(
      "[ConstructRemoved] 'v1' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at endpoint/v1)",
    );
  });

  test('fail if requests are split twice', () => {
    const { endpoint, split } = backends(1);
    split(1);
    expect(() => split(1)).toThrow(
      "[DuplicateSplit] endpoint 'endpoint' already has a traffic split; put all shares and header rules into one (at endpoint)",
    );
    expect(() => new TrafficSplit(endpoint, 'Second', { endpoint })).toThrow('[DuplicateSplit]');
  });

  test('include a backend that was added after an earlier plan', () => {
    const { endpoint, sharesOf } = backends(1);
    expect(sharesOf()).toEqual([1]);
    endpoint.addBackend('late', backendOptions());
    expect(sharesOf()).toEqual([1, 1]);
  });
});

describe('header rules', () => {
  const rules = () => {
    const fixture = backends(2);
    fixture.endpoint.splitTraffic({
      headerRules: [
        { header: 'X-SERVE-CALL-METHOD', value: 'explain', backend: fixture.list[1] },
        { header: 'X-SERVE-CALL-METHOD', value: 'predict', path: '/predict/' },
      ],
    });
    return fixture.platform.plan();
  };

  test('select a backend by X-SERVE-CALL-METHOD', () => {
    expect(rules().route('endpoint', 'header:0')).toMatchObject({
      headers: [{ name: 'x-serve-call-method', values: ['explain'] }],
      shares: [{ backend: 'endpoint/v2', weight: 1 }],
      replacePath: undefined,
    });
  });

  test('set a path by X-SERVE-CALL-METHOD and keep the shares', () => {
    expect(rules().route('endpoint', 'header:1')).toMatchObject({
      headers: [{ name: 'x-serve-call-method', values: ['predict'] }],
      shares: [
        { backend: 'endpoint/v1', weight: 1 },
        { backend: 'endpoint/v2', weight: 1 },
      ],
      replacePath: '/predict',
    });
  });

  test('are matched after own addresses and before the shares, in order', () => {
    expect(rules().routes.map((route) => route.key)).toEqual([
      'endpoint#own:endpoint/v1',
      'endpoint#own:endpoint/v2',
      'endpoint#header:0',
      'endpoint#header:1',
      'endpoint#shares',
    ]);
  });

  test('fail if one has neither a backend nor a path', () => {
    expect(() => backends(1).endpoint.splitTraffic({ headerRules: [{ header: 'x-a', value: 'b' }] })).toThrow(
      "[InvalidHeaderRule] the rule for header 'x-a' requires a 'backend' or a 'path' (at endpoint/Split)",
    );
  });

  test.each([
    [
      { header: 'x a', value: 'b' },
      "the header name ('x a') must consist of letters, digits and dashes, because balancers drop other headers",
    ],
    [
      { header: 'X-Serving-Backend', value: 'b' },
      "header 'X-Serving-Backend' is reserved for the own addresses of backends and cannot be matched",
    ],
    [{ header: 'Host', value: 'b' }, "header 'Host' is matched with 'hosts'"],
    ...['', ' b', 'b"', 'b\\c', 'ü'].map((value): [{ header: string; value: string }, string] => [
      { header: 'x-a', value },
      `the value of header 'x-a' ('${value}') must consist of printable characters other than quotes and backslashes, without spaces around them`,
    ]),
  ])('fail if the header cannot be matched: %j', (rule, message) => {
    const { endpoint, list } = backends(1);
    expect(() => endpoint.splitTraffic({ headerRules: [{ ...rule, backend: list[0] }] })).toThrow(
      `[InvalidHeader] ${message}`,
    );
  });

  test('fail if the path is invalid', () => {
    expect(() =>
      backends(1).endpoint.splitTraffic({ headerRules: [{ header: 'x-a', value: 'b', path: 'predict' }] }),
    ).toThrow("[InvalidPath] 'path' ('predict') must start with '/'");
  });

  test('fail if the backend does not serve the endpoint', () => {
    const { platform, endpoint } = backends(1);
    const backend = endpointOn(platform, 'other', { path: '/other' }).addBackend('foreign', backendOptions());
    expect(() => endpoint.splitTraffic({ headerRules: [{ header: 'x-a', value: 'b', backend }] })).toThrow(
      "[UnattachedBackend] backend 'foreign' does not serve endpoint 'endpoint'",
    );
  });
});
