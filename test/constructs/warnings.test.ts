import { Annotations as CdkAnnotations, App as CdkApp, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  aws,
  type BackendOptions,
  CacheVolume,
  Duration,
  Gpu,
  HealthCheck,
  kubernetes,
  Model,
  ModelServer,
  RayServeConfig,
  ScratchVolume,
  SecretValue,
  ServerImage,
  ServingEndpoint,
  type ServingEndpointProps,
  type Streaming,
  TrafficSplit,
  type TrafficSplitOptions,
  Warnings,
} from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { backendOptions } from '../support/definitions';
import { LockedProject, lockedModel } from '../support/lock';

const SECRET = 'hunter2';
const claim = kubernetes.ClaimVolume.fromName('hub');

function define(scope: Construct, change: Partial<BackendOptions>, props: ServingEndpointProps = {}): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'endpoint', props);
  endpoint.addBackend('v1', backendOptions(change));
  return endpoint;
}

/** Ray Serve with a variable that is named like a credential. */
function rayServe(value: string): ModelServer {
  const applications = [{ importPath: 'app:app', envVars: { API_KEY: value } }];
  return ModelServer.rayServe({ config: RayServeConfig.of({ applications }) });
}

const proxy = { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0') };

/** Each way for a credential to reach the output, a health check that requests block, and the ids of the warnings. */
const CASES: [id: string, change: Partial<BackendOptions>, props?: ServingEndpointProps][] = [
  ['credentialInEnvironment.DB_PASSWORD', { environment: { DB_PASSWORD: SECRET } }],
  ['credentialInCommand.--api-key', { server: ModelServer.gunicorn({ app: 'app', extraArgs: ['--api-key', SECRET] }) }],
  ['credentialInCommand.--config', { server: rayServe(SECRET) }],
  [
    'blockedHealthCheck.v1',
    {
      server: ModelServer.gunicorn({ app: 'app', threads: 1 }),
      healthCheck: HealthCheck.http('/', { interval: Duration.seconds(10), unhealthyThreshold: 3 }),
    },
  ],
  [
    'batchNeverFull.v1',
    {
      server: ModelServer.tensorflowServing({ modelName: 'resnet', modelPath: '/models/resnet' }),
      batching: { maxBatchSize: 8 },
      maxConcurrency: 4,
    },
  ],
  ['closedDirectory.v1', { user: 1000, scratch: [ScratchVolume.at('/root/.cache')] }],
  ['closedDirectory.v1.proxy', { sidecars: [{ ...proxy, user: 65532, environment: { HOME: '/root' } }] }],
  ['readOnlyCache.v1.HF_HOME', { environment: { HF_HOME: '/data' } }],
  ['repeatedPath.endpoint', {}, { path: '/a', paths: [{ path: '/a/b', requestTimeout: Duration.minutes(2) }] }],
  ['hubDownload.v1', { server: ModelServer.textEmbeddingsInference({ model: 'BAAI/bge-small-en-v1.5' }) }],
  ['hubDownload.v1', { server: ModelServer.ollama({ pull: ['llama3.2:3b'] }) }],
  ['emptyStore.v1', { server: ModelServer.ollama() }],
  ['longStop.v1', {}, { streaming: { maxDuration: Duration.minutes(30), heartbeat: Duration.seconds(20) } }],
  ['credentialInEnvironment.proxy.DB_PASSWORD', { sidecars: [{ ...proxy, environment: { DB_PASSWORD: SECRET } }] }],
  ['credentialInCommand.proxy.--api-key', { sidecars: [{ ...proxy, args: ['--api-key', SECRET] }] }],
  ['credentialInHeader.x-api-key', {}, { headers: [{ name: 'x-api-key', values: [SECRET] }] }],
];

/** The lines on standard error during the synthesis of a cdk8s app. */
function linesOf(run: (chart: Chart) => void, syntheses = 1): string[] {
  const app = new Cdk8sApp();
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    run(new Chart(app, 'serving'));
    expect(write).not.toHaveBeenCalled();
    for (let synthesis = 0; synthesis < syntheses; synthesis++) app.synthYaml();
    return write.mock.calls.map(([line]) => String(line));
  } finally {
    write.mockRestore();
  }
}

