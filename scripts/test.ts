// `npm test`: jest, and at the same time the type check and lint, which use one core. Arguments are those of jest.
import { spawn } from 'node:child_process';

const CHECKS = ['test:types', 'lint'];

/** Runs a command of the project. Its output is printed in one piece after it ends, unless it is inherited. */
function run(command: string, args: readonly string[], output: 'inherit' | 'pipe'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', output, output] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      process.stderr.write(Buffer.concat(chunks));
      resolve(status === 0);
    });
  });
}

async function failedChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const check of CHECKS) if (!(await run('projen', [check], 'pipe'))) failed.push(check);
  return failed;
}

async function main(): Promise<void> {
  const [tested, failed] = await Promise.all([
    run('jest', ['--ci', ...process.argv.slice(2)], 'inherit'),
    failedChecks(),
  ]);
  // Their output can be far above that of the tests.
  for (const check of failed) console.error(`'npx projen ${check}' failed`);
  process.exitCode = tested && failed.length === 0 ? 0 : 1;
}

void main();
