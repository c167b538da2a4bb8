import { App as CdkApp, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { BackendOptions, CorsOptions, ServingEndpointProps } from '../src';
import * as library from '../src';
import { OPTION_TYPES } from '../src/private/option-types';
import { checkOptions } from '../src/private/options';
import { backendOptions, singleBackend } from './support/definitions';

const { HealthCheck, Model, ModelServer, PrometheusTarget, ScalingTarget } = library;
const { SecretValue, ServerImage, ServingEndpoint } = library;

const UNWRITABLE = ['a\u0000b', 'a\ud800b', '[object Object]'];

type Define = (scope: Construct) => void;

/** Renders a definition on each target, as the objects of the template or manifest. */
const RENDER: Record<string, (define: Define) => object> = {
  aws: (define) => {
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack);
    return Template.fromStack(stack).toJSON();
  },
  kubernetes: (define) => {
    const chart = new Chart(new Cdk8sApp(), 'serving');
    define(chart);
    return Testing.synth(chart);
  },
};
const TARGETS = Object.keys(RENDER);

const one = (change: Partial<BackendOptions>, props: ServingEndpointProps = {}): Define => {
  return (scope) => new ServingEndpoint(scope, 'endpoint', props).addBackend('v1', backendOptions(change));
};

/** An endpoint that accepts cross-origin requests. */
const crossOrigin = (change: Partial<CorsOptions>): Define =>
  one({}, { cors: { allowOrigins: ['https://app.example.com'], ...change } });

/** A backend that follows a query where the platform has KEDA. */
const scaledBy = (query: string, prometheusAddress: string, name = 'Jobs'): Define => {
  return (scope) => {
    if (Chart.isChart(scope))
      new library.kubernetes.KubernetesPlatform(scope, 'Platform', { keda: { prometheusAddress } });
    const backend = new ServingEndpoint(scope, 'endpoint').addBackend('v1', backendOptions());
    const kubernetes = PrometheusTarget.ofTotal(name, query, 2);
    const target = ScalingTarget.byPlatform({ aws: ScalingTarget.cpuUtilization(60), kubernetes });
    backend.autoscale({ maxReplicas: 4, targets: [target] });
  };
};

/** Every object inside a value, including itself. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const part of Object.values(value)) yield* objectsIn(part);
}

/** The environment of the server container on either target; secrets without a value. */
function environmentIn(output: object): [name: unknown, value: unknown][] {
  const found: [unknown, unknown][] = [];
  for (const part of objectsIn(output)) {
    if ('Name' in part && ('Value' in part || 'ValueFrom' in part)) found.push([part.Name, part.Value]);
    if ('name' in part && ('value' in part || 'valueFrom' in part)) found.push([part.name, part.value]);
  }
  return found;
}

