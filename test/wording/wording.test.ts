/** Texts, comments, documents, titles of tests and names avoid the words of the list, and are spelled as in American English. */
import { check, checkSpelling } from './check';
import { EXCEPTIONS } from './words';

const { findings, used } = check();
const spelling = checkSpelling();

test('no text contains a listed word', () => {
  expect(findings).toEqual([]);
});

test('no file has a British spelling', () => {
  expect(spelling.findings).toEqual([]);
});

test('every exception still applies', () => {
  const met = new Set([...used, ...spelling.used]);
  expect(EXCEPTIONS.map(({ file, text }) => `${file}: ${text}`).filter((exception) => !met.has(exception))).toEqual([]);
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

test.each([
  ['const readCatalogue = 1;', 'Catalogue'],
  ['// It normalises the path.', 'normalises'],
  ['  organisation: x', 'organisation'],
  ['LICENCES = {}', 'LICENCE'],
  ['a labelled row', 'labelled'],
  ['shared afterwards', 'afterwards'],
])('finds the British spelling in %s', (line, word) => {
  expect(checkSpelling({ 'x.py': line }).findings).toEqual([expect.stringContaining(`x.py:1: '${word}`)]);
});

test('accepts American spellings, words that only look British, and addresses', () => {
  const lines = [
    'const behaviorOf = normalize; // four colors, a promise, exercise, precise, synthesis, concentrate, controlled',
    'fulfill, organism, tokenIsEmpty, https://example.com/catalogue/licence',
  ];
  expect(checkSpelling({ 'x.ts': lines.join('\n') }).findings).toEqual([]);
});

test('finds the British spelling in the name of a file', () => {
  expect(checkSpelling({ 'src/catalogue/x.ts': '' }).findings).toEqual([expect.stringContaining("'catalogue'")]);
});
