/** The program that writes a text, run by a real interpreter. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textCommand } from '../../src/models/private/text-command';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  'a: 1\n',
  'without a final newline',
  '-n',
  '%s\\n',
  'é 🚀 "quoted" $HOME $(id)\r\n',
])('%j is written as it is', (text) => {
  // On ECS texts share the volume of the directory that contains them, which is empty.
  const file = join(folder, 'net', '1', 'a file');
  const { program, args } = textCommand(text, file);
  const [command = '', ...words] = [...program, ...args];
  // Containers have no locale.
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  expect(spawnSync(command, words, { encoding: 'utf8', env })).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(file, 'utf8')).toBe(text);
});
