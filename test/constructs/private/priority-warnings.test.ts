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
      /^the rules of endpoint '[a-z]' with the priorities \d+ can move when endpoints or backends are added or removed/,
    );
  }
});
