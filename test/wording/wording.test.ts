/** Texts, comments, documents, titles of tests and names avoid the words of the list. */
import { check } from './check';
import { EXCEPTIONS } from './words';

const { findings, used } = check();

test('no text contains a listed word', () => {
  expect(findings).toEqual([]);
});

test('every exception still applies', () => {
  expect(EXCEPTIONS.map(({ file, text }) => `${file}: ${text}`).filter((exception) => !used.has(exception))).toEqual(
    [],
  );
});

test('finds words in texts, comments, titles, names and documents', () => {
  const source = ['/** Nobody tells. */ const toldTwice = `it says so`;', "test('bears it', () => f('wanted'));"].join(
    '\n',
  );
  const at = (literals: 'all' | 'titles') => check({ 'x.ts': { text: source, literals } }).findings;
  expect(at('all')).toEqual([
    expect.stringMatching(/^x\.ts:1: 'tells': 'configure', /),
    expect.stringMatching(/^x\.ts:1: 'Nobody': /),
    expect.stringMatching(/^x\.ts:1: 'says': /),
    expect.stringMatching(/^x\.ts:2: 'bears': /),
    expect.stringMatching(/^x\.ts:2: 'wanted': /),
    expect.stringMatching(/^x\.ts:1: 'toldTwice': configured$/),
  ]);
  expect(at('titles')).toHaveLength(4);
  const markdown = 'The server `says` so.\n```\nit says\n```\nIt [says](says.md) so.';
  expect(check({ 'x.md': { text: markdown } }).findings).toEqual([expect.stringMatching(/^x\.md:5: 'says': /)]);
});
