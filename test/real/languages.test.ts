/**
 * The package in the other languages of jsii: generated from the packed tarball, used by a CDK and a cdk8s app. The output
 * is compared with that of the same definition in TypeScript, as data.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { blocksOf } from '../support/markdown';
import { writeManifests, writeMixedManifests, writeTemplate } from './languages/definition';
import { installed, packedTarball, readJson, root, run } from './support/packed';

// The first run downloads the dependencies of each language's tools.
jest.setTimeout(900_000);

const work = mkdtempSync(join(tmpdir(), 'serving-languages-'));
afterAll(() => rmSync(work, { recursive: true }));

const sources = join(__dirname, 'languages');
const unpacked = join(work, 'package');
const bindings = (language: string) => join(work, 'bindings', language);

beforeAll(() => {
  run(work, 'tar', '-xzf', packedTarball());
  symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));
  writeTemplate(join(work, 'typescript/aws'));
  writeManifests(join(work, 'typescript/kubernetes'));
  writeMixedManifests(join(work, 'typescript/mixed'));
});

/** Generates the packages of a language; without a build only their source. */
function make(language: string, options: string[] = [], packages = [unpacked], env = {}): void {
  const pacmak = join(root, 'node_modules/.bin/jsii-pacmak');
  run(
    { folder: work, env },
    pacmak,
    ...packages,
    '--targets',
    language,
    '--outdir',
    join(work, 'bindings'),
    ...options,
  );
}

function templateOf(language: string): object {
  return readJson(join(work, language, 'aws/Serving.template.json'));
}

function objectsOf(language: string, folder: string): object[] {
  const text = readFileSync(join(work, language, folder, 'serving.k8s.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}

function expectSameAsTypeScript(language: string): void {
  expect(templateOf(language)).toEqual(templateOf('typescript'));
  expect(objectsOf(language, 'kubernetes')).toEqual(objectsOf('typescript', 'kubernetes'));
  const refusal = readFileSync(join(work, language, 'refusal.txt'), 'utf8');
  expect(refusal).toContain("[InvalidPath] 'path' ('sentiment') must start with '/'");
}

test('the definition has both backends on both targets', () => {
  const { Resources } = templateOf('typescript') as { Resources: Record<string, { Type: string }> };
  expect(Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECS::Service')).toHaveLength(2);
  const kinds = (folder: string) => objectsOf('typescript', folder).map((object) => (object as { kind: string }).kind);
  expect(kinds('kubernetes').filter((kind) => kind === 'Deployment')).toHaveLength(3);
  expect(kinds('mixed')).toEqual(expect.arrayContaining(['Secret', 'ServiceAccount', 'HorizontalPodAutoscaler']));
});

test('consumers use the same frameworks as TypeScript', () => {
  const { devDependencies } = readJson(join(root, 'package.json'));
  const read = (file: string) => readFileSync(join(sources, file), 'utf8');
  for (const name of ['aws-cdk-lib', 'cdk8s', 'cdk8s-plus-27', 'constructs']) {
    expect(read('python/requirements.txt').split('\n')).toContain(`${name}==${devDependencies[name]}`);
  }
  for (const name of ['aws-cdk-lib', 'cdk8s', 'constructs']) {
    expect(read('java/pom.xml')).toMatch(
      new RegExp(`<artifactId>${name}</artifactId>\\s*<version>${devDependencies[name]}</version>`),
    );
  }
  for (const [name, module] of [
    ['aws-cdk-lib', 'awscdk/v2'],
    ['cdk8s', 'cdk8s/v2'],
    ['constructs', 'constructs/v10'],
  ] as const) {
    expect(read('go/go.mod')).toMatch(new RegExp(`/${module} v${devDependencies[name]}\n`));
  }
});

test('Python: an installed wheel creates the same resources, also next to objects of cdk8s-plus', () => {
  make('python');
  const [wheel] = readdirSync(bindings('python')).filter((file) => file.endsWith('.whl'));
  const bin = installed('python/languages/bin');
  const site = join(work, 'site');
  run(
    work,
    join(bin, 'pip'),
    ...['install', '--quiet', '--no-deps', '--no-index', '--target', site],
    join(bindings('python'), wheel as string),
  );
  const place = { folder: work, env: { PYTHONPATH: site } };
  run(place, join(bin, 'python'), join(sources, 'python/app.py'), join(work, 'python'));
  expectSameAsTypeScript('python');
  expect(objectsOf('python', 'mixed')).toEqual(objectsOf('typescript', 'mixed'));

  const [snippet] = blocksOf(readFileSync(join(root, 'docs/languages.md'), 'utf8')).filter(
    ({ language }) => language === 'python',
  );
  run(place, join(bin, 'python'), '-c', snippet?.text as string);
  const documented = parseAllDocuments(readFileSync(join(work, 'dist/serving.k8s.yaml'), 'utf8'));
  expect(documented.filter((object) => object.get('kind') === 'Deployment')).toHaveLength(3);
});

test('Java: the Maven artifact creates the same resources', () => {
  // Javadoc is not needed here, and takes as long as everything else.
  make('java', [], [unpacked], { MAVEN_OPTS: '-Dmaven.javadoc.skip=true' });
  const [jar] = (readdirSync(bindings('java'), { recursive: true, encoding: 'utf8' }) as string[]).filter((file) =>
    /serving-constructs-[\d.]+\.jar$/.test(file),
  );
  const classpath = [join(bindings('java'), jar as string), join(installed('java/languages/lib'), '*')].join(':');
  const classes = join(work, 'classes');
  run(work, 'javac', '-d', classes, '-cp', classpath, join(sources, 'java/App.java'));
  run(work, 'java', '-cp', `${classes}:${classpath}`, 'App', join(work, 'java'));
  expectSameAsTypeScript('java');
});

describe('as source', () => {
  // The Go modules of these two packages are generated next to ours from npm, so that one registry is enough.
  const schema = join(root, 'node_modules/@aws-cdk/cloud-assembly-schema');
  const packages = [unpacked, join(root, 'node_modules/cdk8s'), schema];

  test('Go: the module creates the same resources', () => {
    make('go', ['--code-only'], packages);
    const consumer = join(work, 'consumer');
    cpSync(join(sources, 'go'), consumer, { recursive: true });
    const replaced = readdirSync(bindings('go')).map((folder) => {
      const [, name] = /^module (\S+)$/m.exec(readFileSync(join(bindings('go'), folder, 'go.mod'), 'utf8')) ?? [];
      return `-replace=${name}=${join(bindings('go'), folder)}`;
    });
    expect(replaced).toHaveLength(packages.length);
    const place = { folder: consumer, env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } };
    run(place, 'go', 'mod', 'edit', ...replaced);
    run(place, 'go', 'mod', 'tidy');
    run(place, 'go', 'vet', '.');
    run(place, 'go', 'build', '-o', 'consumer', '.');
    run(place, './consumer', join(work, 'go'));
    expectSameAsTypeScript('go');
  });

  test('.NET: the project refers to the packages of both frameworks', () => {
    make('dotnet', ['--code-only']);
    const project = readFileSync(join(bindings('dotnet'), 'ServingConstructs/ServingConstructs.csproj'), 'utf8');
    for (const name of ['Amazon.CDK.Lib', 'Org.Cdk8s', 'Constructs', 'Amazon.JSII.Runtime']) {
      expect(project).toContain(`Include="${name}"`);
    }
    expect(project).not.toContain('Cdk8s.Plus');
  });
});
