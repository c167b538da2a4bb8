import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Runs a program of this folder in a separate process, with some packages unresolvable. */
function run(program: string, blocked: string[] = []): { made: number; loaded: string[] } {
  const args = ['--require', 'tsx/cjs', '--require', join(__dirname, 'block.cjs'), join(__dirname, program)];
  const env = { ...process.env, BLOCKED: blocked.join(','), CDK_VALIDATION: 'false', NODE_OPTIONS: '' };
  const child = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout.trim().split('\n').at(-1) as string);
}

const AWS = ['aws-cdk-lib'];
const KUBERNETES = ['cdk8s', 'cdk8s-plus-27'];

describe('a separate process', () => {
  test.each([
    ['on-test-platform.ts', [], []],
    ['on-test-platform.ts', [...AWS, ...KUBERNETES], []],
    ['index-only.ts', [...AWS, ...KUBERNETES], []],
    ['on-aws.ts', [], AWS],
    ['on-aws.ts', KUBERNETES, AWS],
    ['on-kubernetes.ts', [], ['cdk8s']],
    ['on-kubernetes.ts', [...AWS, 'cdk8s-plus-27'], ['cdk8s']],
  ])(
    'with %s, without %j, loads only %j',
    (program, blocked, loaded) => {
      const result = run(program, blocked);
      expect(result.loaded).toEqual(loaded);
      expect(result.made).toBeGreaterThan(0);
    },
    60_000,
  );

  test('fails if the framework that it requires cannot be found', () => {
    expect(() => run('on-aws.ts', AWS)).toThrow("Cannot find module 'aws-cdk-lib'");
    expect(() => run('on-kubernetes.ts', KUBERNETES)).toThrow("Cannot find module 'cdk8s'");
  }, 60_000);
});
