import { App as CdkApp, SecretValue as CdkSecretValue, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as library from '../../src';
import { CLASSES, OBJECTS } from '../../src/private/option-classes';
import { ENUM_MEMBERS, OPTION_TYPES } from '../../src/private/option-types';
import { checkOptions, checkValue } from '../../src/private/options';
import { tagClass } from '../../src/private/package-copy';
import { backendOptions, singleBackend } from '../support/definitions';
import entries from './option-entries.json';

interface Entry {
  readonly class: string;
  readonly method?: string;
  readonly static?: boolean;
  readonly index: number;
  readonly struct: string;
}

type Callable = (...args: unknown[]) => unknown;

const found = (name: string): unknown =>
  name.split('.').reduce<unknown>((scope, part) => (scope as Record<string, unknown>)[part], library);

/** Calls an entry with these options. The arguments before them do not matter, because options are validated first. */
function call({ class: name, method, static: isStatic, index }: Entry, options: unknown): unknown {
  const before = ['a', 'b', 'c'].slice(0, index);
  if (method === undefined) {
    const scope = name.startsWith('kubernetes.') ? new Chart(new App(), 'Chart') : new Stack(new CdkApp(), 'Stack');
    return new (found(name) as new (...args: unknown[]) => unknown)(scope, 'Id', options);
  }
  if (isStatic) return ((found(name) as Record<string, Callable>)[method] as Callable)(...before, options);
  const { endpoint, backend } = singleBackend();
  const split = () => endpoint.splitTraffic({ shares: [{ backend, weight: 1 }] });
  const instances: Record<string, () => object> = {
    Backend: () => backend,
    ServingEndpoint: () => endpoint,
    TrafficSplit: split,
    'aws.EcsEndpoint': () =>
      library.aws.EcsEndpoint.of(new library.ServingEndpoint(new Stack(new CdkApp(), 'Stack'), 'endpoint')),
  };
  const target = (instances[name] as () => object)() as Record<string, Callable>;
  const first = name === 'ServingEndpoint' && method === 'attachBackend' ? [backend] : before;
  return (target[method] as Callable).call(target, ...first, options);
}

/** The path of the construct that an entry creates; undefined if it creates none. */
function createdPath({ class: name, method }: Entry): string | undefined {
  if (method === undefined && (found(name) as { readonly prototype: unknown }).prototype instanceof Construct)
    return name.startsWith('kubernetes.') ? 'Chart/Id' : 'Stack/Id';
  const created: { readonly [entry: string]: string } = {
    'ServingEndpoint.addBackend': 'endpoint/a',
    'ServingEndpoint.splitTraffic': 'endpoint/Split',
    'Backend.autoscale': 'endpoint/backend/Autoscaling',
  };
  return created[`${name}.${method}`];
}

describe.each(
  (entries as Entry[]).map((entry) => [`${entry.class}.${entry.method ?? 'constructor'}`, entry] as const),
)('%s', (_, entry) => {
  test.each([5, 'text', [], null, () => undefined])('rejects %p as its options', (options) => {
    expect(() => call(entry, options)).toThrow(
      /^\[InvalidType\] '(options|props|times|attributes)' \(.*\) must be an object /,
    );
  });

  test('rejects an unknown option', () => {
    expect(() => call(entry, { noSuchOption: 1 })).toThrow(
      "[UnknownOption] unknown option 'noSuchOption'; expected one of ",
    );
  });

  const path = createdPath(entry);
  if (path !== undefined)
    test.each([5, { noSuchOption: 1 }])('names the construct that would have the options %p', (options) => {
      expect(() => call(entry, options)).toThrow(new RegExp(` \\(at ${path}\\)$`));
    });
});

test('the constructs whose options are checked', () => {
  expect((entries as Entry[]).map(createdPath).filter((path) => path !== undefined)).toHaveLength(9);
});

/** A value of a type, and one of another type. */
function samples(type: string): { readonly right: unknown; readonly wrong: unknown } {
  if (type.endsWith('?')) return samples(type.slice(0, -1));
  if (type.endsWith('[]')) return { right: [], wrong: [samples(type.slice(0, -2)).wrong] };
  // Every value is valid in a map of any values, so the map itself is the wrong one.
  if (type === 'any{}') return { right: {}, wrong: 5 };
  if (type.endsWith('{}')) return { right: {}, wrong: { NAME: samples(type.slice(0, -2)).wrong } };
  const simple: Record<string, unknown> = { string: 'text', number: 1, boolean: true, object: {} };
  if (type in simple) return { right: simple[type], wrong: type === 'number' ? '1' : 5 };
  if (type in ENUM_MEMBERS) return { right: Object.values(ENUM_MEMBERS[type] ?? {})[0], wrong: 'nonsense' };
  if (type in OPTION_TYPES) return { right: optionsOf(type), wrong: 5 };
  const name = type.split('.').at(-1) as string;
  const ofName = { [name]: class {} }[name] as new () => Record<string, unknown>;
  tagClass(name, ofName);
  const right = new ofName();
  for (const member of CLASSES[type]?.members ?? []) right[member] = 'acme';
  return { right, wrong: {} };
}

function optionsOf(type: string): Record<string, unknown> {
  const members = Object.entries(OPTION_TYPES[type] as object).filter(([, member]) => !member.endsWith('?'));
  return Object.fromEntries(members.map(([name, member]) => [name, samples(member).right]));
}

const members = Object.entries(OPTION_TYPES).flatMap(([type, all]) =>
  Object.entries(all)
    .filter(([, member]) => member !== 'any?' && member !== 'any')
    .map(([name, member]) => [type, name, member] as const),
);

describe('options', () => {
  test.each(Object.keys(OPTION_TYPES))('%s matches its interface', (type) => {
    expect(() => checkOptions(type, optionsOf(type), 'options')).not.toThrow();
  });

  test.each(
    Object.keys(ENUM_MEMBERS),
  )('a value that is not in %s is refused with all members as users type them', (type) => {
    const messageOf = (types: string, value: unknown) => {
      try {
        checkValue(types, value, 'option');
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [, listed = ''] = messageOf(type, 'nonsense').split("'option' ('nonsense') must be one of ");
    const values = listed.split(', ').map((member) => {
      expect(member.startsWith(`${type}.`)).toBe(true);
      return found(member);
    });
    expect(values).toEqual(Object.values(found(type) as object));
    for (const value of values) expect(messageOf(type, value)).toBe('');
    expect(messageOf(`${type}[]`, values[1])).toContain(`must be a list, for example [${listed.split(', ')[1]}]`);
    expect(messageOf(`${type}[]`, 5)).toContain(`must be a list, for example [${listed.split(', ')[0]}]`);
  });

  test.each(members)('%s.%s must be %s', (type, name, member) => {
    const options = { ...optionsOf(type), [name]: samples(member).wrong };
    expect(() => checkOptions(type, options, 'options')).toThrow(new RegExp(`^\\[InvalidType\\] '${name}[^ ]*' \\(`));
    if (!member.endsWith('?')) return;
    expect(() => checkOptions(type, { ...optionsOf(type), [name]: undefined }, 'options')).not.toThrow();
    expect(() => checkOptions(type, { ...optionsOf(type), [name]: null }, 'options')).toThrow('(null)');
  });

  test('of every object of a framework have an example', () => {
    const options = Object.values(OPTION_TYPES).flatMap((type) =>
      Object.entries(type).filter(([, notation]) => /^object(?:\[\])?\??$/.test(notation)),
    );
    expect([...new Set(options.map(([name]) => name))].sort()).toEqual(Object.keys(OBJECTS).sort());
  });

  test.each([
    [{ vpc: 'vpc-1' }, "'vpc' ('vpc-1') must be an object, for example ec2.Vpc.fromLookup(this, 'Vpc', "],
    [{ outboundPeers: '10.0.0.0/16' }, "must be a list, for example [ec2.Peer.ipv4('10.0.0.0/16')]"],
    [{ outboundPeers: ['10.0.0.0/16'] }, "'outboundPeers[0]' ('10.0.0.0/16') must be an object, for example ec2.Peer"],
  ])('%j of a platform are refused with an example', (options, message) => {
    expect(() => checkOptions('aws.EcsPlatformProps', options, 'props')).toThrow(message);
  });

  test.each([
    [{ replcias: 2 }, "unknown option 'replcias'; did you mean 'replicas'?"],
    [{ healthcheck: 1 }, "unknown option 'healthcheck'; did you mean 'healthCheck'?"],
    [{ resources: { cpus: 2 } }, "unknown option 'resources.cpus'; did you mean 'cpu'?"],
    [{ timeouts: { grace: 1 } }, "unknown option 'timeouts.grace'; expected one of 'deregistrationDelay', "],
    [{ cpu: 2 }, "unknown option 'cpu'; did you mean 'resources.cpu'?"],
    [{ maxAge: 2 }, "unknown option 'maxAge'; did you mean 'stickySession.maxAge'?"],
    [{ requestTimeout: 60 }, "unknown option 'requestTimeout'; it is an option of ServingEndpoint"],
    [{ minReplicas: 2 }, "unknown option 'minReplicas'; it is an option of 'autoscale'"],
    [{ sidecars: [{ port: 1 }] }, "unknown option 'sidecars[0].port'; did you mean 'ports'?"],
    [{ tags: {} }, "unknown option 'tags'; it is an option of aws.TaskSettings"],
    [{ strict: true }, "unknown option 'strict'; it is an option of aws.EcsPlatform and kubernetes.KubernetesPlatform"],
    [{ resources: { scratch: [] } }, "unknown option 'resources.scratch'; it is an option of 'addBackend'"],
    [{ replicas: '2' }, "'replicas' ('2') must be a number"],
    [{ readOnlyRootFilesystem: 'false' }, "'readOnlyRootFilesystem' ('false') must be true or false"],
    [
      { healthCheck: library.HealthCheck.http },
      "'healthCheck' (a function that was not called) must be a HealthCheck, ",
    ],
    [
      { healthCheck: library.Rollout.surge() },
      "'healthCheck' (a Rollout) must be a HealthCheck, for example HealthCheck.http('/healthz')",
    ],
    [{ models: { net: 1 } }, "'models' ({ net }) must be a list, for example [Model.fromS3('s3://bucket/prefix/')]"],
    [
      { resources: { memory: new (class Size {})() } },
      "'resources.memory' (a Size of another package) must be a Size, for example Size.gibibytes(2)",
    ],
    ...[library.ServerImage, library.ModelServer, library.Model].map((made): [object, string] => {
      const prop = { ServerImage: 'image', ModelServer: 'server', Model: 'model' }[made.name] as string;
      return [
        { [prop]: new (made as never as new () => object)() },
        `'${prop}' (an incomplete ${made.name}) must be a ${made.name}, for example `,
      ];
    }),
    [
      { secrets: { TOKEN: 'hunter2' } },
      "'secrets.TOKEN' (a string) must be a SecretValue, for example SecretValue.fromName('acme/token')",
    ],
  ])('%j: %s', (change, message) => {
    expect(() => singleBackend(change as object)).toThrow(message);
  });

  test.each<[() => unknown, string]>([
    [
      () => singleBackend().endpoint.attachBackend(5 as never),
      "'backend' (5) must be a Backend, for example endpoint.addBackend('v1', ...)",
    ],
    [
      () => singleBackend().endpoint.addressOf({} as never),
      "'backend' ({}) must be a Backend, for example endpoint.addBackend",
    ],
    [() => library.SecretValue.fromName(5 as never), "'name' (5) must be a string"],
    [() => library.Size.gibibytes('5' as never), "'size' ('5') must be a number of at least 0"],
    [
      () => new library.aws.EcsPlatform(new Stack(), 'P', { gpuCapacities: 'g5' as never }),
      'must be a list, for example [aws.GpuCapacity.',
    ],
    [() => library.ModelServer.command({ command: 'python app.py' as never }), "for example ['python', 'app.py']"],
    [
      () => library.ModelServer.command({ command: ['python app.py'] }),
      "[InvalidCommand] 'command[0]' ('python app.py') must be a program; pass each argument as a separate element, such as ['python', 'app.py']",
    ],
    [
      () => singleBackend().endpoint.splitTraffic({ shares: { v1: 1 } as never }),
      "'shares' ({ v1 }) must be a list, for example [{ backend: ..., weight: ... }]",
    ],
    [() => singleBackend().endpoint.splitTraffic({ shares: [] }), "[EmptyList] 'shares'"],
    [() => singleBackend({ backendName: 'a\nb' }), "[InvalidName] 'backendName' ('a\\nb') must be one line"],
    [
      () => library.Model.fromS3('s3://acme/net/', { name: 'n'.repeat(257) }),
      "[InvalidName] 'name' (257 characters) must have at most 256 characters",
    ],
    [() => library.Model.fromS3('s3://acme/../net/'), "[InvalidModel] 's3://acme/../net/' must not contain"],
    [() => library.Model.fromS3('s3://acme/net/', { path: 'a\u0001b' }), "[InvalidModel] 'path'"],
    [
      () => library.Duration.seconds(Number.POSITIVE_INFINITY),
      "'duration' (Infinity) must be a finite number of at least 0",
    ],
    [
      () => library.ScalingTarget.cpuUtilization(0.6),
      "'percent' (0.6) must be a whole number between 1 and 100; write 60 for 60 %",
    ],
  ])('arguments are validated too: %#', (define, message) => {
    expect(define).toThrow(message);
  });

  test('a Secret of CDK is not a SecretValue, although it has a name', () => {
    const secret = secretsmanager.Secret.fromSecretNameV2(new Stack(), 'Secret', 'acme/token');
    expect(() => singleBackend({ secrets: { TOKEN: secret as never } })).toThrow(
      "'secrets.TOKEN' (an object) must be a SecretValue; pass this object with aws.EcsSecret.fromSecret(ecs.Secret.fromSecretsManager(secret))",
    );
  });

  test('objects of frameworks are refused with the factory that takes them', () => {
    const stack = new Stack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'acme');
    expect(() => library.Model.fromS3(bucket as never)).toThrow(
      /'uri' \(.*\) must be a string; pass this object with aws\.S3Model\.fromBucket\(/,
    );
    expect(() => singleBackend({ model: bucket as never })).toThrow(
      'must be a Model; pass this object with aws.S3Model',
    );
    const repository = Repository.fromRepositoryName(stack, 'Repository', 'acme');
    expect(() => singleBackend({ image: repository as never })).toThrow('; pass this object with aws.EcrImage.');
    const fileSystem = { fileSystemId: 'fs-1' };
    expect(() => library.Model.fromVolume(fileSystem as never)).toThrow('; pass this object with aws.EfsVolume.');
    const chart = new Chart(new App(), 'chart');
    const secret = new ApiObject(chart, 'Secret', { apiVersion: 'v1', kind: 'Secret' });
    expect(() => singleBackend({ secrets: { A: secret as never } })).toThrow('kubernetes.KubernetesSecret.fromSecret(');
    const claim = new ApiObject(chart, 'Claim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
    expect(() => library.Model.fromVolume(claim as never)).toThrow('kubernetes.ClaimVolume.fromClaim(claim)');
  });

  test('a SecretValue of CDK is not one either, although its class has the same name', () => {
    const secret = CdkSecretValue.unsafePlainText('hunter2');
    expect(() => singleBackend({ secrets: { TOKEN: secret as never } })).toThrow(
      "[InvalidType] 'secrets.TOKEN' (a SecretValue of another package) must be a SecretValue, for example SecretValue.fromName('acme/token'), or on AWS aws.EcsSecret",
    );
  });

  test('an undefined option is ignored, regardless of its name', () => {
    expect(() => singleBackend({ ...backendOptions(), noSuchOption: undefined } as object)).not.toThrow();
  });
});
