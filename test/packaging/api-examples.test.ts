/** The examples of the API reference are what users paste: each is checked strictly. */
import * as library from '../../src';
import { aws, kubernetes } from '../../src';
import { type ApiExample, apiExamples, examplesIn, typeErrorsOf } from '../support/api-examples';

// The declarations of the frameworks are large.
jest.setTimeout(120_000);

/** The constructs and factories that users start from. Each needs an example, of the class or of one of its members. */
const MAIN = [
  'AutoscalingPolicy',
  'Backend',
  'EnvironmentSource',
  'Gpu',
  'HealthCheck',
  'Intermediary',
  'Model',
  'ModelServer',
  'SecretValue',
  'ServerImage',
  'ServingEndpoint',
  'TrafficSplit',
  'aws.DockerfileImage',
  'aws.EcrImage',
  'aws.EcsBackend',
  'aws.EcsEndpoint',
  'aws.EcsEnvironment',
  'aws.EcsImage',
  'aws.EcsPlatform',
  'aws.EcsSecret',
  'aws.EfsVolume',
  'aws.ExistingListener',
  'aws.GpuCapacity',
  'aws.S3FilesVolume',
  'aws.S3Model',
  'kubernetes.ClaimVolume',
  'kubernetes.Gateway',
  'kubernetes.GatewayProfile',
  'kubernetes.KubernetesBackend',
  'kubernetes.KubernetesEndpoint',
  'kubernetes.KubernetesEnvironment',
  'kubernetes.KubernetesPlatform',
  'kubernetes.KubernetesSecret',
];

const EXAMPLES = apiExamples();

const WRONG: [code: string, message: string][] = [
  ["aws.EcrImage.fromRepository('svm', '1.4.2');", "Argument of type 'string' is not assignable to"],
  ["new ServingEndpoint(this, 'svm', { requestTimeout: 60 });", "Type 'number' is not assignable to type 'Duration'."],
  ["new ServingEndpoint(this, 'svm', { pathPrefix: '/svm' });", "'pathPrefix' does not exist in type"],
  ["NoSuchClass.fromName('svm');", "has no exported member 'NoSuchClass'"],
  ['aws.EcsBackend.of(backend);', "has no exported member named 'backend'"],
];

let errors: Map<ApiExample, string[]>;
const wrong = WRONG.map(([code]): ApiExample => ({ label: code, code }));
beforeAll(() => {
  const all = [...EXAMPLES, ...wrong];
  const found = typeErrorsOf(all);
  errors = new Map(all.map((example, index) => [example, found[index] as string[]]));
});

test.each(EXAMPLES.map((example) => [example.label, example] as const))('%s compiles strictly', (_, example) => {
  expect(errors.get(example)).toEqual([]);
});

test.each(
  WRONG.map(([code, message], index) => [code, message, wrong[index] as ApiExample] as const),
)('the type error of %s is found', (_code, message, example) => {
  expect(errors.get(example)?.join('\n')).toContain(message);
});

const SPACES: { readonly [namespace: string]: object } = { '': library, aws, kubernetes };

test.each(MAIN)('%s has an example', (name) => {
  const [className, namespace = ''] = name.split('.').reverse() as [string, string?];
  expect(SPACES[namespace]).toHaveProperty(className, expect.any(Function));
  const hasExample = EXAMPLES.some((example) => example.className === className);
  expect({ name, hasExample }).toEqual({ name, hasExample: true });
});

test('the examples of classes and members are found, each with its code', () => {
  const text = `
/**
 * A class.
 *
 * @example
 *
 * const one = 1;
 */
export class A {
  /**
   * A method.
   *
   * @param b a parameter
   * @example
   * if (b) {
   *   two();
   * }
   * @see something
   */
  public static of(b: boolean): A {}
}
/** @example three(); */
export function f() {}
/** A class without an example. */
export class B {}`;
  expect(examplesIn('a.ts', text)).toEqual([
    { label: 'a.ts: A', className: 'A', code: 'const one = 1;' },
    { label: 'a.ts: A.of', className: 'A', code: 'if (b) {\n  two();\n}' },
    { label: 'a.ts: f', className: undefined, code: 'three();' },
  ]);
});