describe('invalid texts are rejected', () => {
  const members = Object.entries(OPTION_TYPES).flatMap(([type, all]) =>
    Object.entries(all)
      .filter(([, member]) => /^string(\[\]|\{\})?\??$/.test(member))
      .map(([name, member]) => [type, name, member.replace(/\?$/, '')] as const),
  );

  test.each(members)('in %s.%s (%s)', (type, name, member) => {
    const wrap = (text: string): unknown => (member === 'string' ? text : member === 'string[]' ? [text] : { A: text });
    for (const text of UNWRITABLE) {
      const messages = messagesOf(type, { [name]: wrap(text) });
      expect(messages).toMatch(new RegExp(`^\\[InvalidText\\] '${name}(\\[0\\]|\\.A)?' contains `));
      expect(messages).not.toContain(text === '[object Object]' ? '\u0000' : text);
    }
  });

  test.each(members.filter(([, , member]) => member === 'string{}'))('in a key of %s.%s', (type, name) => {
    for (const text of UNWRITABLE) expect(messagesOf(type, { [name]: { [text]: 'a' } })).toMatch(/^\[InvalidText\] /);
  });

  /** The error for one member. The type is reduced to it, because missing members are errors too. */
  function messagesOf(type: string, options: object): string {
    const members = OPTION_TYPES[type] as Record<string, string>;
    const only = Object.fromEntries(Object.keys(options).map((name) => [name, members[name] as string]));
    const all = OPTION_TYPES as Record<string, object>;
    try {
      all[type] = only;
      checkOptions(type, options, 'options');
    } catch (error) {
      return (error as Error).message;
    } finally {
      all[type] = members;
    }
    return 'accepted';
  }

  const factories = [library, library.aws, library.kubernetes].flatMap((scope) =>
    Object.values(scope)
      .filter((value) => typeof value === 'function')
      .flatMap((type) =>
        Object.getOwnPropertyNames(type)
          .filter((name) => typeof type[name as never] === 'function' && !/^(_|is[A-Z]|of$|declared$)/.test(name))
          .map(
            (name) => [`${type.name}.${name}`, type[name as never] as (...args: unknown[]) => unknown, type] as const,
          ),
      ),
  );

  test.each(factories.filter(([, factory]) => factory.length > 0))('by %s', (_, factory, type) => {
    for (const text of UNWRITABLE)
      expect(() => factory.call(type, ...Array.from({ length: factory.length }, () => text))).toThrow(
        /^\[(InvalidText|InvalidType|InvalidNumber)\] /,
      );
  });

  test.each(TARGETS)('as construct ids on %s', (target) => {
    for (const id of UNWRITABLE)
      expect(() => RENDER[target]?.((scope) => new ServingEndpoint(scope, id))).toThrow(/\[InvalidText\]/);
  });
});

describe('names of inherited members', () => {
  const NAMES = ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__'];
  const typed = (value: unknown) => Object.fromEntries(NAMES.map((name) => [name, value]));

  test.each(TARGETS)('are valid names of variables on %s', (target) => {
    const output = RENDER[target]?.(one({ environment: typed('kept') as never })) as object;
    for (const name of NAMES) expect(environmentIn(output)).toContainEqual([name, 'kept']);
    expect(Object.hasOwn(Object.prototype, 'kept')).toBe(false);
  });

  test.each(TARGETS)('are valid names of secrets on %s', (target) => {
    const secret = SecretValue.fromName('token', { key: 'value' });
    const output = RENDER[target]?.(one({ secrets: typed(secret) as never })) as object;
    const names = environmentIn(output).map(([name]) => name);
    for (const name of NAMES) expect(names.filter((found) => found === name)).toHaveLength(1);
  });

  test.each(TARGETS)('are valid names of variables of a custom server on %s', (target) => {
    const descriptor = {
      name: 'own',
      drain: library.servers.DrainBehavior.COMPLETES_REQUESTS,
      keepAlive: library.servers.KeepAliveKind.NEVER_CLOSES,
      listensWhenReady: true,
    };
    const server = ModelServer.custom({ command: ['own'], descriptor, environment: typed('kept') as never });
    const output = RENDER[target]?.(one({ server, healthCheck: HealthCheck.http('/') })) as object;
    for (const name of NAMES) expect(environmentIn(output)).toContainEqual([name, 'kept']);
  });

  test.each(NAMES)('%s is not an option', (name) => {
    expect(() => singleBackend(Object.fromEntries([[name, 'x']]) as never)).toThrow(
      `unknown option '${name}'; expected one of `,
    );
  });

  test('do not change the prototype if they are in parsed JSON', () => {
    const environment = JSON.parse('{"__proto__": "x", "A": "y"}');
    const { backend } = singleBackend({ environment });
    expect(Object.entries(backend._binding.intent.environment)).toEqual(expect.arrayContaining([['__proto__', 'x']]));
    expect(Object.getPrototypeOf(backend._binding.intent.environment)).toBe(Object.prototype);
  });

  test('are rejected if they set the prototype of the environment', () => {
    const environment = { __proto__: { A: 'x' }, B: 'y' } as never;
    expect(() => singleBackend({ environment })).toThrow(
      "[InvalidType] 'environment' ({ B }) must not inherit members; copy them, for example with { ...others }",
    );
  });

  test('are valid names of headers', () => {
    const define = one({}, { headers: [{ name: 'constructor', values: ['a'] }] });
    for (const target of TARGETS) expect(JSON.stringify(RENDER[target]?.(define))).toContain('constructor');
  });
});

