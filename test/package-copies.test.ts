import { Stack } from 'aws-cdk-lib';
import { ServingEndpoint, ServingPlatform } from '../src';
import { copyFolder, copyPackage, type Library, removeCopies } from './support/package-copies';
import { type From, OUTPUTS } from './support/two-copies';

/** Abstract classes are used by their subclasses. */
const ABSTRACT = ['GatewayPolicy', 'ModelVolume', 'TargetSettings'];

/** Factories, which create instances of another class. */
const FACTORIES: { readonly [name: string]: string } = {
  EcrImage: 'EcsImage',
  DockerfileImage: 'EcsImage',
  S3Model: 'Model',
  KubernetesSecret: 'SecretValue',
  MetricTarget: 'ScalingTarget',
  PrometheusTarget: 'ScalingTarget',
};

/** Classes that are only a view of a construct, created on demand. */
const FACADES = ['EcsBackend', 'EcsEndpoint', 'KubernetesBackend', 'KubernetesEndpoint'];

/** Every class that the package exports. */
function classesOf(library: Library): Map<string, { readonly prototype: object }> {
  const found = new Map<string, { readonly prototype: object }>();
  for (const scope of [library, library.aws, library.kubernetes])
    for (const [name, value] of Object.entries(scope)) if (typeof value === 'function') found.set(name, value as never);
  return found;
}

const OWN_VERSION = '1.2.3';
let own: Library;
let same: Library;
let newer: Library;
let bundled: Library;

beforeAll(() => {
  own = copyPackage('own', OWN_VERSION);
  same = copyPackage('same', OWN_VERSION);
  newer = copyPackage('newer', '1.3.0');
  bundled = copyPackage('bundled');
});
afterAll(removeCopies);

/** The classes that the definition of a target uses. */
function usedNames(target: string): string[] {
  const names = new Set<string>();
  OUTPUTS[target]?.((name) => {
    names.add(name);
    return library;
  });
  return [...names].sort();
}

const library: Library = require('../src');
const classes = [...classesOf(library).keys()];
const NAMES = new Map(Object.keys(OUTPUTS).map((target) => [target, usedNames(target)]));

describe('every public class', () => {
  test('is used by the definitions of this test', () => {
    const used = [...NAMES.values()].flat();
    const missing = classes.filter((name) => !used.includes(name) && !ABSTRACT.includes(name));
    expect(missing).toEqual([]);
  });

  test('has a tag by which other copies recognize it, unless it is a factory or a view', () => {
    const untagged = [...classesOf(own)]
      .filter(([name, { prototype }]) => !Object.hasOwn(prototype, Symbol.for(`serving-constructs.${name}`)))
      .map(([name]) => name)
      // Both targets are platforms.
      .filter((name) => !['EcsPlatform', 'KubernetesPlatform'].includes(name));
    expect(untagged.sort()).toEqual([...Object.keys(FACTORIES), ...FACADES].sort());
  });
});

describe.each([...NAMES])('on %s', (target, names) => {
  const render = (from: From): string => JSON.stringify(OUTPUTS[target]?.(from));
  let expected: string;
  beforeAll(() => {
    expected = render(() => own);
  });

  test.each(names)('%s of another copy of the same version produces the same output', (name) => {
    expect(render((used) => (used === name ? same : own))).toBe(expected);
  });

  test.each(names)('%s of another version is rejected by name, or produces the same output', (name) => {
    let output: string | undefined;
    try {
      output = render((used) => (used === name ? newer : own));
    } catch (error) {
      const { message } = error as Error;
      expect(message).toMatch(
        /^\[ForeignCopy\] '.+' \(.+\) comes from another copy of serving-constructs \(version 1\./,
      );
      for (const text of ['version 1.2.3 in', 'version 1.3.0 in', copyFolder('own'), copyFolder('newer')])
        expect(message).toContain(text);
      expect(message).toContain('npm dedupe');
    }
    if (output !== undefined) expect(output).toBe(expected);
  });
});

describe('objects of another version', () => {
  const image = () => newer.ServerImage.fromRegistry('acme/svm:1.4.2');
  const options = (change: object) => ({
    image: own.ServerImage.fromRegistry('acme/svm:1.4.2'),
    server: own.ModelServer.wsgi({ app: 'app' }),
    ...change,
  });
  const endpoint = () => new own.ServingEndpoint(new Stack(), 'endpoint');

  test('are rejected with the name of their prop and both versions', () => {
    expect(() => endpoint().addBackend('v1', options({ image: image() }))).toThrow(
      `[ForeignCopy] 'image' (a RegistryImage) comes from another copy of serving-constructs (version 1.3.0 in '${copyFolder('newer')}'); install one version for the whole app, for example with: npm dedupe; this copy is version 1.2.3 in '${copyFolder('own')}'`,
    );
  });

  test('are accepted if they are durations or sizes', () => {
    const backend = endpoint().addBackend(
      'v1',
      options({ loadTimeout: newer.Duration.minutes(7), resources: { memory: newer.Size.gibibytes(3) } }),
    );
    expect(backend._binding.intent).toMatchObject({ loadSeconds: 420, memoryMib: 3072 });
  });

  test('are rejected if they are the platform of an endpoint', () => {
    const stack = new Stack();
    new newer.ServingEndpoint(stack, 'theirs');
    expect(() => new own.ServingEndpoint(stack, 'endpoint')).toThrow(
      "[ForeignCopy] 'Default/ServingPlatform' (an EcsPlatform) comes from another copy",
    );
  });

  test('are rejected if they are the backend of an EcsBackend', () => {
    const backend = new newer.ServingEndpoint(new Stack(), 'theirs').addBackend('v1', {
      image: image(),
      server: newer.ModelServer.wsgi({ app: 'app' }),
    });
    expect(() => own.aws.EcsBackend.of(backend)).toThrow("[ForeignCopy] 'backend' (a Backend) comes from another copy");
  });

  test('are rejected if the version of a copy is unknown', () => {
    const backend = () => endpoint().addBackend('v1', options({ server: bundled.ModelServer.wsgi({ app: 'app' }) }));
    expect(backend).toThrow('(version unknown in ');
  });

  test('are rejected if they come from a release without tags', () => {
    const { ServerImage } = { ServerImage: class ServerImage {} };
    const untagged = Object.assign(new ServerImage(), { reference: 'acme/svm:1.4.2' });
    expect(() => endpoint().addBackend('v1', options({ image: untagged }))).toThrow(
      "[ForeignCopy] 'image' (a ServerImage) comes from another copy of serving-constructs (version unknown); install",
    );
  });
});

test('an EcsSecret of another copy refers to the same secret', () => {
  const text = JSON.stringify(OUTPUTS.aws?.((name) => (name === 'EcsSecret' ? same : own)));
  expect(text).toContain('acme/key');
  expect(text).not.toMatch(/undefined|:secret-\?{6}|:secret"/);
});

test('a platform is recognized in every copy', () => {
  const platform = own.ServingPlatform.of(new Stack());
  expect([same, newer].map((copy) => copy.ServingPlatform.isServingPlatform(platform))).toEqual([true, true]);
  expect(ServingPlatform.isServingPlatform(platform)).toBe(true);
  expect(ServingPlatform.isServingPlatform(new ServingEndpoint(new Stack(), 'endpoint'))).toBe(false);
});
