/**
 * The packed tarball in user projects: an empty CDK app and an empty cdk8s app, each according to the template of its
 * framework, with the first example of the README pasted. Neither has the packages of the other target. They run on this
 * machine's Node, then on every supported version.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { filesOf, withCanary } from '../support/markdown';
import { NODE_VERSIONS, type Place, packedTarball, pinned, readJson, root, run } from './support/packed';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder outside the repository, so that it has only its own packages. */
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

/** The packages that npm installed, without those bundled in other packages. */
function installed(folder: string): string[] {
  const { packages } = readJson(join(folder, 'node_modules/.package-lock.json'));
  return Object.entries(packages as Record<string, { inBundle?: boolean }>)
    .filter(([, { inBundle }]) => !inBundle)
    .map(([path]) => path.replace('node_modules/', ''));
}

/** A program that uses every entry point, and prints the packages that were loaded. */
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

/** What an app loads, writes and explains on a version of Node, under one name of the command. */
function behaviorOn(place: Place, command: string, file: string, output: string): object {
  // Validation is a feature of CDK, and takes longer than everything else.
  const quick = { ...place, env: { CDK_VALIDATION: 'false', CDK_OUTDIR: dirname(output) } };
  const loaded = ['probe.mjs', 'probe.cjs'].map((probed) => run(quick, 'node', probed));
  run(quick, 'node_modules/.bin/tsx', file);
  const written = readFileSync(join(place.folder, output), 'utf8');
  rmSync(join(place.folder, output));
  const app = `node_modules/.bin/tsx ${file}`;
  const explained = JSON.parse(run(quick, `node_modules/.bin/${command}`, 'explain', '--app', app, '--format', 'json'));
  return { loaded, written, explained };
}

/** Tests that every supported Node version behaves like that of this machine, under the other name of the command. */
function testNodeVersions(file: string, output: string, folder: () => string): void {
  let expected: object;
  beforeAll(() => {
    expected = behaviorOn({ folder: folder() }, 'serving', file, output);
  });

  test.each(NODE_VERSIONS)('Node %s loads, writes and explains the same', (node) => {
    const place = { folder: folder(), node };
    expect(run(place, 'node', '--version')).toBe(`v${node}\n`);
    expect(behaviorOn(place, 'serving-constructs', file, output)).toEqual(expected);
  });
}

const {
  'endpoint.ts': endpoint = '',
  'canary.ts': canary = '',
  'app.ts': app = '',
  'main.ts': main = '',
} = filesOf(readFileSync(join(root, 'README.md'), 'utf8'));

const tarball = packedTarball();

describe('an empty CDK app', () => {
  let folder: string;
  beforeAll(() => {
    folder = project({
      'endpoint.ts': endpoint,
      'canary.ts': canary,
      'app.ts': withCanary(app),
      'uncompilable.ts': readFileSync(join(root, 'test/definitions/uncompilable.ts'), 'utf8'),
      ...probe('aws-cdk-lib', 'new framework.Stack(app)'),
    });
    install(folder, tarball, pinned('constructs'), pinned('aws-cdk-lib'));
  });

  test('gets no package except CDK', () => {
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

    test('`serving explain` reports what the app will be', () => {
      expect(run(folder, 'npx', 'serving', 'explain')).toMatch(/\/sentiment[\s\S]*longest request +60/);
    });

    test('the declarations compile without the other target, and reject anything but images and secrets', () => {
      run(folder, 'npx', 'tsc', '--noEmit', '--skipLibCheck', 'false');
    });

    testNodeVersions('app.ts', 'out/Serving.template.json', () => folder);
  });
});

describe('an empty cdk8s app', () => {
  let folder: string;
  beforeAll(() => {
    folder = project({
      'endpoint.ts': endpoint,
      'canary.ts': canary,
      'main.ts': withCanary(main),
      ...probe('cdk8s', "new framework.Chart(app, 'chart')"),
    });
    install(folder, tarball, pinned('constructs'), pinned('cdk8s'));
  });

  test('gets no package except cdk8s', () => {
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
      // The template checks declarations with an older compiler, which found packages and types by itself.
      expect(compilerOptions.skipLibCheck).toBeUndefined();
      const options = { ...compilerOptions, module: 'node16', types: ['node'], noEmit: true };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
      writeFileSync(join(folder, 'cdk8s.yaml'), 'language: typescript\napp: npx tsc && npx tsx main.ts\n');
    });

    test('`cdk8s synth` writes manifests of the pasted example, and the declarations compile', () => {
      run(folder, 'npx', 'cdk8s', 'synth', '--check-upgrade=false');
      const objects = parseAllDocuments(readFileSync(join(folder, 'dist/serving.k8s.yaml'), 'utf8'));
      const kinds = objects.map((object) => object.get('kind'));
      expect(kinds.filter((kind) => kind === 'Deployment')).toHaveLength(3);
      expect(kinds).toContain('HorizontalPodAutoscaler');
    });

    test('`serving explain` reports what the app will be', () => {
      expect(run(folder, 'npx', 'serving', 'explain')).toMatch(/\/sentiment[\s\S]*longest request +60/);
    });

    testNodeVersions('main.ts', 'dist/serving.k8s.yaml', () => folder);
  });
});