describe('newlines and control characters in texts', () => {
  const INJECTED = 'x\nbackend evil\n  server s 127.0.0.1:1\nkey: value\r\nx-evil: 1\t\u0007';
  /** The parts of a definition that accept text, as definitions with that text. */
  const PLACES: Record<string, (text: string) => Define> = {
    'endpoint description': (description) => one({}, { description }),
    'endpoint name': (endpointName) => one({}, { endpointName }),
    path: (text) => one({}, { path: `/${text}` }),
    host: (text) => one({}, { hosts: [`${text}.example.com`] }),
    'header name': (name) => one({}, { headers: [{ name, values: ['a'] }] }),
    'header value': (text) => one({}, { headers: [{ name: 'x-a', values: [text] }] }),
    'backend description': (description) => one({ description }),
    'backend name': (backendName) => one({ backendName }),
    'working directory': (text) => one({ workingDirectory: `/${text}` }),
    environment: (text) => one({ environment: { A: text } }),
    'variable name': (text) => one({ environment: { [text]: 'a' } }),
    'secret name': (text) => one({ secrets: { A: SecretValue.fromName(text) } }),
    'secret key': (key) => one({ secrets: { A: SecretValue.fromName('a', { key }) } }),
    'health check': (text) => one({ healthCheck: HealthCheck.http(`/${text}`) }),
    'health check host': (host) => one({ healthCheck: HealthCheck.http('/', { host }) }),
    'status codes': (statuses) => one({ healthCheck: HealthCheck.http('/', { statuses }) }),
    'liveness check': (text) => one({ healthCheck: HealthCheck.http('/', { liveness: { path: `/${text}` } }) }),
    interpreter: (interpreter) =>
      one({ server: ModelServer.command({ command: ['serve'], behavior: { drains: true, interpreter } }) }),
    'smoke test path': (text) => one({ smokeTest: { path: `/${text}` } }),
    'smoke test text': (text) => one({ smokeTest: { path: '/', text } }),
    'smoke test JSON': (json) => one({ smokeTest: { path: '/', json } }),
    'smoke test header': (text) => one({ smokeTest: { path: '/', headers: { 'x-a': text } } }),
    'smoke test answer': (text) => one({ smokeTest: { path: '/', answer: { schema: { enum: [text] } } } }),
    'extra arguments': (text) => one({ server: ModelServer.uvicorn({ app: 'app', extraArgs: ['--x', text] }) }),
    app: (app) => one({ server: ModelServer.uvicorn({ app }) }),
    command: (text) =>
      one({ server: ModelServer.command({ command: ['serve', text] }), healthCheck: HealthCheck.http('/') }),
    'shell line': (line) => one({ server: ModelServer.shell({ line }), healthCheck: HealthCheck.http('/') }),
    image: (text) => one({ image: ServerImage.fromRegistry(`acme/svm:${text}`) }),
    'model name': (name) => one({ model: Model.fromS3('s3://acme/net/', { name }) }),
    'model description': (description) => one({ model: Model.fromS3('s3://acme/net/', { description }) }),
    'model path': (path) => one({ model: Model.fromS3('s3://acme/net/', { path }) }),
    'model key': (text) => one({ model: Model.fromS3(`s3://acme/${text}/`) }),
    'Prometheus query': (query) => scaledBy(query, 'http://prometheus:9090'),
    'Prometheus query in quotes': (text) => scaledBy(`sum(x{a=${JSON.stringify(text)}})`, 'http://prometheus:9090'),
    'address of Prometheus': (text) => scaledBy('sum(x)', `http://prometheus:9090/${text}`),
    'name of a query': (name) => scaledBy('sum(x)', 'http://prometheus:9090', name),
    'model in the image': (text) => one({ model: Model.inImage(`/models/${text}`) }),
    'text of a file': (text) => one({ model: Model.fromText(text, { path: '/app/a.json' }) }),
    'path of a text': (text) => one({ model: Model.fromText('a', { path: `/app/${text}` }) }),
    'file of a repository': (text) => one({ model: Model.fromHuggingFace('acme/net', { ...HUB, include: [text] }) }),
    'pulled model': (text) => one({ server: ModelServer.ollama({ pull: [text] }) }),
    'file of models': (modelConfigFile) =>
      one({ server: ModelServer.tensorflowServing({ modelName: 'net', modelConfigFile }) }),
    'allowed origin': (text) => crossOrigin({ allowOrigins: [`https://${text}.example.com`] }),
    'allowed header': (text) => crossOrigin({ allowHeaders: [text] }),
    'exposed header': (text) => crossOrigin({ exposeHeaders: [text] }),
    'prefix of logs': (prefix) => (scope) => {
      if (Stack.isStack(scope)) new library.aws.EcsPlatform(scope, 'Platform', { loadBalancerLogs: { prefix } });
      one({})(scope);
    },
  };
  const HUB = { revision: '0a'.repeat(20) };
  const REFUSED = /^\[(Invalid\w+|LocalhostBind)\] /;

  test.each(
    Object.entries(PLACES).flatMap(([place, define]) => TARGETS.map((target) => [place, target, define] as const)),
  )('of the %s are rejected or kept as data on %s', (_place, target, define) => {
    let output: object;
    try {
      output = RENDER[target]?.(define(INJECTED)) as object;
    } catch (error) {
      expect((error as Error).message).toMatch(REFUSED);
      return;
    }
    if (target === 'aws') return;
    const objects = output as unknown[];
    const text = manifestOf(define(INJECTED));
    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(objects);
    const configuration = [...objectsIn(output)].flatMap((part) => Object.entries(part));
    for (const [key, value] of configuration)
      if (/\.(cfg|map)$/.test(key)) expect(value).not.toMatch(/^\s*(backend evil|server s 127|key: value|x-evil)/m);
  });

  /** The manifest as it is written to a file. */
  function manifestOf(define: Define): string {
    const app = new Cdk8sApp();
    define(new Chart(app, 'serving'));
    return app.synthYaml();
  }
});

