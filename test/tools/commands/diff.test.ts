import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundleServing } from '../../support/bundle';
import { writeFiles } from '../../support/scratch';

let bundle: Bundle;
let folder: string;
beforeAll(() => {
  bundle = bundleServing();
});
afterAll(() => bundle.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'diff-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const diff = (...args: string[]) => bundle.run(folder, 'diff', ...args);

const logGroup = (id: string, more: object = {}) =>
  JSON.stringify({
    Resources: { [id]: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'models' }, ...more } },
  });

const assembly = (id: string): { readonly [path: string]: string } => ({
  'manifest.json': JSON.stringify({
    version: '40.0.0',
    artifacts: {
      'Serving.assets': { type: 'cdk:asset-manifest', properties: { file: 'Serving.assets.json' } },
      Serving: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'Serving.template.json', stackName: 'models' },
        dependencies: ['Serving.assets'],
      },
      'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } },
    },
  }),
  'Serving.template.json': logGroup(id, { Metadata: { 'aws:cdk:path': `Serving/${id}/Resource` } }),
  'assembly-Prod/manifest.json': JSON.stringify({ artifacts: {} }),
});

/** The manifest of an assembly with a stage in this folder. */
const stage = (directoryName?: string) =>
  JSON.stringify({ artifacts: { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName } } } });

/** An assembly with a template that is nested in itself. */
const nested = () => {
  const properties = { templateFile: 'T.json' };
  const inner = { Type: 'AWS::CloudFormation::Stack', Metadata: { 'aws:asset:path': 'T.json' } };
  return {
    'manifest.json': JSON.stringify({ artifacts: { T: { type: 'aws:cloudformation:stack', properties } } }),
    'T.json': JSON.stringify({ Resources: { Inner: inner } }),
  };
};

/** YAML whose aliases repeat each other. */
const bomb = () =>
  Array.from(
    { length: 10 },
    (_, index) => `a${index}: &a${index} [${index === 0 ? 'x' : Array(10).fill(`*a${index - 1}`)}]`,
  ).join('\n');

const deployment = (replicas: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: svm\nspec:\n${replicas}  selector: {}\n`;

test('lists what makes the update of a cloud assembly fail, and exits with 1', () => {
  writeFiles(join(folder, 'before'), assembly('Old'));
  writeFiles(join(folder, 'after'), assembly('New'));
  const { status, stdout, stderr } = diff('before', 'after');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toBe(
    [
      'makes the deployment fail',
      '  code       what',
      "  NameInUse  Serving/New (New) requires the log group name 'models', which Serving/Old (Old) has until the clean-up at the end of the update",
      '',
    ].join('\n'),
  );
});

test('findings with an allowed code do not change the exit code', () => {
  writeFiles(join(folder, 'before'), assembly('Old'));
  writeFiles(join(folder, 'after'), assembly('New'));
  const { status, stdout } = diff('before', 'after', '--allow', 'NameInUse');
  expect(status).toBe(0);
  expect(stdout).toContain('NameInUse');
});

test('compares two templates and prints JSON', () => {
  writeFiles(folder, { 'before.json': logGroup('Old'), 'after.json': logGroup('New') });
  const { status, stdout } = diff('before.json', 'after.json', '--format', 'json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    target: 'cloudformation',
    dangerous: true,
    changes: [
      {
        kind: 'NameInUse',
        subject: 'New in stack Template',
        message: expect.stringContaining("the log group name 'models'"),
        effect: 'fails',
        dangerous: true,
      },
    ],
  });
});

test('JSON reports findings with an allowed code as not dangerous', () => {
  writeFiles(folder, { 'before.json': logGroup('Old'), 'after.json': logGroup('New') });
  const { status, stdout } = diff('before.json', 'after.json', '-f', 'json', '--allow', 'NameInUse');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    dangerous: false,
    changes: [{ kind: 'NameInUse', effect: 'fails', dangerous: false }],
  });
});

test('compares folders of manifests and prints Markdown', () => {
  writeFiles(folder, { 'before/a.k8s.yaml': deployment('  replicas: 4\n'), 'after/b.k8s.yaml': deployment('') });
  const { status, stdout } = diff('before', 'after', '-f', 'markdown');
  expect(status).toBe(1);
  expect(stdout).toBe(
    [
      '## loses capacity',
      '',
      '| code | what |',
      '| --- | --- |',
      "| ReplicasReset | Deployment svm no longer has 'spec.replicas' (4): the API server sets it to 1 and no autoscaler raises it |",
      '',
    ].join('\n'),
  );
});

test('compares manifests in subfolders, in the order of their names', () => {
  writeFiles(folder, {
    'before/a/one.yaml': deployment('  replicas: 4\n'),
    'before/a.json': '{}',
    'after/b/c/two.yaml': deployment(''),
  });
  const { status, stdout } = diff('before', 'after');
  expect(status).toBe(1);
  expect(stdout).toContain('ReplicasReset  Deployment svm no longer has');
});

test('compares stacks of one name in several Regions', () => {
  const two = (log: string): { readonly [path: string]: string } => {
    const regions = ['eu-west-1', 'eu-central-1'].map((region) => {
      const properties = { templateFile: `${region}.json`, stackName: 'models' };
      return [region, { type: 'aws:cloudformation:stack', environment: `aws://1/${region}`, properties }];
    });
    return {
      'manifest.json': JSON.stringify({ artifacts: Object.fromEntries(regions) }),
      'eu-west-1.json': logGroup(log),
      'eu-central-1.json': logGroup('Old'),
    };
  };
  writeFiles(join(folder, 'before'), two('Old'));
  writeFiles(join(folder, 'after'), two('New'));
  const { status, stdout } = diff('before', 'after');
  expect(status).toBe(1);
  expect(stdout).toContain("New in stack models (1/eu-west-1) requires the log group name 'models'");
});

