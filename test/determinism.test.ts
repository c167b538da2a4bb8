/** The same definitions produce the same bytes on every machine. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const EXAMPLES = readdirSync(join(ROOT, 'examples')).filter((name) =>
  existsSync(join(ROOT, 'examples', name, 'definition.ts')),
);

interface Machine {
  readonly folder: string;
  readonly umask: string;
  readonly environment: { readonly [name: string]: string };
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'determinism-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Renders every example for both targets in a separate process. Returns the rendered files by name. */
function render(name: string, { folder: checkout, umask, environment }: Machine): { [file: string]: string } {
  const outputs = { aws: join(folder, name, 'aws'), kubernetes: join(folder, name, 'kubernetes') };
  for (const output of Object.values(outputs)) mkdirSync(output, { recursive: true });
  const programs = EXAMPLES.flatMap((example) => [`./${example}/aws/app.ts`, `./${example}/kubernetes/main.ts`]);
  const script = `umask ${umask} && exec "$0" --require tsx/cjs --eval '${programs.map((path) => `require("${path}");`).join('')}'`;
  const { context } = JSON.parse(readFileSync(join(ROOT, 'examples', EXAMPLES[0] as string, 'aws/cdk.json'), 'utf8'));
  const result = spawnSync('/bin/sh', ['-c', script, process.execPath], {
    cwd: join(checkout, 'examples'),
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      TSX_TSCONFIG_PATH: join(checkout, 'examples/tsconfig.json'),
      CDK_OUTDIR: outputs.aws,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false',
      CDK8S_OUTDIR: outputs.kubernetes,
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      ...environment,
    },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return Object.fromEntries(
    Object.values(outputs).flatMap((output) =>
      readdirSync(output)
        .filter((file) => /\.(template\.json|assets\.json|yaml)$/.test(file))
        .map((file): [string, string] => [file, readFileSync(join(output, file), 'utf8')]),
    ),
  );
}

test('templates and manifests do not depend on folder, home, time zone, locale and umask', () => {
  const copy = join(folder, 'a copy');
  const built = ['cdk.out', 'dist', '__pycache__'].map((name) => `/${name}`);
  for (const part of ['src', 'examples']) {
    const filter = (path: string) => !built.some((end) => path.endsWith(end));
    cpSync(join(ROOT, part), join(copy, part), { recursive: true, filter });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const homes = ['home', 'other home'].map((name) => join(folder, name));
  for (const home of homes) mkdirSync(home);

  const here = render('here', {
    folder: ROOT,
    umask: '022',
    environment: { HOME: homes[0] as string, TZ: 'UTC', LANG: 'C' },
  });
  const there = render('there', {
    folder: copy,
    umask: '077',
    environment: { HOME: homes[1] as string, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  });

  const names = (suffix: string) => Object.keys(here).filter((file) => file.endsWith(suffix));
  expect(names('.template.json')).toHaveLength(EXAMPLES.length);
  expect(names('.yaml')).toHaveLength(EXAMPLES.length);
  expect(there).toEqual(here);
}, 120_000);
