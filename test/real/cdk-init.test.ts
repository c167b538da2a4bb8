/**
 * The test of README's section Testing in a project that `cdk init` creates: with the jest that the template configures, with
 * vitest, and with the template's compiler.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf } from '../support/markdown';
import { packedTarball, pinned, root, run } from './support/packed';

const VITEST = 'vitest@4.1.12';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { 'app.ts': app = '', 'endpoint.test.ts': pasted = '', ...files } = filesOf(readme);
const DEFINITIONS = ['endpoint.ts', 'canary.ts'];
const TESTS = pasted.match(/^test\(/gm)?.length;

interface Results {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

describe('a project of `cdk init`', () => {
  const parent = mkdtempSync(join(tmpdir(), 'serving-init-'));
  const folder = join(parent, 'models');
  afterAll(() => rmSync(parent, { recursive: true }));

  const install = (...packages: string[]) =>
    run(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
  const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const counts = (output: string): Results => {
    const { numPassedTests, numTotalTests } = JSON.parse(output);
    return { numPassedTests, numTotalTests };
  };
  const all = { numPassedTests: TESTS, numTotalTests: TESTS };

  beforeAll(() => {
    mkdirSync(folder);
    const cdk = join(root, 'node_modules/.bin/cdk');
    run(folder, cdk, 'init', 'app', '--language', 'typescript', '--generate-only');
    // The frameworks in the versions of this repository, everything else as the template has it.
    install(packedTarball(), ...['aws-cdk-lib', 'constructs', 'cdk8s'].map(pinned));
    for (const name of DEFINITIONS) put(`test/${name}`, files[name] as string);
    put('test/endpoint.test.ts', pasted);
  });

  test('has a test to run', () => {
    expect(TESTS).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts.test).toBe('jest');
  });

  test('runs the pasted test with its jest', () => {
    expect(counts(run(folder, 'npx', 'jest', '--ci', '--json', 'endpoint'))).toEqual(all);
  });

  test('runs it with vitest and its globals', () => {
    install('--save-dev', VITEST);
    const command = 'npx vitest run --globals --testTimeout 60000';
    expect(readme).toContain(`\`${command}\``);
    const args = [...command.split(' ').slice(1), '--reporter', 'json', 'test/endpoint.test.ts'];
    // Other programs of the machine may slow down what takes seconds.
    const place = { folder, env: { CDK_VALIDATION: 'false' } };
    expect(counts(run(place, 'npx', ...args))).toEqual(all);
  });

  test('runs it with the definition in `lib`, and the app', () => {
    for (const name of DEFINITIONS) renameSync(join(folder, 'test', name), join(folder, 'lib', name));
    expect(pasted).toContain("from './canary'");
    put('test/endpoint.test.ts', pasted.replace("from './canary'", "from '../lib/canary'"));
    put('bin/models.ts', app.replace("from './endpoint'", "from '../lib/endpoint'"));
    // As `cdk synth` does, by the `cdk.json` of the template.
    run(folder, 'npx', 'tsc');
    expect(counts(run(folder, 'npx', 'jest', '--ci', '--json', 'endpoint'))).toEqual(all);
    const template = run(folder, 'npx', 'cdk', 'synth', '--no-notices');
    expect(template.match(/Type: AWS::ECS::Service$/gm)).toHaveLength(1);
  });
});