describe('missing values', () => {
  const missing = fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    {},
    [],
    'undefined',
    'null',
    'a-NaN',
    '[object Object]',
  );
  /** The places of values that an untyped caller can omit, as definitions with a value. */
  const VALUES: Record<string, (value: never, scope: Construct) => Partial<BackendOptions> | ServingEndpointProps> = {
    image: (value) => ({ image: ServerImage.fromRegistry(value) }),
    'image of a template': (value) => ({ image: ServerImage.fromRegistry(`acme/svm:${value}`) }),
    secret: (value) => ({ secrets: { A: SecretValue.fromName(value) } }),
    EcsSecret: (value) => ({ secrets: { A: library.aws.EcsSecret.fromSecret(value) } }),
    'own secret': (value) => ({
      secrets: { A: new (SecretValue as never as new (...args: unknown[]) => library.SecretValue)(undefined, value) },
    }),
    'Kubernetes secret': (value) => ({ secrets: { A: library.kubernetes.KubernetesSecret.fromName(value, value) } }),
    'Kubernetes secret key': (value) => ({ secrets: { A: library.kubernetes.KubernetesSecret.fromName('a', value) } }),
    'kplus secret': (value) => ({ secrets: { A: library.kubernetes.KubernetesSecret.fromSecret(value, 'a') } }),
    'ECR image': (value) => ({ image: library.aws.EcrImage.fromRepository(value, '1') }),
    'ECR tag': (value, scope) => ({
      image: library.aws.EcrImage.fromRepository(repositoryIn(scope), value),
    }),
    'ECS image': (value) => ({ image: library.aws.EcsImage.fromContainerImage(value) }),
    Dockerfile: (value) => ({ image: library.aws.DockerfileImage.fromDirectory(value) }),
    bucket: (value) => ({ model: library.aws.S3Model.fromBucket(value, 'net/') }),
    'bucket key': (value) => ({ model: library.aws.S3Model.fromBucket({ bucketName: 'acme' } as never, value) }),
    'bucket of a template': (value) => ({ model: Model.fromS3(`s3://${value}/net/`) }),
    'key of a template': (value) => ({ model: Model.fromS3(`s3://acme/${value}/`) }),
    'file system': (value) => ({ model: Model.fromVolume(library.aws.EfsVolume.fromFileSystem(value)) }),
    'file system ARN': (value) => ({
      model: Model.fromVolume(library.aws.S3FilesVolume.fromFileSystemArn(value, { securityGroups: [] })),
    }),
    claim: (value) => ({ model: Model.fromVolume(library.kubernetes.ClaimVolume.fromName(value)) }),
    'kplus claim': (value) => ({ model: Model.fromVolume(library.kubernetes.ClaimVolume.fromClaim(value)) }),
    'model in the image': (value) => ({ model: Model.inImage(value) }),
    'health check': (value) => ({ healthCheck: HealthCheck.http(value) }),
    environment: (value) => ({ environment: { A: typeof value === 'string' ? 'text' : value } }),
    name: (value) => ({ backendName: value }),
    'name of a template': (value) => ({ backendName: `net-${value}` }),
    gpu: (value) => ({ gpu: library.Gpu.custom(`acme.com/${value}`, 1) }),
  };

  const repositoryIn = (scope: Construct) =>
    ({ repositoryArn: 'arn:a', repositoryName: 'a', node: scope.node }) as never;

  test.each(TARGETS)('do not appear as text on %s', (target) => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(VALUES)), missing, (place, value) => {
        let output: object;
        try {
          output = RENDER[target]?.((scope) => one(VALUES[place]?.(value as never, scope) as object)(scope)) as object;
        } catch (error) {
          // An error of this package, not a TypeError of JavaScript.
          expect((error as Error).message).toMatch(/\[[A-Z][A-Za-z]+\] /);
          return;
        }
        const text = JSON.stringify(output);
        expect(text).not.toMatch(/(?<![A-Za-z])(undefined|NaN)(?![A-Za-z])|\[object Object\]/);
        expect(text).not.toMatch(/[-:/.]null(?![A-Za-z])|(?<![A-Za-z])null[-:/.]/);
      }),
      { numRuns: 400 },
    );
  });

  test.each<[string, () => unknown]>([
    ['vpc', () => new library.aws.EcsPlatform(new Stack(), 'P', { vpc: {} as never })],
    ['cluster', () => new library.aws.EcsPlatform(new Stack(), 'P', { cluster: {} as never })],
    ['certificate', () => new library.aws.EcsPlatform(new Stack(), 'P', { certificate: {} as never })],
    ['name', () => library.kubernetes.Gateway.fromName(undefined as never)],
    ['name', () => library.aws.GpuCapacity.fromCapacityProviderName(undefined as never, 'g5.xlarge')],
  ])('of %s are rejected', (prop, define) => {
    expect(define).toThrow(`[InvalidType] '${prop}' (`);
  });

  test('of a ServiceAccount are rejected', () => {
    const chart = new Chart(new Cdk8sApp(), 'serving');
    const backend = new ServingEndpoint(chart, 'endpoint').addBackend('v1', backendOptions());
    const facade = library.kubernetes.KubernetesBackend.of(backend);
    expect(() => facade.useServiceAccount({} as never)).toThrow("[InvalidType] 'serviceAccount'");
    expect(() => facade.useServiceAccountName(undefined as never)).toThrow("[InvalidType] 'name' (undefined)");
  });

  test('do not include tokens, which are accepted', () => {
    const reference = Token.asString(Lazy.any({ produce: () => 'acme/svm:1' }));
    expect(() => singleBackend({ image: ServerImage.fromRegistry(reference) })).not.toThrow();
  });
});

test('messages do not contain the values of variables', () => {
  const secret = 'hunter2';
  for (const environment of [{ A: [secret] }, { A: { [secret]: 1 } }, { A: `${secret}\u0000` }])
    expect(() => singleBackend({ environment: environment as never })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
});
