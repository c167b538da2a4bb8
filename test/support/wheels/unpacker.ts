import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNPACK_WHEELS } from '../../../src/tools/app-image/unpack-wheels';

/** Runs the program that unpacks wheels, on these wheels below a folder, as the command line does. */
export function runUnpacker(folder: string, wheels: { readonly [name: string]: Buffer }, program = UNPACK_WHEELS) {
  const from = join(folder, 'wheels');
  mkdirSync(from, { recursive: true });
  for (const [name, bytes] of Object.entries(wheels)) writeFileSync(join(from, name), bytes);
  const target = join(folder, 'packages');
  const ran = spawnSync('python3', ['-I', '-c', program, from, target], { cwd: folder, encoding: 'utf8' });
  if (ran.error !== undefined) throw new Error(`python3 is needed: ${ran.error.message}; install Python 3.8 or newer`);
  return { target, status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}
