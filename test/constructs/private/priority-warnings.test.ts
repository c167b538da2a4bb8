import { crowdedPriorities } from '../../../src/constructs/private/priority-warnings';
import { OwnAddress } from '../../../src/plan/choices';
import { backendOptions, endpointOn, testPlatform } from '../../support/definitions';
import { NUMBERED } from '../../support/profiles';

/** The warnings of endpoints with long paths and wildcard hosts, for which there are few priorities. */
function warningsOf(names: readonly string[]) {
  const platform = testPlatform({ target: NUMBERED });
  for (const name of names) {
    const endpoint = endpointOn(platform, name, { path: `/1/2/3/4/5/6/${name}`, hosts: [`*.${name}.example.com`] });
    endpoint.addBackend(`v-${name}`, backendOptions({ ownAddress: OwnAddress.NONE }));
  }
  const plan = platform.plan();
  return plan.endpoints.flatMap(({ intent }) => crowdedPriorities(plan, intent));
}

test('few rules with the same range of priorities cause no warning', () => {
  expect(warningsOf(['a', 'b', 'c'])).toEqual([]);
});

test('rules that got the priorities that were left cause a warning', () => {
  const warnings = warningsOf(Array.from('abcdefghijklmnopqrstuvwxyz'));
  expect(warnings.length).toBeGreaterThan(0);
  for (const { id, message } of warnings) {
    expect(id).toMatch(/^crowdedPriorities\.[a-z]$/);
    expect(message).toMatch(
      /^the rules of endpoint '[a-z]' with the priorities \d+ can move to priorities in use when .+; that deployment then fails\. The range of priorities for its path and hosts is more than a third full or too small; set 'priority', use a shorter path, or enlarge 'priorityRange' of the platform$/,
    );
  }
});

/** The warnings of an endpoint that reserves priorities, with five backends and this number of hosts. */
function warningsInWindow(count: number, ownAddress = OwnAddress.HEADER) {
  const platform = testPlatform({ target: NUMBERED });
  const hosts = Array.from({ length: count }, (_, index) => `h${index}.example.com`);
  const endpoint = endpointOn(platform, 'a', { path: '/a', hosts, priority: 1000 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) endpoint.addBackend(name, backendOptions({ ownAddress }));
  const plan = platform.plan();
  return plan.endpoints.flatMap(({ intent }) => crowdedPriorities(plan, intent));
}

test('an endpoint that reserves priorities is not advised to do so', () => {
  const [warning, ...others] = warningsInWindow(14);
  expect(others).toEqual([]);
  expect(warning?.id).toBe('crowdedPriorities.a');
  expect(warning?.message).toMatch(
    /The own addresses of its backends fill more than a third of their range in 'priority'; set 'ownAddress' to OwnAddress\.NONE, match fewer hosts, or remove 'priority'$/,
  );
});

test('an endpoint that reserves priorities has enough for few hosts, and without own addresses', () => {
  expect(warningsInWindow(1)).toEqual([]);
  expect(warningsInWindow(14, OwnAddress.NONE)).toEqual([]);
});
