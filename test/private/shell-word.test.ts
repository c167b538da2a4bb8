import { execFileSync } from 'node:child_process';
import { shellWord } from '../../src/private/shell-word';

test.each(['models/net', 'registry.example.com:5000/a@sha256:ab'])('%j is a word as it is', (text) =>
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
])('%j is one word for a shell, and itself', (text) => {
  const said = execFileSync('sh', ['-c', `printf '%s|' ${shellWord(text)}`], { encoding: 'utf8' });
  expect(said).toBe(`${text}|`);
});

test.each(['--to', '-x', '-$(x)'])('%j is no option', (text) => expect(shellWord(text)).toMatch(/^'?\.\/-/));
