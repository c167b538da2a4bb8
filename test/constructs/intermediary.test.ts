import { Intermediary } from '../../src/constructs/intermediary';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';

const { seconds } = Duration;

describe('an intermediary', () => {
  test.each([
    ['an Application Load Balancer', Intermediary.applicationLoadBalancer(), [60, 60, 60, undefined]],
    ['a Network Load Balancer', Intermediary.networkLoadBalancer(), [350, undefined, 350, undefined]],
    ['CloudFront', Intermediary.cloudFront(), [undefined, 5, 30, undefined]],
    ['nginx', Intermediary.nginx(), [75, 60, 60, undefined]],
    ['Envoy', Intermediary.envoy(), [3600, 3600, 300, 15]],
    ['the sidecar of Istio', Intermediary.istioSidecar(), [3600, 3600, 300, undefined]],
    [
      'HAProxy',
      Intermediary.haproxy({ clientTimeout: seconds(40), serverTimeout: seconds(50) }),
      [40, 65, 40, undefined],
    ],
    ['another proxy', Intermediary.of({ name: 'a proxy' }), [undefined, undefined, undefined, undefined]],
  ])('has the default times of %s', (_, hop, times) => {
    const { clientIdleSeconds, serverIdleSeconds, silenceSeconds, requestSeconds } = hop._intent();
    expect([clientIdleSeconds, serverIdleSeconds, silenceSeconds, requestSeconds]).toEqual(times);
  });

  test('has a source for its times, unless the user declared them', () => {
    const known = [
      Intermediary.applicationLoadBalancer(),
      Intermediary.networkLoadBalancer(),
      Intermediary.cloudFront(),
      Intermediary.nginx(),
      Intermediary.envoy(),
      Intermediary.istioSidecar(),
      Intermediary.haproxy({ clientTimeout: seconds(40), serverTimeout: seconds(50) }),
    ];
    for (const hop of known) expect(hop._intent().source).toMatch(/^https:\/\//);
    expect(Intermediary.of({ name: 'a proxy' })._intent().source).toBeUndefined();
  });

  test('that does not reuse connections has a server idle time of 0', () => {
    const intent = Intermediary.of({ name: 'a proxy', reusesConnections: false })._intent();
    expect(intent.serverIdleSeconds).toBe(0);
  });

  test.each<[() => unknown, string]>([
    [
      () => Intermediary.applicationLoadBalancer({ idleTimeout: seconds(4001) }),
      "[InvalidNumber] 'idleTimeout' (4001) must be a whole number between 1 and 4000; the value is in seconds",
    ],
    [
      () => Intermediary.applicationLoadBalancer({ idleTimeout: seconds(60_000) }),
      "[InvalidNumber] 'idleTimeout' (60000 s) must be between 1 and 4000 s; if 60000 ms is intended, use Duration.millis(60000)",
    ],
    [
      () => Intermediary.applicationLoadBalancer({ idleTimeout: Duration.millis(1.5) }),
      "[InvalidNumber] 'idleTimeout' (0.0015) must be a whole number between 1 and 4000; the value is in seconds",
    ],
    [
      () => Intermediary.applicationLoadBalancer({ idleTimeout: Duration.millis(70) }),
      "[InvalidNumber] 'idleTimeout' (0.07 s) must be between 1 and 4000 s; if 70 s is intended, use Duration.seconds(70)",
    ],
    [
      () => Intermediary.applicationLoadBalancer({ idleTimeout: Duration.millis(60) }),
      "[InvalidNumber] 'idleTimeout' (0.06 s) must be between 1 and 4000 s; if 60 s is intended, use Duration.seconds(60)",
    ],
    [
      () => Intermediary.nginx({ readTimeout: seconds(0) }),
      "[InvalidNumber] 'readTimeout' (0) must be a whole number between 1 and 86400; the value is in seconds",
    ],
    [
      () => Intermediary.nginx({ readTimeout: seconds(1.5) }),
      "[InvalidNumber] 'readTimeout' (1.5) must be a whole number",
    ],
    [
      () => Intermediary.nginx({ readTimeout: 60 as unknown as Duration }),
      "[InvalidType] 'readTimeout' (60) must be a Duration, for example Duration.seconds(60)",
    ],
    [
      () => seconds(Number.POSITIVE_INFINITY),
      "[InvalidNumber] 'duration' (Infinity) must be a finite number of at least 0",
    ],
    [() => seconds(Number.NaN), "[InvalidNumber] 'duration' (NaN) must be a number of at least 0"],
    [() => seconds(-1), "[InvalidNumber] 'duration' (-1) must be a number of at least 0"],
    [() => seconds(-1.8881545897087503e289), "[UnresolvedNumber] 'duration' is a token"],
    [() => Intermediary.of({ name: '' }), "[InvalidName] 'name' ('') must not be empty"],
    [
      () => Intermediary.of({ name: 'a', reusesConnections: false, serverIdle: seconds(5) }),
      "[ConflictingProps] 'serverIdle' (5 s) requires 'reusesConnections' to be true",
    ],
    [
      () => Intermediary.cloudFront({ responseCompletionTimeout: seconds(29) }),
      "[ConflictingProps] 'responseCompletionTimeout' (29 s) must be at least 'responseTimeout' (30 s)",
    ],
    [
      () => testPlatform({ behind: [{}] as never }),
      "[InvalidType] 'behind[0]' ({}) must be an Intermediary, for example Intermediary.cloudFront()",
    ],
    [() => testPlatform({ behind: {} as never }), "[InvalidType] 'behind' ({}) must be a list"],
  ])('fails if it is invalid: %p', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a configured timeout', () => {
  const set = (timeouts: object) => () => endpointOn(testPlatform()).addBackend('v1', backendOptions({ timeouts }));

  test.each<[object, string]>([
    [{ keepAlive: seconds(0) }, "[InvalidNumber] 'timeouts.keepAlive' (0) must be a whole number between 1 and 86400"],
    [
      { keepAlive: seconds(100_000) },
      "[InvalidNumber] 'timeouts.keepAlive' (100000 s) must be between 1 and 86400 s; if 100000 ms is intended",
    ],
    [
      { drain: Duration.millis(300) },
      "[InvalidNumber] 'timeouts.drain' (0.3 s) must be between 1 and 604800 s; if 300 s is intended",
    ],
    [{ stop: seconds(30.5) }, "[InvalidNumber] 'timeouts.stop' (30.5) must be a whole number"],
    [
      { deregistrationDelay: seconds(3601) },
      "[InvalidNumber] 'timeouts.deregistrationDelay' (3601) must be a whole number between 0 and 3600",
    ],
    [{ preStop: 40 }, "[InvalidType] 'timeouts.preStop' (40) must be a Duration, for example Duration.seconds(60)"],
  ])('fails if it is %j', (timeouts, message) => {
    expect(set(timeouts)).toThrow(message);
  });

  test('can be 0 as the deregistration delay of a server that drains', () => {
    expect(set({ deregistrationDelay: seconds(0) })).not.toThrow();
  });
});
