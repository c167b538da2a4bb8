/** `npm test` runs jest, the type check and lint, and fails if one of them does. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
// Each run starts a process of Node.
jest.setTimeout(60_000);

/** Runs the script with programs that only print how they were called, and fail if that matches. */
function npmTest(failing: string, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'npm-test-'));
  try {
    for (const name of ['jest', 'projen']) {
      const program = join(folder, name);
      writeFileSync(program, `#!/bin/sh\necho "ran ${name} $*"\n[ "${name} $*" != "${failing}" ]\n`);
      chmodSync(program, 0o755);
    }
    const script = [join(ROOT, 'node_modules/.bin/tsx'), join(ROOT, 'scripts/test.ts'), ...args];
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8', env });
    const lines = `${stdout}${stderr}`.trim().split('\n');
    return { status, ran: lines.filter((line) => line.startsWith('ran ')).sort(), last: lines.at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHECKS = ['ran projen lint', 'ran projen test:types'];

test('jest has the arguments, and success requires everything', () => {
  const { status, ran } = npmTest('nothing', 'test/plan', '-w', '1');
  expect({ status, ran }).toEqual({ status: 0, ran: ['ran jest --ci test/plan -w 1', ...CHECKS] });
});

test.each([
  ['jest --ci', expect.stringContaining('ran ')],
  ['projen test:types', "'npx projen test:types' failed"],
  ['projen lint', "'npx projen lint' failed"],
])('a failure of %s is one of `npm test`, after everything else ran', (failing, last) => {
  expect(npmTest(failing)).toEqual({ status: 1, ran: ['ran jest --ci', ...CHECKS], last });
});

test('the tasks of the project are those that it runs', () => {
  const { tasks } = JSON.parse(readFileSync(join(ROOT, '.projen/tasks.json'), 'utf8'));
  expect(tasks.test.steps).toEqual([{ exec: 'tsx scripts/test.ts', receiveArgs: true }]);
  expect(tasks['test:types'].steps).toEqual([{ execArgs: ['tsc', '--noEmit', '-p', 'test/tsconfig.json'] }]);
  expect(tasks.lint.steps).toEqual([{ spawn: 'biome' }, { spawn: 'lint:boundaries' }]);
});
