/**
 * The packed tarball in projects of users: an empty CDK app and an empty cdk8s app, each with what its own framework's
 * template says, and with README's first example pasted. Neither has the other target's packages.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { filesOf } from '../support/markdown';

const root = resolve(__dirname, '../..');
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
/** A package as this repository has it, so that it comes from npm's cache. */
const pinned = (name: string) => `${name}@${readJson(join(root, 'node_modules', name, 'package.json')).version}`;

/** A user's environment: nothing of this repository's commands, nor of the npm that runs the tests. */
const ENV = Object.fromEntries(
  Object.entries(process.env)
    .filter(([name]) => !/^(npm_|INIT_CWD$|NODE_PATH$|NODE_OPTIONS$|CDK_|JSII_|TEST_COUNTS$)/.test(name))
    .map(([name, value]) => [
      name,
      name === 'PATH'
        ? value
            ?.split(delimiter)
            .filter((folder) => !folder.startsWith(root))
            .join(delimiter)
        : value,
    ]),
);

function run(folder: string, command: string, ...args: string[]): string {
  const child = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...ENV, CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
  if (child.status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${child.stdout}${child.stderr}`);
  return child.stdout;
}

function newest(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The tarball of this source; it is made when there is none or only an older one. */
function packedTarball(): string {
  const folder = join(root, 'dist/js');
  const find = () => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.tgz'));
  const sources = ['src', 'package.json', 'README.md', 'scripts'].map((name) => newest(join(root, name)));
  const [found] = find();
  if (found === undefined || newest(join(folder, found)) < Math.max(...sources)) {
    for (const task of ['pre-compile', 'compile', 'post-compile', 'package']) run(root, 'npx', 'projen', task);
  }
  return join(folder, find()[0] as string);
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder outside of the repository, so that it has no package but its own. */
function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'serving-consumer-'));
  folders.push(folder);
  for (const [name, text] of Object.entries({ 'package.json': '{ "private": true }', ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function install(folder: string, ...packages: string[]): void {
  run(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
}

/** What npm installed, without what is packed inside other packages. */
function installed(folder: string): string[] {
  const { packages } = readJson(join(folder, 'node_modules/.package-lock.json'));
  return Object.entries(packages as Record<string, { inBundle?: boolean }>)
    .filter(([, { inBundle }]) => !inBundle)
    .map(([path]) => path.replace('node_modules/', ''));
}

/** A program that uses every way in, and prints the packages that were loaded. */
function probe(framework: string, scope: string): { 'probe.mjs': string; 'probe.cjs': string } {
  const use = `
process.env.CDK_VALIDATION = 'false';
const endpoint = new serving.ServingEndpoint(${scope}, 'sentiment', { requestTimeout: serving.Duration.seconds(60) });
endpoint.addBackend('v1', {
  image: serving.ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
  server: serving.ModelServer.wsgi({ app: 'app:app' }),
});
app.synth();
const files = Object.keys(Module._cache);
const packages = files.map((file) => /.*node_modules.((?:@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1] ?? '');
console.log(JSON.stringify([...new Set(packages)].filter((name) => name !== '').sort()));
`;
  return {
    'probe.mjs': `import Module from 'node:module';
import { Duration, ModelServer, ServerImage, ServingEndpoint, aws, kubernetes } from 'serving-constructs';
import * as all from 'serving-constructs';
import * as framework from '${framework}';
const serving = { Duration, ModelServer, ServerImage, ServingEndpoint };
for (const [name, value] of Object.entries({ ...serving, aws, kubernetes })) {
  if (value === undefined || all[name] !== value) throw new Error(name);
}
const app = new framework.App();
${use}`,
    'probe.cjs': `const Module = require('node:module');
const serving = require('serving-constructs');
const framework = require('${framework}');
const app = new framework.App();
${use}`,
  };
}

const {
  'endpoint.ts': endpoint = '',
  'app.ts': app = '',
  'main.ts': main = '',
} = filesOf(readFileSync(join(root, 'README.md'), 'utf8'));
const tarball = packedTarball();

describe('an empty CDK app', () => {
  let folder: string;
  beforeAll(() => {
    folder = project({
      'endpoint.ts': endpoint,
      'app.ts': app,
      'uncompilable.ts': readFileSync(join(root, 'test/definitions/uncompilable.ts'), 'utf8'),
      ...probe('aws-cdk-lib', 'new framework.Stack(app)'),
    });
    install(folder, tarball, pinned('constructs'), pinned('aws-cdk-lib'));
  });

  test('gets nothing beside CDK', () => {
    const own = installed(folder).filter((name) => name !== 'aws-cdk-lib' && !name.startsWith('@aws-cdk/'));
    expect(own).toEqual(['constructs', 'serving-constructs']);
  });

  test.each(['probe.mjs', 'probe.cjs'])('%s loads only what it needs', (file) => {
    const loaded = JSON.parse(run(folder, 'node', file));
    expect(loaded).toEqual(expect.arrayContaining(['aws-cdk-lib', 'constructs', 'serving-constructs']));
    expect(loaded.filter((name: string) => name.startsWith('cdk8s'))).toEqual([]);
  });

  describe("with the tools of `cdk init`'s template", () => {
    beforeAll(() => {
      install(folder, '--save-dev', ...['aws-cdk', 'tsx', 'typescript', '@types/node'].map(pinned));
      const template = join(folder, 'node_modules/aws-cdk/lib/init-templates/app/typescript');
      const { compilerOptions } = readJson(join(template, 'tsconfig.json'));
      // The project has no tests.
      const tsconfig = { compilerOptions: { ...compilerOptions, types: ['node'] }, include: ['*.ts'] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
      const cdkJson = readJson(join(template, 'cdk.template.json'));
      expect(cdkJson.app).toContain('npx tsx bin/');
      writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ ...cdkJson, app: 'npx tsc && npx tsx app.ts' }));
    });

    test('`cdk synth` prints a template of the pasted example', () => {
      const { Resources, Outputs } = parse(run(folder, 'npx', 'cdk', 'synth', '--no-notices'));
      const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
      expect(types.filter((type) => type === 'AWS::ECS::Service')).toHaveLength(2);
      expect(types.filter((type) => type === 'AWS::ElasticLoadBalancingV2::LoadBalancer')).toHaveLength(1);
      expect(Object.keys(Outputs)).toEqual([expect.stringMatching(/^sentimentUrl/)]);
    });

    test('`serving explain` tells what the app will be', () => {
      expect(run(folder, 'npx', 'serving', 'explain')).toMatch(/\/sentiment[\s\S]*longest request +60/);
    });

    test('the declarations are sound without the other target, and refuse what is no image or secret', () => {
      run(folder, 'npx', 'tsc', '--noEmit', '--skipLibCheck', 'false');
    });
  });
});

describe('an empty cdk8s app', () => {
  let folder: string;
  beforeAll(() => {
    folder = project({
      'endpoint.ts': endpoint,
      'main.ts': main,
      ...probe('cdk8s', "new framework.Chart(app, 'chart')"),
    });
    install(folder, tarball, pinned('constructs'), pinned('cdk8s'));
  });

  test('gets nothing beside cdk8s', () => {
    expect(installed(folder)).toEqual(['cdk8s', 'constructs', 'serving-constructs']);
  });

  test.each(['probe.mjs', 'probe.cjs'])('%s loads only what it needs', (file) => {
    const loaded = JSON.parse(run(folder, 'node', file));
    expect(loaded).toEqual(expect.arrayContaining(['cdk8s', 'constructs', 'serving-constructs']));
    expect(loaded.filter((name: string) => /aws-cdk|cdk8s-plus/.test(name))).toEqual([]);
  });

  describe("with the tools of `cdk8s init`'s template", () => {
    beforeAll(() => {
      install(folder, '--save-dev', ...['cdk8s-cli', 'tsx', 'typescript', '@types/node'].map(pinned));
      expect(installed(folder)).not.toContain('aws-cdk-lib');
      expect(installed(folder)).not.toContain('cdk8s-plus-27');
      const template = join(folder, 'node_modules/cdk8s-cli/templates/typescript-app');
      const { compilerOptions } = readJson(join(template, 'tsconfig.json'));
      // It checks declarations, and it is of an older compiler, which found packages and types by itself.
      expect(compilerOptions.skipLibCheck).toBeUndefined();
      const options = { ...compilerOptions, module: 'node16', types: ['node'], noEmit: true };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
      writeFileSync(join(folder, 'cdk8s.yaml'), 'language: typescript\napp: npx tsc && npx tsx main.ts\n');
    });

    test('`cdk8s synth` writes manifests of the pasted example, and the declarations are sound', () => {
      run(folder, 'npx', 'cdk8s', 'synth', '--check-upgrade=false');
      const objects = parseAllDocuments(readFileSync(join(folder, 'dist/serving.k8s.yaml'), 'utf8'));
      const kinds = objects.map((object) => object.get('kind'));
      expect(kinds.filter((kind) => kind === 'Deployment')).toHaveLength(3);
      expect(kinds).toContain('HorizontalPodAutoscaler');
    });

    test('`serving explain` tells what the app will be', () => {
      expect(run(folder, 'npx', 'serving', 'explain')).toMatch(/\/sentiment[\s\S]*longest request +60/);
    });
  });
});

test('the API has a Python form that compiles', () => {
  const folder = project({});
  run(folder, 'tar', '-xzf', tarball, '--strip-components', '1');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // It is not published: the names are made for the test.
  const targets = { python: { distName: 'serving-constructs', module: 'serving_constructs' } };
  const assembly = readJson(join(folder, '.jsii'));
  writeFileSync(join(folder, '.jsii'), JSON.stringify({ ...assembly, targets }));
  const manifest = readJson(join(folder, 'package.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, jsii: { ...manifest.jsii, targets } }));

  run(root, 'npx', 'jsii-pacmak', folder, '--code-only', '--targets', 'python', '--outdir', join(folder, 'out'));
  const modules = ['', 'aws', 'kubernetes'].map((name) =>
    join('out/python/src/serving_constructs', name, '__init__.py'),
  );
  run(folder, 'python3', '-m', 'py_compile', ...modules);
});
