import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const command = join(root, 'node_modules/.bin/depcruise');

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** The violations of a tree, as `file: rule`. */
function violationsIn(directory: string): string[] {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const child = spawnSync(command, args, { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (child.stdout === '') throw new Error(child.stderr);
  const { violations } = JSON.parse(child.stdout).summary as { violations: Violation[] };
  return violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}

/** Each file breaks one rule; the other files of the tree are what they import. */
const BROKEN: Record<string, [text: string, rule: string]> = {
  'src/type-of-aws.ts': ["import type { Stack } from 'aws-cdk-lib'", 'framework-in-neutral-code-aws'],
  'src/lazy-aws.ts': ["export const load = () => require('aws-cdk-lib')", 'framework-in-neutral-code-aws'],
  'src/value-of-cdk8s.ts': ["import { Chart } from 'cdk8s'", 'framework-in-neutral-code-kubernetes'],
  'src/kubernetes/aws.ts': ["import type { Stack } from 'aws-cdk-lib'", 'framework-in-neutral-code-aws'],
  'src/aws/cdk8s.ts': ["import type { Chart } from 'cdk8s'", 'framework-in-neutral-code-kubernetes'],
  'src/aws/value.ts': ["import { Stack } from 'aws-cdk-lib'", 'framework-loaded-aws'],
  'src/aws/deep-value.ts': ["import { Vpc } from 'aws-cdk-lib/aws-ec2'", 'framework-loaded-aws'],
  'src/aws/lazy.ts': ["export const load = () => require('aws-cdk-lib')", 'framework-loaded-aws'],
  'src/aws/dynamic.ts': ["export const load = () => import('aws-cdk-lib')", 'framework-loaded-aws'],
  'src/kubernetes/value.ts': ["import { Chart } from 'cdk8s'", 'framework-loaded-kubernetes'],
  'src/kubernetes/plus.ts': ["import { Service } from 'cdk8s-plus-27'", 'framework-loaded-kubernetes'],
  'src/aws/other-target.ts': ["import '../kubernetes/good'", 'targets-apart'],
  'src/kubernetes/other-target.ts': ["import type { good } from '../aws/good'", 'targets-apart'],
  'src/names-target.ts': ["import type { good } from './aws/good'", 'target-in-neutral-code'],
  'src/plan/node.ts': ["import { readFileSync } from 'node:fs'", 'plan-is-pure'],
  'src/plan/construct.ts': ["import type { Backend } from '../constructs/backend'", 'layer-plan'],
  'src/plan/server.ts': ["import type { data } from '../servers/data'", 'plan-is-pure'],
  'src/plan/indirect.ts': ["import '../private/impure'", 'plan-reaches-nothing'],
  'src/servers/construct.ts': ["import type { Backend } from '../constructs/backend'", 'layer-servers'],
  'src/report/construct.ts': ["import type { Backend } from '../constructs/backend'", 'layer-report'],
  'src/private/plan.ts': ["import type { plan } from '../plan/good'", 'layer-private'],
  'src/units/plan.ts': ["import type { plan } from '../plan/good'", 'layer-units'],
  'src/workload/construct.ts': ["import type { Backend } from '../constructs/backend'", 'layer-workload'],
  'src/models/server.ts': ["import type { data } from '../servers/data'", 'layer-models'],
  'src/constructs/report.ts': ["import type { report } from '../report/good'", 'layer-constructs'],
  'src/extension/server.ts': ["import type { data } from '../servers/data'", 'layer-extension'],
  'src/models/lock/construct.ts': ["import type { Backend } from '../../constructs/backend'", 'lock-reads-files'],
  'src/models/lock/network.ts': ["import { get } from 'node:https'", 'lock-reads-files'],
  'src/uses-tool.ts': ["import './tools/cli'", 'tools-are-leaves'],
  'src/uses-package.ts': ["import { parse } from 'yaml'", 'undeclared-package'],
  'src/mistyped.ts': ["import './no-such-file'", 'unresolved'],
  'src/cycle-a.ts': ["import type { b } from './cycle-b'; export type A = typeof b", 'no-cycle'],
};

const ALLOWED: Record<string, string> = {
  'src/index.ts': "export * from './constructs/backend';\nexport * as aws from './aws/good'",
  'src/constructs/backend.ts': "import { Construct } from 'constructs';\nexport class Backend extends Construct {}",
  'src/private/impure.ts': "import { Construct } from 'constructs';\nexport const type = Construct",
  'src/private/pure.ts': 'export const zero = 0',
  'src/servers/data.ts': "import type { plan } from '../plan/good';\nexport const data: typeof plan = 0",
  'src/plan/good.ts': "import { zero } from '../private/pure';\nexport const plan = zero",
  'src/models/lock/good.ts':
    "import { readFileSync } from 'node:fs';\nimport { zero } from '../../private/pure';\nreadFileSync(String(zero))",
  'src/report/good.ts': "import { plan } from '../plan/good';\nexport const report = plan",
  'src/aws/good.ts':
    "import type { Stack } from 'aws-cdk-lib';\nimport { Backend } from '../constructs/backend';\n" +
    "export const good = (_: Stack) => [Backend, require('./private/good') as typeof import('./private/good')]",
  'src/aws/private/good.ts': "import { Stack } from 'aws-cdk-lib';\nexport const isStack = Stack.isStack",
  'src/kubernetes/good.ts': "import type { Chart } from 'cdk8s';\nexport type Good = Chart",
  'src/kubernetes/private/good.ts': "import { Chart } from 'cdk8s';\nexport const isChart = Chart.isChart",
  'src/tools/cli.ts': "import { readFileSync } from 'node:fs';\nexport * from '../report/good';\nreadFileSync('x')",
  'src/cycle-b.ts': "export const a = () => require('./cycle-a');\nexport const b = 0",
};

test('the sources respect the import boundaries', () => {
  expect(violationsIn(root)).toEqual([]);
});

test('a platform outside the package needs only public names', () => {
  const platform = readFileSync(join(root, 'test/support/test-platform.ts'), 'utf8');
  const imported = [...platform.matchAll(/(?:from|require\(|import\() ?'([^']*)'/g)].map(([, name]) => name);
  expect(imported.sort()).toEqual(['../../src', 'constructs']);
});

describe('a tree with one violation per file', () => {
  const tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  let found: string[];

  beforeAll(() => {
    for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json']) {
      cpSync(join(root, file), join(tree, file));
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    const broken = Object.entries(BROKEN).map(([file, [text]]) => [file, text] as const);
    for (const [file, text] of [...Object.entries(ALLOWED), ...broken]) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), `${text};\n`);
    }
    found = violationsIn(tree);
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  test.each(Object.entries(BROKEN))('fails in %s', (file, [, rule]) => {
    expect(found).toContain(`${file}: ${rule}`);
  });

  test('every rule is broken by a file', () => {
    const { forbidden } = require('../../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };
    const broken = Object.values(BROKEN).map(([, rule]) => rule);
    expect([...new Set(broken)].sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });

  test('passes in the files that follow the rules', () => {
    const files = Object.keys(ALLOWED).filter((file) => file !== 'src/cycle-b.ts');
    expect(found.filter((violation) => files.some((file) => violation.startsWith(`${file}:`)))).toEqual([]);
  });
});
