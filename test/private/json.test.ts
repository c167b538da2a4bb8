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
  ['truncated text', '{"a":', 'is not valid JSON (unexpected end)'],
  ['a truncated string', '{"a\\', 'is not valid JSON (unexpected end)'],
  ['text with a later error', '{\n"a": 1,\nhunter2}', 'is not valid JSON (line 3)'],
  ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'is nested more than 64 levels deep'],
  ['nested objects and lists', `${'{"a":['.repeat(1e5)}`, 'is nested more than 64 levels deep'],
])('the fault of %s does not quote it', (_, text, fault) => expect(readJson(text)).toEqual({ fault }));

test('64 levels are parsed, not counting brackets in strings', () => {
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

/** Files that parse only what this program or its package has written. */
const OWN = [
  'models/lock/scan.ts',
  'plan/allowed-methods.ts',
  'private/json.ts',
  'private/package-copy.ts',
  'private/shown-explanation.ts',
  'tools/commands/explain-app.ts',
  'tools/lock/writer.ts',
  'tools/serving.ts',
  'workload/private/smoke-config.ts',
];

test('all other sources parse JSON with limits', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const parsing = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('JSON.parse'));
  expect(parsing.filter((file) => !OWN.includes(file))).toEqual([]);
});
