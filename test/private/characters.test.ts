import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasUnseen, INVISIBLE } from '../../src/private/characters';

const SRC = join(__dirname, '../../src');

test.each([
  '\0',
  '\t',
  '\n',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
])('names must not contain %j', (character) => expect(hasUnseen(`a${character}b`)).toBe(true));

test.each(['', 'a b', 'näh', '日本', '👩‍🚀', 'a\\b'])('%j is a valid name', (name) =>
  expect(hasUnseen(name)).toBe(false));

test('invisible characters include those that names must not contain, except tabs and line feeds', () => {
  const codes = [...Array(0x10000).keys()].filter((code) => code < 0xd800 || code > 0xdfff);
  const kept = codes.map((code) => String.fromCharCode(code)).filter((character) => hasUnseen(character));
  expect(kept.filter((character) => character.replace(INVISIBLE, '') !== '')).toEqual(['\t', '\n']);
  expect('a\u200bb\u00adc\ufeffd\u{e0041}e\r'.replace(INVISIBLE, '')).toBe('abcde');
});

test('the ranges are defined once', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const ranges = files.filter((file) => /u202[89a-e]|u200b|u2066/i.test(readFileSync(join(SRC, file), 'utf8')));
  expect(ranges).toEqual(['private/characters.ts']);
});
