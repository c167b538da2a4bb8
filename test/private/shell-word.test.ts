import { execFileSync } from 'node:child_process';
import { shellWord } from '../../src/private/shell-word';

test.each(['models/net', 'registry.example.com:5000/a@sha256:ab'])('%j is a word without quotes', (text) =>
  expect(shellWord(text)).toBe(text));

test.each([
  '$(touch x)',
  '`x`',
  "it's",
  'a b',
  'a;b',
  'a\\b',
  '"',
  '~',
  '*',
  '',
  "'; x #",
])('a shell parses %j as one word with the same value', (text) => {
  const output = execFileSync('sh', ['-c', `printf '%s|' ${shellWord(text)}`], { encoding: 'utf8' });
  expect(output).toBe(`${text}|`);
});

test.each(['--to', '-x', '-$(x)'])('%j is not parsed as an option', (text) =>
  expect(shellWord(text)).toMatch(/^'?\.\/-/));