test('exits with 0 if nothing is dangerous, and states that nothing changes', () => {
  writeFiles(folder, { 'a.yaml': deployment('  replicas: 4\n'), 'b.yaml': deployment('  replicas: 2\n') });
  expect(diff('a.yaml', 'b.yaml')).toMatchObject({
    status: 0,
    stdout: 'no changes\n  Nothing rolls, is replaced or is removed.\n',
  });
});

test.each([
  [[], 2, 'expected 2 paths, before and after the change, but got 0'],
  [['a.yaml', 'a.yaml', 'a.yaml'], 2, 'but got 3'],
  [['a.yaml', 'none'], 2, "[InvalidOutput] 'none' does not exist"],
  [['a.yaml', 'assembly'], 2, "'assembly' contains CloudFormation stacks, but 'a.yaml' contains Kubernetes objects"],
  [['a.yaml', 'broken'], 2, "[InvalidOutput] 'broken/manifest.json' is not valid JSON (line 1)"],
  [['a.yaml', 'lost'], 2, "'lost/Serving.template.json' cannot be read: ENOENT"],
  [['a.yaml', 'bad.yaml'], 2, "[InvalidOutput] 'bad.yaml' is not valid YAML: "],
  [['a.yaml', 'bomb.yaml'], 2, "[InvalidOutput] 'bomb.yaml' is not valid YAML: Excessive alias count"],
  [['a.yaml', 'alias.yaml'], 2, "[InvalidOutput] 'alias.yaml' is not valid YAML: "],
  [['a.yaml', 'deep.yaml'], 2, "[InvalidOutput] 'deep.yaml' is not valid YAML: "],
  [['a.yaml', 'stage'], 2, "[InvalidOutput] 'stage' contains itself; pass the folder that 'cdk synth' wrote"],
  [['a.yaml', 'cycle'], 2, "[InvalidOutput] 'cycle' contains itself"],
  [['a.yaml', 'nested'], 2, "[InvalidOutput] 'nested/T.json' contains itself"],
  [['a.yaml', 'linked'], 2, "[InvalidOutput] 'linked/x.yaml' cannot be read: EISDIR"],
  [['a.yaml', 'empty'], 2, "'empty' contains no cloud assembly and no Kubernetes object"],
  [['a.yaml', 'a.yaml', '--format', 'xml'], 2, '--format (xml) must be text, json or markdown'],
  [
    ['a.yaml', 'a.yaml', '--allow', 'Everything'],
    2,
    "--allow (Everything) is not a code; expected one of 'CapacityProviderInUse', ",
  ],
  [['a.yaml', 'a.yaml', '--allow', 'Rols'], 2, "--allow (Rols) is not a code; did you mean 'Rolls'?"],
])('fails on %j', (args, exitCode, message) => {
  const { 'Serving.template.json': _, ...lost } = assembly('Old');
  writeFiles(folder, { 'a.yaml': deployment(''), 'bad.yaml': 'a: [', 'empty/readme.txt': '' });
  writeFiles(folder, { 'bomb.yaml': bomb(), 'alias.yaml': 'a: *b', 'deep.yaml': '['.repeat(100_000) });
  writeFiles(join(folder, 'stage'), { 'manifest.json': stage() });
  writeFiles(join(folder, 'cycle'), { 'manifest.json': stage('inner'), 'inner/manifest.json': stage('..') });
  writeFiles(join(folder, 'nested'), nested());
  mkdirSync(join(folder, 'linked'));
  symlinkSync(join(folder, 'empty'), join(folder, 'linked', 'x.yaml'));
  writeFiles(join(folder, 'assembly'), assembly('Old'));
  writeFiles(join(folder, 'broken'), { 'manifest.json': '{' });
  writeFiles(join(folder, 'lost'), lost);
  const { status, stderr } = diff(...args);
  expect(status).toBe(exitCode);
  expect(stderr).toContain(message);
});
