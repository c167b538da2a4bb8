import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '../../src/private/error-codes';
import { FAILED, REFUSED } from '../../src/tools/command-line/exit-codes';
import { type Bundle, bundleServing } from '../support/bundle';

const ROOT = join(__dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');

let bundle: Bundle;
beforeAll(() => {
  bundle = bundleServing();
});
afterAll(() => bundle.remove());

function serving(folder: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
  return spawnSync(process.execPath, [bundle.file, ...args], { cwd: folder, encoding: 'utf8', env });
}

/** A scratch folder with an app that imports the library, for apps that no example shows. */
function withApp(code: string, run: (folder: string, app: string) => void): void {
  withFile('app.ts', code, (folder, file) => run(folder, `tsx --tsconfig ${join(EXAMPLES, 'tsconfig.json')} ${file}`));
}

/** A scratch folder with an app in JavaScript, which starts much faster. */
function withScript(code: string, run: (folder: string, app: string) => void): void {
  withFile('app.js', code, (folder, file) => run(folder, `node ${file}`));
}

function withFile(name: string, code: string, run: (folder: string, file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
  try {
    writeFileSync(join(folder, name), code);
    run(folder, join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const REFUSED_APP = `
import { App, Stack } from '${ROOT}/node_modules/aws-cdk-lib';
import { Duration, ServingEndpoint } from '${ROOT}/src';
const app = new App();
for (const name of ['One', 'Two']) {
  new ServingEndpoint(new Stack(app, name), 'slow', { requestTimeout: Duration.hours(2) });
}
`;

test('help of a command is that of its --help', () => {
  const { status, stdout } = serving(ROOT, 'help', 'lock');
  expect({ status, stdout }).toEqual({ status: 0, stdout: serving(ROOT, 'lock', '--help').stdout });
});

describe('serving explain', () => {
  test.each(['aws', 'kubernetes'])('explains the app of the folder on %s', (target) => {
    const { status, stdout, stderr } = serving(join(EXAMPLES, 'image-classifier', target), 'explain');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  test('prints every section with --all', () => {
    const { status, stdout } = serving(join(EXAMPLES, 'image-classifier/kubernetes'), 'explain', '--all');
    expect(status).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  test('prints the named sections: those of each platform below its name, then those of the app', () => {
    const { stdout } = serving(join(EXAMPLES, 'digits/kubernetes'), 'explain', 'rules', 'hops', 'routes');
    const titles = stdout.match(/^(?:digits\/| {2})?(?:ServingPlatform|hops|routes|rules)\b/gm);
    expect(titles?.map((title) => title.trim())).toEqual([
      'digits/ServingPlatform',
      'hops',
      'hops',
      'routes',
      'routes',
      'rules',
    ]);
    expect(stdout).not.toContain('More:');
  });

  test('writes Markdown to a file: the summary, and the other sections folded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
    const file = join(folder, 'report.md');
    const result = serving(join(EXAMPLES, 'digits/aws'), 'explain', '--format', 'markdown', '--output', file);
    const report = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    expect(result).toMatchObject({ status: 0, stdout: '' });
    expect(report).toMatch(/^## Digits\/ServingPlatform on an Application Load Balancer\n/);
    expect(report).toContain(
      '| share | backend | replicas | own address |\n| ---: | --- | --- | --- |\n| 100 % | predict |',
    );
    expect(report).toContain(
      '| hop | seconds | rule | slack |\n| --- | ---: | --- | ---: |\n| client timeout, at least | 70 | R6 | - |',
    );
    const folded = ['routes', 'timeouts', 'hops', 'capabilities', 'patches', 'locks', 'rules'];
    const summaries = [...report.matchAll(/^<details><summary>(.*)<\/summary>$/gm)].map(([, name]) => name);
    expect(summaries).toEqual(folded);
    expect(report.match(/^<\/details>$/gm)).toHaveLength(folded.length);
    expect(report.indexOf('longest request')).toBeLessThan(report.indexOf('<details>'));
  });

  test('prints JSON with the whole plan', () => {
    const { stdout } = serving(join(EXAMPLES, 'digits/kubernetes'), 'explain', '--format', 'json');
    const [{ target, plan, refusals }] = JSON.parse(stdout);
    expect(target).toBe('the built-in router');
    expect(plan.backends.map((backend: { name: string }) => backend.name)).toEqual(['predict', 'explain']);
    expect(refusals).toEqual([]);
  });

  test('prints JSON with a stable set of members, regardless of what else the app writes', () => {
    const stable = { platform: 'P', target: 'x', plan: { ledger: [], routes: [1.5] }, lockFiles: [], refusals: [] };
    const written = { ...stable, reach: [{ endpoint: 'e', notes: [] }], warnings: [], other: true };
    const script = `const { mkdirSync, writeFileSync } = require('node:fs'); const folder = process.env.SERVING_EXPLAIN;
      mkdirSync(folder); writeFileSync(folder + '/x.json', ${JSON.stringify(JSON.stringify(written))});`;
    const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
    writeFileSync(join(folder, 'app.js'), script);
    for (const args of [[], ['--all']]) {
      const { stdout } = serving(folder, 'explain', '--app', 'node app.js', '--format', 'json', ...args);
      expect(stdout).toBe(`${JSON.stringify([stable], null, 2)}\n`);
    }
    rmSync(folder, { recursive: true });
  });

  test('shows the refusals of every stack and exits with 1', () => {
    withApp(REFUSED_APP, (folder, app) => {
      const { status, stdout } = serving(folder, 'explain', '--app', app);
      expect(status).toBe(1);
      expect(stdout.match(/\[RequestTimeoutTooLong\] 'requestTimeout' \(7200 s\)/g)).toHaveLength(2);
      expect(stdout).toContain('(at One/slow)');
      expect(stdout).toContain('(at Two/slow)');
    });
  });

  test.each([
    ['an empty app', ['--app', ' '], 2, '[InvalidOption] --app must be the command that runs the app\n'],
    [
      'a folder that does not exist',
      ['--output', 'no/such.md'],
      3,
      /^\[OutputUnwritable\] --output \(no\/such\.md\) cannot be written: ENOENT/,
    ],
  ])('fails on %s', (_, args, exitCode, message) => {
    const { status, stderr } = serving(join(EXAMPLES, 'digits/aws'), 'explain', ...args);
    expect(status).toBe(exitCode);
    expect(stderr).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  test('fails with the message of an app that throws', () => {
    withScript("throw new Error('no weights today');", (folder, app) => {
      const { status, stderr } = serving(folder, 'explain', '--app', app);
      expect(status).toBe(3);
      expect(stderr).toContain('no weights today');
    });
  });

  test.each<[string, string, ErrorCode]>([
    ['an option', "new ServingEndpoint(chart, 'endpoint', { timeout: 5 });", 'UnknownOption'],
    [
      'a duplicate id',
      "for (const path of ['/a', '/b']) new ServingEndpoint(chart, 'endpoint', { path });",
      'DuplicateId',
    ],
    ['a model that is not locked', "Model.fromDirectory('models/net');", 'LockFileNotFound'],
  ])('exits with 1 for %s that the definition throws, with the error', (_, define, code) => {
    const script = `import { App, Chart } from '${ROOT}/node_modules/cdk8s';
      import { Model, ServingEndpoint } from '${ROOT}/src';
      const chart = new Chart(new App(), 'serving');
      ${define}`;
    withApp(script, (folder, app) => {
      const { status, stdout, stderr } = serving(folder, 'explain', '--app', app);
      expect({ status, stdout }).toEqual({ status: REFUSED, stdout: '' });
      expect(stderr.startsWith(`[DefinitionRefused] the definition of the app ('${app}') is refused\n`)).toBe(true);
      expect(stderr).toContain(`ServingError: [${code}] `);
    });
  });

  test.each([
    'jsii.errors.JSIIError: [UnknownOption] unknown option',
    'Exception in thread "main" software.amazon.jsii.JsiiError: [UnknownOption] unknown option',
    'Error: Validation failed with the following errors:\n  [Serving/endpoint] [NameClash] duplicate Deployment',
  ])('exits with 1 if another language or a framework prints %j', (printed) => {
    withScript(`console.error(${JSON.stringify(printed)}); process.exit(1);`, (folder, app) => {
      expect(serving(folder, 'explain', '--app', app).status).toBe(REFUSED);
    });
  });

  test.each([
    'Error: [Unknown] of another package',
    "the log names 'UnknownOption' [UnknownOption]",
  ])('exits with 3 if an app fails with %j', (printed) => {
    withScript(`console.error(${JSON.stringify(printed)}); process.exit(1);`, (folder, app) => {
      const { status, stderr } = serving(folder, 'explain', '--app', app);
      expect(status).toBe(FAILED);
      expect(stderr).toContain(`[AppFailed] the app ('${app}') failed\n${printed}`);
    });
  });

  test('--version prints the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(serving(ROOT, '--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  test('--version prints unknown if no parent folder has a package.json', () => {
    const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
    const copy = join(folder, 'index.js');
    copyFileSync(bundle.file, copy);
    const { status, stdout } = spawnSync(process.execPath, [copy, '--version'], { encoding: 'utf8', timeout: 30_000 });
    rmSync(folder, { recursive: true });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'unknown\n' });
  });

  test.each([
    [['explain', 'everything'], "unknown section 'everything'; expected one of 'summary', 'routes', 'timeouts'"],
    [['explain', '__proto__'], "unknown section '__proto__'"],
    [['explain', 'timeout'], "unknown section 'timeout'; did you mean 'timeouts'?"],
    [['explain', '--formt', 'json'], "unknown option '--formt'; did you mean '--format'?"],
    [['explain', 'rules', '--all'], "'rules' selects a section, but --all prints everything; omit one of them"],
    [['explain', 'rules', '-f', 'json'], "'rules' selects a section, but --format json prints everything"],
    [
      ['explain'],
      'this folder has no cdk.json or cdk8s.yaml with an app; specify the command that runs the app with --app',
    ],
    [['explain', '--format', 'xml'], '--format (xml) must be text, json or markdown'],
    [['explain', '--app', 'true'], 'the app has no endpoint: no ServingPlatform was synthesized'],
    [['explain', '--depth', '3'], "unknown option '--depth'"],
    [['explain', '--depth', '3'], "\n'serving explain --help' lists the options\n"],
    [['explain', '--app', 'a', '--app', 'b'], '--app is specified twice, but accepts only one value'],
    [
      ['explode'],
      "[UnknownCommand] unknown command 'explode'; expected one of 'diff', 'explain', 'lock', 'pack', 'publish', 'status', 'verify'",
    ],
  ])('fails on %j', (args, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
    const { status, stderr } = serving(folder, ...args);
    rmSync(folder, { recursive: true });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
