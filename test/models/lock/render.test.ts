import { parseLock } from '../../../src/models/lock/parse';
import { renderLock } from '../../../src/models/lock/render';
import { LOCK, MODEL } from '../../support/lock/locks';

/** The same members in the reverse order, all the way down. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

test('the text does not depend on the order of entries', () => {
  expect(renderLock(reversed(LOCK) as typeof LOCK)).toBe(renderLock(LOCK));
});

test('each file and each platform is on one line', () => {
  expect(renderLock(LOCK)).toMatchSnapshot();
});

test('adding a model does not change the lines of the others', () => {
  const lines = renderLock(LOCK).split('\n');
  const more = renderLock({ ...LOCK, models: { 'models/a': MODEL, ...LOCK.models, 'models/z': MODEL } }).split('\n');
  expect(lines.filter((line) => !more.includes(line) && !more.includes(`${line},`))).toEqual([]);
});

test('members that are unknown to this release are kept', () => {
  const later = { ...LOCK, policies: { b: [1, { c: null }], a: [] } };
  expect(parseLock(renderLock(later), 'x')).toEqual(later);
});
