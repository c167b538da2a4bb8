import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { Feature, SupportLevel } from '../../src/plan/target-profile';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { TEST_PROFILE } from '../support/test-platform';
import { planOf } from './support';

const PATHS = [{ path: '/batch', requestTimeout: Duration.seconds(500) }];

describe('paths with their own time', () => {
  const refusalsOf = (props: ServingEndpointProps, other: ServingEndpointProps) => {
    const platform = testPlatform();
    endpointOn(platform, 'a', { path: '/v1', paths: PATHS, ...props }).addBackend('v1', backendOptions());
    endpointOn(platform, 'b', other).addBackend('v2', backendOptions());
    return platform.plan().refusals.map(({ code }) => code);
  };
  const POST = { methods: [HttpMethod.POST] };
  const gold = { headers: [{ name: 'x-tier', values: ['gold'] }] };
  const silver = { headers: [{ name: 'x-tier', values: ['silver', 'iron'] }] };

  test.each<[ServingEndpointProps, ServingEndpointProps]>([
    [{}, { path: '/v1/batch' }],
    [{}, { path: '/v1/batch', ...POST }],
    [{}, { path: '/v1', ...POST }],
    [{}, { path: '/v1', ...gold }],
    [POST, { path: '/v1', ...POST, ...gold }],
    [gold, { path: '/v1', ...POST }],
    [{ hosts: ['a.example.com', 'b.example.com'] }, { path: '/v1/batch', hosts: ['b.example.com'] }],
    [{ path: '/', paths: [{ path: '/v1/batch', requestTimeout: Duration.seconds(5) }] }, { path: '/v1' }],
  ])('conflict with an endpoint that targets without routes for them would prefer: %#', (props, other) => {
    expect(refusalsOf(props, other)).toEqual(['DuplicateRoute']);
  });

  test.each<[ServingEndpointProps, ServingEndpointProps]>([
    [{}, { path: '/' }],
    [{}, { path: '/v1/batcher' }],
    [{}, { path: '/v1/batch/deeper' }],
    [{}, { path: '/v1/other' }],
    [POST, { path: '/v1', methods: [HttpMethod.GET] }],
    [gold, { path: '/v1', ...silver }],
    [{}, { path: '/v1/batch', hosts: ['b.example.com'] }],
  ])('do not conflict with others: %#', (props, other) => {
    expect(refusalsOf(props, other)).toEqual([]);
  });

  test('raise the times of the chain, and are rows of the ladder', () => {
    const endpoint = { requestTimeout: Duration.seconds(30), paths: PATHS };
    const { front, times, idle, plan } = planOf({ target: {}, endpoint });
    expect(times.requestTimeout).toBe(500);
    expect(idle).toBeGreaterThan(500);
    const rows = Object.fromEntries(front.map(({ hop, seconds }) => [hop, seconds]));
    expect(rows).toMatchObject({
      'longest request': 500,
      'longest request for /batch': 500,
      'longest request for other paths': 30,
    });
    expect(plan.routes.map(({ key, timeoutSeconds, silenceSeconds }) => [key, timeoutSeconds, silenceSeconds])).toEqual(
      [
        ['endpoint#own:endpoint/backend@/batch', 510, 510],
        ['endpoint#shares@/batch', 510, 510],
        ['endpoint#own:endpoint/backend', 40, 40],
        ['endpoint#shares', 40, 40],
      ],
    );
  });

  test('keep the limits of streams', () => {
    const endpoint = {
      requestTimeout: Duration.seconds(30),
      paths: [{ path: '/ping', requestTimeout: Duration.seconds(2) }],
      streaming: { maxDuration: Duration.minutes(10), heartbeat: Duration.seconds(10) },
    };
    const { plan } = planOf({ target: {}, endpoint });
    expect(plan.route('endpoint', 'shares@/ping')).toMatchObject({ timeoutSeconds: 0, silenceSeconds: 30 });
    expect(plan.route('endpoint', 'shares')).toMatchObject({ timeoutSeconds: 0, silenceSeconds: 40 });
  });

  test.each([
    [SupportLevel.APPLICATION, true, []],
    [SupportLevel.NATIVE, false, []],
    [SupportLevel.REFUSED, true, ['Unsupported']],
  ])('have no routes where the target cannot enforce them: %s, %p', (level, requestTimeout, codes) => {
    const capabilities = TEST_PROFILE.capabilities.map((one) =>
      one.feature === Feature.PATH_TIMEOUT ? { ...one, level } : one,
    );
    const found = planOf({ target: { capabilities, requestTimeout }, endpoint: { paths: PATHS } });
    expect(found.plan.routes.map(({ key }) => key).filter((key) => key.includes('@'))).toEqual([]);
    expect(found.codes).toEqual(codes);
    expect(found.times.requestTimeout).toBe(500);
  });
});