describe.each(CASES)('%s', (id, change, props) => {
  test('is a CDK warning without the value', () => {
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack, change, props);
    const found = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp(`ack: serving-constructs:${id}`),
    );
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found[0]?.entry.data)).not.toContain(SECRET);
  });

  test('is one line in cdk8s without the value', () => {
    const lines = linesOf((chart) => define(chart, change, props), 2);
    expect(lines).toEqual([expect.stringMatching(/^\[Warning at serving\/endpoint/)]);
    expect(lines[0]).toContain(`[ack: serving-constructs:${id}]\n`);
    expect(lines[0]).not.toContain(SECRET);
  });

  test.each(['here', 'above'])('can be acknowledged %s, on both targets', (place) => {
    const acknowledge = (scope: Construct, endpoint: ServingEndpoint) =>
      Warnings.of(place === 'here' ? endpoint : scope).acknowledge(`serving-constructs:${id}`, 'a test');
    expect(linesOf((chart) => acknowledge(chart, define(chart, change, props)))).toEqual([]);
    const stack = new Stack(new CdkApp(), 'Serving');
    acknowledge(stack, define(stack, change, props));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('can be acknowledged with the API of CDK', () => {
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack, change, props);
    CdkAnnotations.of(stack).acknowledgeWarning(`serving-constructs:${id}`);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('acknowledging a warning does not affect the others', () => {
  const lines = linesOf((chart) => {
    define(chart, { environment: { API_KEY: SECRET, PASSWORD: SECRET } });
    Warnings.of(chart).acknowledge('serving-constructs:credentialInEnvironment.API_KEY');
  });
  expect(lines).toEqual([expect.stringContaining('credentialInEnvironment.PASSWORD')]);
});

test('a reference that no platform expands causes a warning', () => {
  const server = (argument: string) => ModelServer.gunicorn({ app: 'app', extraArgs: ['--api-key', argument] });
  const messages = linesOf((chart) => define(chart, { environment: { API_KEY: '$(KEY)' }, server: server('$(KEY)') }));
  expect(messages).toEqual(
    ["'API_KEY' in the environment", "'--api-key' in the server command"].map((place) =>
      expect.stringContaining(
        `${place} of backend 'v1' is set to '$(...)', which is not expanded: the server receives that text; pass it with 'secrets'`,
      ),
    ),
  );
});

test('a container that runs as root causes a warning on Kubernetes, which can be acknowledged', () => {
  const lines = linesOf((chart) => define(chart, { user: 0 }));
  expect(lines).toEqual([expect.stringContaining("backend 'v1' runs as root ('user' is 0)")]);
  expect(lines[0]).toContain('[ack: serving-constructs:rootUser.v1]');
  const acknowledged = linesOf((chart) => {
    define(chart, { user: 0 });
    Warnings.of(chart).acknowledge('serving-constructs:rootUser.v1');
  });
  expect(acknowledged).toEqual([]);
  const stack = new Stack(new CdkApp(), 'Serving');
  define(stack, { user: 0 });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

test('a sidecar that runs as root causes a warning on Kubernetes, unless it runs as the server', () => {
  const proxy = { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0') };
  const own = linesOf((chart) => define(chart, { user: 1000, sidecars: [{ ...proxy, user: 0 }] }));
  expect(own).toEqual([expect.stringContaining("sidecar 'proxy' of backend 'v1' runs as root ('user' is 0)")]);
  expect(own[0]).toContain('[ack: serving-constructs:rootUser.v1.proxy]');
  expect(linesOf((chart) => define(chart, { user: 0, sidecars: [proxy] }))).toEqual([
    expect.stringContaining("] backend 'v1' runs as root"),
  ]);
});

test.each([
  ['/v1', '/v1/batch', "applies to '/v1/v1/batch', because it follows the path of the endpoint ('/v1'); use '/batch',"],
  ['/v1', '/v1', "applies to '/v1/v1', because it follows the path of the endpoint ('/v1'); set 'requestTimeout' of"],
  ['/v1', '/v1x/a', undefined],
  ['/', '/v1', undefined],
])('a path below %s that starts with it causes a warning: %s', (path, below, message) => {
  const paths = [{ path: below, requestTimeout: Duration.minutes(2) }];
  const lines = linesOf((chart) => define(chart, {}, { path, paths }));
  expect(lines).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});

describe('a directory below /root', () => {
  const vllm = ServerImage.fromRegistry('vllm/vllm-openai:v0.18.0');
  const shared = [{ ...proxy, sharedDirectories: ['/root/run'] }];
  const PLACES: [string, Partial<BackendOptions>][] = [
    ["the cache volume ('/root/.cache')", { cache: CacheVolume.fromVolume(claim, { path: '/root/.cache' }) }],
    ["a scratch volume ('/root/.triton')", { scratch: [ScratchVolume.at('/root/.triton')] }],
    ["model 'net' ('/root/net')", { model: Model.fromS3('s3://acme/net/', { path: '/root/net' }) }],
    ["model 'net' ('/root/net')", { model: Model.inImage('/root/net') }],
    ["a shared directory ('/root/run')", { sidecars: shared }],
    ["'workingDirectory' ('/root/app')", { workingDirectory: '/root/app' }],
    [
      "variable 'HF_HOME' ('/root/hub'), variable 'HOME' ('/root')",
      { environment: { HF_HOME: '/root/hub', HOME: '/root' } },
    ],
  ];

  test.each(
    PLACES,
  )('causes a warning on Kubernetes, where an image of root runs as another user: %s', (place, change) => {
    const lines = linesOf((chart) => define(chart, { image: vllm, ...change }));
    expect(lines[0]).toContain(
      `${place} of backend 'v1' is in '/root', which images open to root only, and the container runs as user 10001; use a path outside of it, or set 'user' to 0,`,
    );
    // The advice helps. Root itself is another warning.
    expect(linesOf((chart) => define(chart, { image: vllm, ...change, user: 0 })).join()).not.toContain(
      'closedDirectory',
    );
  });

  test('causes none where the user is unknown, or root', () => {
    for (const change of [{}, { image: vllm }, { user: 0 }]) {
      const stack = new Stack(new CdkApp(), 'Serving');
      define(stack, { scratch: [ScratchVolume.at('/root/.cache')], ...change });
      Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    }
  });

  test('is not a directory of another name, or one of several in a variable', () => {
    const change = { scratch: [ScratchVolume.at('/rooted')], environment: { PATH: '/root/bin:/bin' } };
    expect(linesOf((chart) => define(chart, change))).toEqual([]);
    const replaced = { scratch: [ScratchVolume.at('/root')], environment: { HOME: '/root' } };
    expect(linesOf((chart) => define(chart, replaced))).toEqual([]);
  });
});

describe('a cache in the read-only root file system', () => {
  const environment = { HF_HOME: '/data/hub' };
  const vllm = ServerImage.fromRegistry('vllm/vllm-openai:v0.18.0');
  const warnings = (change: Partial<BackendOptions>) => linesOf((chart) => define(chart, { environment, ...change }));

  test.each<[string, Partial<BackendOptions>]>([
    ['in /tmp', { environment: { HF_HOME: '/tmp/hub' } }],
    ['in a scratch volume', { scratch: [ScratchVolume.at('/data')] }],
    ['in a cache volume', { cache: CacheVolume.fromVolume(claim, { path: '/data' }) }],
    ['in a model', { model: Model.fromS3('s3://acme/hub/', { path: '/data' }) }],
    ['in a shared directory', { sidecars: [{ ...proxy, sharedDirectories: ['/data'] }] }],
    ['with a writable root file system', { readOnlyRootFilesystem: false }],
    ['without the hub', { environment: { ...environment, HF_HUB_OFFLINE: '1' } }],
    ['in a relative directory', { environment: { HF_HOME: 'hub' } }],
  ])('causes none %s', (_what, change) => {
    expect(warnings(change)).toEqual([]);
  });

  test('causes one for each variable and container', () => {
    const sidecars = [{ ...proxy, environment: { TMPDIR: '/scratch' } }];
    expect(warnings({ environment: { ...environment, TORCH_HOME: '/torch', MODEL: '/data/net' }, sidecars })).toEqual([
      expect.stringContaining(
        "variable 'HF_HOME' ('/data/hub') of backend 'v1' is a cache in the root file system, which is read-only; use a directory below '/tmp', mount a volume there with 'scratch' or 'cache',",
      ),
      expect.stringContaining("variable 'TORCH_HOME' ('/torch') of backend 'v1'"),
      expect.stringContaining("variable 'TMPDIR' ('/scratch') of sidecar 'proxy' of backend 'v1'"),
    ]);
  });

  test('is reported as closed, if it is both', () => {
    const lines = warnings({ image: vllm, environment: { HF_HOME: '/root/.cache' } });
    expect(lines).toEqual([expect.stringContaining('closedDirectory.v1')]);
    expect(warnings({ image: vllm, user: 0, environment: { HF_HOME: '/root/.cache' } }).join()).toContain(
      'readOnlyCache.v1.HF_HOME',
    );
  });
});

describe('a value that was not filled in', () => {
  const BRACED = ['$', '{...}'].join('');
  const braced = (name: string) => `$\{${name}}`;

  test.each([
    [braced('MODEL'), BRACED],
    [`s3://acme/${braced('STAGE')}/net`, BRACED],
    [braced('AWS::Region'), BRACED],
    [braced(['MODEL', ':-net'].join('')), BRACED],
    ['$(MODEL)', '$(...)'],
    ['$MODEL', '$...'],
    ['{{ .Values.model }}', '{{...}}'],
    ['{{model}}', '{{...}}'],
    ['s3://acme/{{ stage }}/net', '{{...}}'],
  ])('causes a warning in the environment and in the command, on both targets: %s', (value, shown) => {
    const change = {
      environment: { MODEL_NAME: value },
      server: ModelServer.gunicorn({ app: 'app', extraArgs: ['--name', value] }),
    };
    const problem = shown.startsWith('$') ? 'which is not expanded' : 'a template that is not filled in';
    const expected = [
      `'MODEL_NAME' in the environment of backend 'v1' contains '${shown}', ${problem}: the server receives that text; write the value, or acknowledge this if the server`,
      `'--name' in the server command of backend 'v1' contains '${shown}', ${problem}: the server receives that text; write the value, `,
    ];
    const lines = linesOf((chart) => define(chart, change));
    expect(lines).toEqual(expected.map((text) => expect.stringContaining(text)));
    expect(lines[0]).toContain('[ack: serving-constructs:placeholderInEnvironment.MODEL_NAME]');
    expect(lines[1]).toContain('[ack: serving-constructs:placeholderInCommand.--name]');
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack, change);
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('placeholderIn'));
    expect(found.map(({ entry }) => entry.data)).toEqual(expected.map((text) => expect.stringContaining(text)));
  });

  test('is about a credential if the name is that of one', () => {
    for (const value of [braced('KEY'), '$KEY', '$(KEY)']) {
      const lines = linesOf((chart) => define(chart, { environment: { API_KEY: value } }));
      expect(lines).toEqual([
        expect.stringContaining("which is not expanded: the server receives that text; pass it with 'secrets'"),
      ]);
      expect(lines[0]).toContain('[ack: serving-constructs:credentialInEnvironment.API_KEY]');
    }
  });

  test('is none if a shell expands it, the server fills it in, or it is only a character', () => {
    const line = `exec serve --port $PORT --name ${braced('NAME')} --id $(hostname)`;
    const environment = {
      CHAT_TEMPLATE: '{{ bos_token }}{% for message in messages %}{{ message.content }}{% endfor %}',
      SYSTEM_PROMPT: '{{question}}',
      GREETING: 'Hello {{ name }}',
      FORMAT: '%(message)s {} $1 $ {{}} {{ 1 }}',
      PRICE: '5$ or $US',
    };
    const behavior = { drains: true, readinessPath: '/' };
    expect(linesOf((chart) => define(chart, { environment }))).toEqual([]);
    expect(linesOf((chart) => define(chart, { server: ModelServer.shell({ line, behavior }) }))).toEqual([]);
  });

  test('is none if it is a token of CDK', () => {
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack, { environment: { REGION: stack.region, URI: `s3://models-${stack.account}/net` } });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('placeholderIn'));
  });
});

test('the warning about a credential recommends to rotate it', () => {
  expect(linesOf((chart) => define(chart, { environment: { API_KEY: SECRET } }))[0]).toContain(
    "can read it; rotate it, and pass it with 'secrets'",
  );
});

test('a definition without credentials causes no warning', () => {
  expect(
    linesOf((chart) => define(chart, { environment: { TOKENIZERS_PARALLELISM: 'false', MAX_TOKENS: '4' } })),
  ).toEqual([]);
});

test('there is no warning about a variable of a Ray Serve config that refers to a variable of the container', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Ray replaces it.
  const server = rayServe('${API_KEY}');
  expect(linesOf((chart) => define(chart, { server, secrets: { API_KEY: SecretValue.fromName('acme') } }))).toEqual([]);
});

test.each([
  'API_KEY',
  'serving-constructs:',
  'serving-constructs:modelDrifts',
  'serving-constructs:modeldrift',
  'modelDrift',
])('acknowledging fails if the kind in the id does not exist: %j', (id) => {
  expect(() => Warnings.of(new Stack()).acknowledge(id)).toThrow(
    `[InvalidName] 'id' ('${id}') must be the ID of a reported warning: 'serving-constructs:batchNeverFull', 'serving-constructs:blockedHealthCheck', 'serving-constructs:closedDirectory', 'serving-constructs:credentialInCommand', `,
  );
});

test('a warning can be acknowledged before its subject exists, or after it was removed', () => {
  const warnings = Warnings.of(new Stack());
  expect(() => warnings.acknowledge('serving-constructs:modelDrift')).not.toThrow();
  expect(() => warnings.acknowledge('serving-constructs:unreachableBackend.v9')).not.toThrow();
});

test('the reason for an acknowledgment is recorded, also in the CDK assembly', () => {
  const app = new CdkApp();
  const stack = new Stack(app, 'Serving');
  Warnings.of(stack).acknowledge('serving-constructs:modelDrift', 'restored by the next build');
  const data = { id: 'serving-constructs:modelDrift', reason: 'restored by the next build' };
  expect(stack.node.metadata).toContainEqual(expect.objectContaining({ data }));
  expect(app.synth().getStackByName('Serving').metadata['/Serving']).toContainEqual(
    expect.objectContaining({ type: 'serving-constructs:acknowledgedWarning', data }),
  );
});

describe('a backend without requests', () => {
  const [HIDDEN, SHOWN] = [{ ownAddress: OwnAddress.NONE }, { ownAddress: OwnAddress.HEADER }];
  type Split = (endpoint: ServingEndpoint) => TrafficSplitOptions;

  /** Two backends of an endpoint, and the split. */
  function two(scope: Construct, change: Partial<BackendOptions>, split?: Split): ServingEndpoint {
    const endpoint = define(scope, change);
    endpoint.addBackend('v2', backendOptions(change));
    if (split !== undefined) endpoint.splitTraffic(split(endpoint));
    return endpoint;
  }

  const all: Split = ({ backends: [v1] }) => ({ shares: [{ backend: v1!, weight: 1 }] });
  const zero: Split = ({ backends: [v1, v2] }) => TrafficSplit.canary({ stable: v1!, canary: v2!, percent: 0 });
  const ID = 'serving-constructs:unreachableBackend.v2';
  const MESSAGE =
    "backend 'v2' gets no requests: its share is 0, no header rule selects it, and it has no own address; give it a share or a header rule, or set 'ownAddress' (OwnAddress.HEADER)";

  test.each<[string, Split]>([
    ['without a share', all],
    ['of weight 0', zero],
  ])('%s causes a warning on both targets', (_, split) => {
    expect(linesOf((chart) => two(chart, HIDDEN, split), 2)).toEqual([
      `[Warning at serving/endpoint/v2] ${MESSAGE} [ack: ${ID}]\n`,
    ]);
    const stack = new Stack(new CdkApp(), 'Serving');
    new aws.EcsPlatform(stack, 'Platform', { publicAccess: true, allowPlainHttp: true });
    two(stack, {}, split);
    const found = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(found.map(({ id, entry }) => [id, entry.data])).toEqual([
      ['/Serving/endpoint/v2', `${MESSAGE} [ack: ${ID}]`],
    ]);
  });

  test('can be acknowledged', () => {
    expect(linesOf((chart) => Warnings.of(two(chart, HIDDEN, zero)).acknowledge(ID, 'the next release'))).toEqual([]);
  });

  const rule = (backend?: number): Split => {
    return (endpoint) => ({
      ...zero(endpoint),
      headerRules: [
        {
          header: 'x-model',
          value: 'v2',
          path: '/new',
          ...(backend !== undefined && { backend: endpoint.backends[backend]! }),
        },
      ],
    });
  };

  test('causes a warning if header rules select only other backends', () => {
    expect(linesOf((chart) => two(chart, HIDDEN, rule()))).toHaveLength(1);
    expect(linesOf((chart) => two(chart, HIDDEN, rule(0)))).toHaveLength(1);
  });

  test.each<[string, (chart: Chart) => void]>([
    ['it is the only one', (chart) => define(chart, HIDDEN)],
    ['the shares are equal', (chart) => two(chart, HIDDEN)],
    [
      'its share is small',
      (chart) =>
        two(chart, HIDDEN, ({ backends: [v1, v2] }) => TrafficSplit.canary({ stable: v1!, canary: v2!, percent: 0.1 })),
    ],
    ['a header rule selects it', (chart) => two(chart, HIDDEN, rule(1))],
    ['it has its own address', (chart) => two(chart, SHOWN, zero)],
    ['it has direct callers', (chart) => two(chart, { ...HIDDEN, directCallers: true }, zero)],
    [
      'it has a share of another endpoint',
      (chart) => {
        const [, v2] = two(chart, HIDDEN, zero).backends;
        new ServingEndpoint(chart, 'preview', { path: '/preview' }).attachBackend(v2!);
      },
    ],
  ])('causes no warning if %s', (_, declare) => {
    expect(linesOf(declare)).toEqual([]);
  });

  test('is found regardless of the order of declarations', () => {
    const lines = linesOf((chart) => {
      const endpoint = define(chart, HIDDEN);
      endpoint.splitTraffic(all(endpoint));
      endpoint.addBackend('v2', backendOptions(HIDDEN));
    });
    expect(lines).toEqual([expect.stringContaining(ID)]);
  });
});

describe('a model that each deployment publishes', () => {
  const project = new LockedProject({
    models: { net: lockedModel('a', undefined, { to: 's3://acme-models' }) },
  });
  afterAll(() => project.remove());

  const warningsOf = (options: { to?: string; publishOnDeploy?: boolean }, acknowledged?: string) => {
    const stack = new Stack(new CdkApp(), 'Serving');
    define(stack, { model: Model.fromDirectory('net', { lockFile: project.lockFile, ...options }) });
    if (acknowledged !== undefined) Warnings.of(stack).acknowledge(acknowledged);
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('publishDestination'));
    return found.map(({ entry }) => entry.data);
  };
  const ID = 'serving-constructs:publishDestination.net';

  test('causes a warning if only the lock file specifies its destination', () => {
    expect(warningsOf({ publishOnDeploy: true })).toEqual([
      `model 'net' is published to 's3://acme-models' by each deployment, and only the lock file specifies that destination, so that a change of the lock file redirects the model; set 'to' ('s3://acme-models') in the definition [ack: ${ID}]`,
    ]);
  });

  test('causes no warning with a destination in the definition, without publishing, or if it is acknowledged', () => {
    expect(warningsOf({ publishOnDeploy: true, to: 's3://acme-models' })).toEqual([]);
    expect(warningsOf({})).toEqual([]);
    expect(warningsOf({ publishOnDeploy: true }, ID)).toEqual([]);
  });
});

describe('the stop of a replica that waits for long streams', () => {
  const ID = 'longStop.v1';
  const streaming = (minutes: number, change: Partial<Streaming> = {}): ServingEndpointProps => ({
    streaming: { maxDuration: Duration.minutes(minutes), heartbeat: Duration.seconds(20), ...change },
  });

  test('causes a warning with the computed time and the ways out', () => {
    const [line] = linesOf((chart) => define(chart, {}, streaming(60)));
    expect(line).toMatch(
      /^\[Warning at serving\/endpoint\/v1\] the stop of a replica of backend 'v1' takes up to 36\d\d s, because it waits for the streams of endpoint 'endpoint' \('maxDuration' is 3600 s\); rollouts, scale-in and node drains wait as long; set 'cutOnStop' in 'streaming' if streams may be interrupted, or reduce 'maxDuration' \[ack: serving-constructs:longStop\.v1\]\n$/,
    );
  });

  test.each([
    ['the streams are short', streaming(10)],
    ['streams may be interrupted', streaming(60, { cutOnStop: true })],
    ['requests take as long as streams', { ...streaming(20), requestTimeout: Duration.minutes(20) }],
    ['there are no streams', { requestTimeout: Duration.minutes(20) }],
  ])('causes none if %s', (_what, props) => {
    expect(linesOf((chart) => define(chart, {}, props))).toEqual([]);
  });

  test('is found for a backend that another endpoint with streams shares', () => {
    const lines = linesOf((chart) => {
      const [v1] = define(chart, {}).backends;
      new ServingEndpoint(chart, 'chat', { path: '/chat', ...streaming(30) }).attachBackend(v1!);
    });
    expect(lines).toEqual([expect.stringContaining(ID)]);
    expect(lines[0]).toContain("the streams of endpoint 'chat' ('maxDuration' is 1800 s)");
  });
});

describe('a server with a store of models', () => {
  const messageOf = (change: Partial<BackendOptions>) => linesOf((chart) => define(chart, change)).join('');

  test('causes a warning if the store is empty', () => {
    expect(messageOf({ server: ModelServer.ollama() })).toBe(
      "[Warning at serving/endpoint/v1] the server of backend 'v1' starts without a model, and answers requests for one with 404; set 'pull' of the server, or 'model' or 'cache' of the backend, or acknowledge this warning if its clients pull models [ack: serving-constructs:emptyStore.v1]\n",
    );
  });

  test('causes a warning if it pulls models within the default time', () => {
    const server = ModelServer.ollama({ pull: ['llama3.2:3b', 'bge-m3'] });
    expect(messageOf({ server })).toContain(
      "the server of backend 'v1' pulls 'llama3.2:3b', 'bge-m3' during 'loadTimeout', which is the default of 300 s; set 'loadTimeout' to the time for the download",
    );
    expect(messageOf({ server, loadTimeout: Duration.minutes(20) })).toBe('');
  });

  test.each<[string, Partial<BackendOptions>]>([
    ['a model', { model: Model.fromS3('s3://acme/store/') }],
    ['a directory of the image', { server: ModelServer.ollama({ modelsPath: '/store' }) }],
    ['a variable', { environment: { OLLAMA_MODELS: '/store' } }],
    ['a cache', { cache: CacheVolume.fromVolume(claim) }],
  ])('causes none with %s', (_what, change) => {
    expect(messageOf({ server: ModelServer.ollama(), ...change })).toBe('');
  });
});

describe('a model that the server downloads', () => {
  const ID = 'hubDownload.v1';
  const MODEL = 'acme/llm-7b.v2';
  const gpu = Gpu.nvidia();
  const messageOf = (change: Partial<BackendOptions>) => linesOf((chart) => define(chart, change));

  test('causes a warning with the ways out', () => {
    expect(messageOf({ server: ModelServer.textEmbeddingsInference({ model: MODEL }) })).toEqual([
      `[Warning at serving/endpoint/v1] the server of backend 'v1' downloads the model '${MODEL}' from the Hugging Face Hub during 'loadTimeout', which is the default of 300 s; set 'loadTimeout' to the time for the download and for loading the model, or set 'model' of the backend to Model.fromHuggingFace('${MODEL}', { revision: '<commit>' }), which is fetched before the server starts, and omit 'model' of the server [ack: serving-constructs:${ID}]\n`,
    ]);
  });

  test.each([
    ['vLLM', ModelServer.vllm({ model: MODEL })],
    ['SGLang', ModelServer.sglang({ model: MODEL })],
    ['Text Generation Inference', ModelServer.textGenerationInference({ model: MODEL })],
  ])('causes a warning with %s', (_name, server) => {
    expect(messageOf({ server, gpu })).toContainEqual(expect.stringContaining(ID));
    expect(messageOf({ server, gpu, loadTimeout: Duration.minutes(20) }).join()).not.toContain(ID);
  });

  test.each<[string, Partial<BackendOptions>]>([
    ['the definition sets the time', { loadTimeout: Duration.minutes(5) }],
    ['the server may not download', { environment: { HF_HUB_OFFLINE: '1' } }],
    ['it is a directory', { server: ModelServer.textEmbeddingsInference({ model: '/models/llm' }) }],
    [
      'it is fetched before the server starts',
      {
        server: ModelServer.textEmbeddingsInference(),
        model: Model.fromHuggingFace(MODEL, { revision: '0a'.repeat(20) }),
      },
    ],
  ])('causes none if %s', (_what, change) => {
    expect(messageOf({ server: ModelServer.textEmbeddingsInference({ model: MODEL }), ...change })).toEqual([]);
  });
});
