import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, readJsonObject } from '../../src/private/json';

const SRC = join(__dirname, '../../src');

test('JSON is parsed from text and from bytes', () => {
  expect(readJson('[1, {"a": "\\u00e9]"}]')).toEqual({ value: [1, { a: 'é]' }] });
  expect(readJson(Buffer.from('"é"'))).toEqual({ value: 'é' });
  expect(readJson('null')).toEqual({ value: null });
});

test.each([
  ['text of another format', 'hunter2: x', 'is not valid JSON (unexpected character)'],
  ['text that is cut off', '{"a":', 'is not valid JSON (unexpected end)'],
  ['a string that is cut off', '{"a\\', 'is not valid JSON (unexpected end)'],
  ['text that stops being JSON', '{\n"a": 1,\nhunter2}', 'is not valid JSON (line 3)'],
  ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'is nested more than 64 levels deep'],
  ['objects and lists that nest', `${'{"a":['.repeat(1e5)}`, 'is nested more than 64 levels deep'],
])('a fault of %s shows nothing of it', (_, text, fault) => expect(readJson(text)).toEqual({ fault }));

test('64 levels are parsed, and brackets in strings are no levels', () => {
  expect('value' in readJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe(true);
  expect(readJson(JSON.stringify(`\\"${'['.repeat(100)}`))).toEqual({ value: `\\"${'['.repeat(100)}` });
});

test('limits can be lower', () => {
  expect(readJson('[[1]]', { depth: 1 })).toEqual({ fault: 'is nested more than 1 levels deep' });
  expect(readJson('[[1]]', { bytes: 4 })).toEqual({ fault: 'has 5 bytes, but at most 4 are supported' });
  expect(readJson('[[1]]', { depth: 2, bytes: 5 })).toEqual({ value: [[1]] });
});

test.each(['[]', 'null', '1', '"text"', '{', ''])('%j contains no object', (text) =>
  expect(readJsonObject(text)).toBeUndefined());

/** Files that parse what this program has written, or its own package. */
const OWN = [
  'models/lock/scan.ts',
  'plan/allowed-methods.ts',
  'private/json.ts',
  'private/package-copy.ts',
  'private/shown-explanation.ts',
  'tools/commands/explain-app.ts',
  'tools/lock/writer.ts',
  'tools/serving.ts',
];

test('everything else in the source is parsed with limits', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const parsing = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('JSON.parse'));
  expect(parsing.filter((file) => !OWN.includes(file))).toEqual([]);
});
