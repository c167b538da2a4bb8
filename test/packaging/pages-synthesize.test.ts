/** Functions of pages are called with a Stack, a Chart or both, as their parameter has it, and become output. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesOf } from '../support/markdown';

const ROOT = join(__dirname, '../..');
const SCRATCH = join(ROOT, '.cache/documents');
// Each page is a program of its own, which loads both frameworks.
jest.setTimeout(120_000);

const PAGES = ['aws', 'getting-started', 'kubernetes', 'migration', 'recipes', 'troubleshooting'];

const TSCONFIG = {
  compilerOptions: {
    module: 'node16',
    target: 'ES2022',
    paths: { 'serving-constructs': [join(ROOT, 'src/index.ts')] },
  },
};

/** What each function gets, by the type of its first parameter; others may be left out. */
const PARAMETERS: { readonly [type: string]: readonly string[] } = {
  Construct: ['stack', 'chart'],
  Stack: ['stack'],
  Chart: ['chart'],
};

interface Call {
  readonly file: string;
  readonly name: string;
  readonly target: string;
}

function callsOf(files: Record<string, string>): Call[] {
  return Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(/^export function (\w+)\(\w+: (\w+)/gm)].flatMap(([, name = '', type = '']) =>
      (PARAMETERS[type] ?? []).map((target) => ({ file: basename(file, '.ts'), name, target })),
    ),
  );
}

const programOf = (calls: readonly Call[]): string => `
import { App, Stack } from 'aws-cdk-lib';
import { App as ChartApp, Chart } from 'cdk8s';
const scopes = {
  stack: () => { const app = new App({ outdir: 'cdk.out' }); return { app, scope: new Stack(app, 'Serving') }; },
  chart: () => { const app = new ChartApp({ outdir: 'manifests' }); return { app, scope: new Chart(app, 'serving') }; },
};
for (const { file, name, target } of ${JSON.stringify(calls)}) {
  const { app, scope } = scopes[target as 'stack' | 'chart']();
  try {
    require('./' + file)[name](scope);
    app.synth();
    console.log(target, name);
  } catch (error) {
    console.log(target, name, 'of', file + ':', error);
  }
}
`;

test.each(PAGES)('every definition of docs/%s.md synthesizes', (page) => {
  const files = filesOf(readFileSync(join(ROOT, `docs/${page}.md`), 'utf8'));
  const calls = callsOf(files);
  expect(calls.length).toBeGreaterThan(0);
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, 'synthesized-'));
  try {
    const all = { ...files, 'tsconfig.json': JSON.stringify(TSCONFIG), 'run-all.ts': programOf(calls) };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    const env = { ...process.env, CDK_VALIDATION: 'false' };
    const tsx = join(ROOT, 'node_modules/.bin/tsx');
    const child = spawnSync(tsx, ['--tsconfig', 'tsconfig.json', 'run-all.ts'], { cwd: folder, encoding: 'utf8', env });
    expect(`${child.stdout}${child.stderr}`.trim().split('\n')).toEqual(
      calls.map(({ name, target }) => `${target} ${name}`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
