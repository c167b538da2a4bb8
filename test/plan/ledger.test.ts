import type { BackendOptions } from '../../src/constructs/backend-options';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { Intermediary } from '../../src/constructs/intermediary';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { Model } from '../../src/models/model';
import { LoadBalancing, OwnAddress } from '../../src/plan/choices';
import { LedgerTopic } from '../../src/plan/serving-plan';
import { BalancerAccess, Feature, ImageUse, SupportLevel } from '../../src/plan/target-profile';
import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { EnvironmentSource } from '../../src/workload/environment-source';
import { Gpu } from '../../src/workload/gpu';
import { HealthCheck } from '../../src/workload/health-check';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { ROUTER } from '../support/profiles';
import type { TestPlatformProps } from '../support/test-platform';

function ledgerOf(
  props: ServingEndpointProps = {},
  options: Partial<ReturnType<typeof backendOptions>> = {},
  target = ROUTER,
) {
  const platform = testPlatform({ target });
  const endpoint = endpointOn(platform, 'endpoint', props);
  const backend = endpoint.addBackend('backend', backendOptions(options));
  const features = () => platform.plan().ledger.map((entry) => entry.feature);
  const detail = (feature: Feature | LedgerTopic) => platform.plan().ledger.find((entry) => entry.feature === feature);
  return { platform, endpoint, backend, features, detail };
}

describe('the ledger', () => {
  test('names the variables that a source with unknown keys must not contain', () => {
    class Source extends EnvironmentSource {
      constructor() {
        super("file 'a'");
      }
    }
    expect(ledgerOf({}, { environmentFrom: [new Source()] }).detail(LedgerTopic.ENVIRONMENT_SOURCES)).toMatchObject({
      level: SupportLevel.APPLICATION,
      detail: expect.stringMatching(
        /^file 'a': variables of the definition and of the server take precedence; they must not contain .*GUNICORN_CMD_ARGS/,
      ),
    });
    const server = ModelServer.fromImage();
    const { detail } = ledgerOf({}, { environmentFrom: [new Source()], server, healthCheck: HealthCheck.http('/') });
    expect(detail(LedgerTopic.ENVIRONMENT_SOURCES)?.detail).toBe(
      "file 'a': variables of the definition and of the server take precedence",
    );
  });

  test('records the defaults', () => {
    expect(ledgerOf().features()).toEqual([
      'request timeout',
      'own address',
      'round robin',
      'default readiness',
      'cancellation',
      'image user',
      'keep-alive',
      'drain',
      'server version',
      'connection limit',
    ]);
  });

  test.each<[string, ServingEndpointProps, Partial<ReturnType<typeof backendOptions>>]>([
    [Feature.METHOD_MATCH, { methods: [HttpMethod.POST] }, {}],
    [Feature.METHOD_NOT_ALLOWED, { methods: [HttpMethod.POST] }, {}],
    [Feature.ALLOW_HEADER, { methods: [HttpMethod.POST] }, {}],
    [Feature.CORS, { cors: { allowOrigins: ['*'] } }, {}],
    [Feature.HEADER_MATCH, { headers: [{ name: 'a', values: ['b'] }] }, {}],
    [Feature.STRIP_PREFIX, { path: '/a', stripPrefix: true }, {}],
    [Feature.FORWARDED_PREFIX, { path: '/a', stripPrefix: true }, {}],
    [Feature.PATH_TIMEOUT, { paths: [{ path: '/batch', requestTimeout: Duration.minutes(5) }] }, {}],
    [Feature.LEAST_OUTSTANDING, {}, { loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }],
    [Feature.MAX_CONCURRENCY, {}, { maxConcurrency: 4 }],
    [Feature.QUEUE, {}, { maxConcurrency: 4, queue: { maxRequests: 2 } }],
    [Feature.CPU_LIMIT, {}, { resources: { cpu: 1, cpuLimit: 4 } }],
    [Feature.MEMORY_LIMIT, {}, { resources: { memory: Size.gibibytes(16), memoryLimit: Size.gibibytes(64) } }],
    [Feature.GPU, {}, { gpu: Gpu.nvidia() }],
    [Feature.MODEL_FETCH, {}, { model: Model.fromS3('s3://acme-models/a/') }],
    [Feature.MODEL_FILE, {}, { model: Model.fromS3('s3://acme-models/a.csv', { path: '/app/a.csv' }) }],
  ])('records %s if it is used', (feature, props, options) => {
    expect(ledgerOf(props, options).features()).toContain(feature);
    expect(ledgerOf().features()).not.toContain(feature);
  });

  describe('a removed prefix', () => {
    const STRIPPED = { path: '/a', stripPrefix: true };
    const without = {
      ...ROUTER,
      capabilities: ROUTER.capabilities.filter(({ feature }) => feature !== Feature.FORWARDED_PREFIX),
    };
    const wsgi = { server: ModelServer.wsgi({ app: 'app' }) };

    test('is left to the application on a target that sets no header', () => {
      const { detail, platform } = ledgerOf(STRIPPED, wsgi, without);
      expect(detail(Feature.FORWARDED_PREFIX)?.level).toBe(SupportLevel.APPLICATION);
      expect(platform.plan().refusals).toEqual([]);
      expect(detail(LedgerTopic.PATH_PREFIX)).toMatchObject({
        level: SupportLevel.APPLICATION,
        detail: "links and redirects of the application must start with '/a', which SERVING_PATH_PREFIX contains",
      });
    });

    test('is passed to a server that has a setting for it', () => {
      const server = ModelServer.asgi({ app: 'app' });
      expect(ledgerOf(STRIPPED, { server }).detail(LedgerTopic.PATH_PREFIX)).toMatchObject({
        path: 'endpoint/backend',
        level: SupportLevel.NATIVE,
        detail: "uvicorn gets '/a' by --root-path",
      });
      expect(ledgerOf({ path: '/a' }, { server }).features()).not.toContain(LedgerTopic.PATH_PREFIX);
    });

    test('is in the header where the server has no setting', () => {
      expect(ledgerOf(STRIPPED, wsgi).detail(LedgerTopic.PATH_PREFIX)?.detail).toMatch(
        /which SERVING_PATH_PREFIX and X-Forwarded-Prefix contain$/,
      );
    });

    test.each([
      [ROUTER, 'the application must read X-Forwarded-Prefix of each request'],
      [
        without,
        'the router cannot pass them to the server; use a backend for each endpoint if the application builds links',
      ],
    ])('is unknown to the server if endpoints remove different ones: %#', (target, way) => {
      const { platform, backend, detail } = ledgerOf(STRIPPED, {}, target);
      endpointOn(platform, 'other', { path: '/b' }).attachBackend(backend);
      expect(detail(LedgerTopic.PATH_PREFIX)?.detail).toBe(
        `its endpoints remove different prefixes ('/a', none), so SERVING_PATH_PREFIX is empty; ${way}`,
      );
    });
  });

  describe('the user of a container', () => {
    const without = {
      ...ROUTER,
      capabilities: ROUTER.capabilities.filter(({ feature }) => feature !== Feature.IMAGE_USER),
    };
    const vllm = { server: ModelServer.vllm({ model: 'acme/llm' }), gpu: Gpu.nvidia() };

    const places = 'write only below /tmp, and /tmp is its HOME unless that is set';
    const root = `vllm/vllm-openai runs as root (0) with the home /root; its server must ${places}`;
    const unknown = `the image is not known, so its server must run as the user of the image and ${places}`;

    test.each<[string, string]>([
      ['acme/llm:1.4.2', unknown],
      ['acme/vllm/vllm-openai:v0.18.0', unknown],
      ['vllm/vllm-openai:v0.18.0', root],
      ['docker.io/vllm/vllm-openai:v0.18.0', root],
      [`vllm/vllm-openai@sha256:${'0a'.repeat(32)}`, root],
    ])('is that of the image %s unless the definition sets one: %p', (reference, detail) => {
      const image = ServerImage.fromRegistry(reference);
      expect(ledgerOf({}, { ...vllm, image }).detail(Feature.IMAGE_USER)?.detail).toBe(`${detail}: done`);
    });

    test.each<[Partial<ReturnType<typeof backendOptions>>, SupportLevel, RegExp]>([
      [{}, SupportLevel.APPLICATION, /^the image is not known, so its server must run as user 1000 and write only/],
      [
        { server: ModelServer.rayServe({ app: 'app:app' }) },
        SupportLevel.APPLICATION,
        /must run as user 1000 \(as rayproject\/ray\) and write only below/,
      ],
      [
        { image: ServerImage.fromRegistry('vllm/vllm-openai:v0.18.0') },
        SupportLevel.APPLICATION,
        /^vllm\/vllm-openai runs as root \(0\) with the home \/root; user 1000 must be able to read its files and write/,
      ],
      [
        { image: ServerImage.fromRegistry('rayproject/ray:2.58.0') },
        SupportLevel.NATIVE,
        /^rayproject\/ray runs as ray \(1000\) with the home \/home\/ray; its server must write only below/,
      ],
      [{ readOnlyRootFilesystem: false }, SupportLevel.APPLICATION, /user 1000 and write only where that user may$/],
    ])('is compared with that of the image if the definition sets one: %#', (options, level, detail) => {
      expect(ledgerOf({}, { ...vllm, user: 1000, ...options }).detail(Feature.IMAGE_USER)).toMatchObject({
        level,
        detail: expect.stringMatching(detail),
      });
    });

    test('depends on the image if the target sets another user', () => {
      const user = (options: Partial<ReturnType<typeof backendOptions>>) =>
        ledgerOf({}, options, { ...without, containerUser: 10_001 }).detail(Feature.IMAGE_USER)?.detail;
      expect(user({})).toMatch(/^the image is not known, so its server must run as user 10001 and/);
      expect(user({ image: ServerImage.fromRegistry('vllm/vllm-openai:v0.18.0') })).toMatch(/user 10001 must be able/);
      expect(user({ image: ServerImage.fromRegistry('rayproject/ray:2.58.0') })).toMatch(/its server must write/);
      expect(user({ server: ModelServer.rayServe({ app: 'app:app' }) })).toMatch(/user 1000 \(as rayproject/);
    });
  });

  test('reports that health checks wait for a request, and if they do not wait long enough', () => {
    const server = (workers: number) =>
      ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC, workers });
    const impatient = HealthCheck.http('/', { interval: Duration.seconds(10), unhealthyThreshold: 3 });
    const detail = (change: Partial<BackendOptions>) => ledgerOf({}, change).detail(LedgerTopic.HEALTH_CHECK);
    expect(detail({ server: server(1) })).toMatchObject({
      level: SupportLevel.NATIVE,
      detail:
        'gunicorn with sync workers processes one request at a time, so health checks wait during requests of up to 60 s; a replica is unhealthy after 80 s of failed checks',
    });
    expect(detail({ server: server(2), healthCheck: impatient })).toMatchObject({
      level: SupportLevel.APPLICATION,
      detail:
        "gunicorn with sync workers processes 2 requests at a time, so a request of 60 s blocks its health check, which tolerates 25 s, and the replica becomes unhealthy; raise 'interval' or 'unhealthyThreshold' of its HealthCheck, process more requests at once, or lower 'requestTimeout'",
    });
    const liveness = { interval: Duration.seconds(10), unhealthyThreshold: 3 };
    expect(detail({ server: server(1), healthCheck: HealthCheck.http('/', { liveness }) })).toMatchObject({
      level: SupportLevel.APPLICATION,
      detail:
        "gunicorn with sync workers processes one request at a time, so a request of 60 s blocks its liveness check, which tolerates 25 s, and the replica becomes restarted or replaced; raise 'liveness.interval' or 'liveness.unhealthyThreshold' of its HealthCheck, process more requests at once, or lower 'requestTimeout'",
    });
    expect(ledgerOf().features()).not.toContain(LedgerTopic.HEALTH_CHECK);
  });

  test('records props with tokens that the target does not resolve', () => {
    const token = `\${Token[AWS.Region.9]}`;
    const filling = {
      ...ROUTER,
      capabilities: ROUTER.capabilities.filter(({ feature }) => feature !== Feature.TOKENS),
    };
    const detail = 'written as it is';
    const writing = {
      ...filling,
      capabilities: [...filling.capabilities, { feature: Feature.TOKENS, level: SupportLevel.APPROXIMATED, detail }],
    };
    const environment = { REGION: token, PLAIN: 'eu-west-1' };
    expect(ledgerOf({}, { environment }).features()).not.toContain(Feature.TOKENS);
    expect(ledgerOf({}, {}, writing).features()).not.toContain(Feature.TOKENS);
    expect(ledgerOf({}, { environment }, writing).detail(Feature.TOKENS)).toMatchObject({
      path: 'endpoint/backend',
      detail: 'environment.REGION: written as it is',
    });
    expect(ledgerOf({ hosts: [token] }, {}, writing).detail(Feature.TOKENS)).toMatchObject({
      path: 'endpoint',
      detail: 'hosts: written as it is',
    });
    const sidecar = { name: 'log', image: ServerImage.fromRegistry('acme/log:1'), environment };
    const props: [Partial<BackendOptions>, string][] = [
      [{ image: ServerImage.fromRegistry(`acme/svm:${token}`) }, 'image'],
      [{ server: ModelServer.command({ command: ['serve', token] }) }, 'command'],
      [{ model: Model.fromS3(`s3://${token}/a/`) }, 'models'],
      [{ sidecars: [sidecar] }, 'sidecars.log.environment.REGION'],
    ];
    for (const [options, prop] of props) {
      const change = { healthCheck: HealthCheck.http('/'), ...options };
      expect(ledgerOf({}, change, writing).detail(Feature.TOKENS)?.detail).toBe(`${prop}: written as it is`);
    }
  });

  test.each<[string, ServingEndpointProps, Partial<ReturnType<typeof backendOptions>>]>([
    [Feature.STRIP_PREFIX, { path: '/', stripPrefix: true }, {}],
    [Feature.MODEL_FETCH, {}, { model: Model.inImage('model.bin') }],
    [Feature.MODEL_FILE, {}, { model: Model.fromS3('s3://acme-models/a.csv') }],
    [Feature.DEFAULT_READINESS, {}, { healthCheck: HealthCheck.http('/') }],
    [Feature.OWN_ADDRESS, {}, { ownAddress: OwnAddress.NONE }],
  ])('does not record %s if it is not needed', (feature, props, options) => {
    expect(ledgerOf(props, options).features()).not.toContain(feature);
  });

  const reach = 'can reach every backend by its own address, even at weight 0';
  const unknown = {
    level: 'left to the gateway',
    detail: `any client of the test platform ${reach}; set 'ownAddress' to OwnAddress.NONE if it is public`,
  };

  test.each<[string, TestPlatformProps, object[]]>([
    ['an internal balancer', {}, []],
    [
      'a public balancer',
      { target: { access: BalancerAccess.PUBLIC } },
      [{ level: 'native', detail: `public: any client ${reach}` }],
    ],
    ['a balancer that exists', { target: { access: BalancerAccess.UNKNOWN } }, [unknown]],
    ['an internal balancer behind another', { behind: [Intermediary.networkLoadBalancer()] }, [unknown]],
  ])('records who can reach a backend behind %s', (_, props, rows) => {
    const accessOf = (ownAddress?: OwnAddress) => {
      const platform = testPlatform({ ...props, strict: true });
      endpointOn(platform).addBackend('backend', backendOptions({ ownAddress }));
      expect(platform.plan().refusals).toEqual([]);
      return platform.plan().ledger.filter(({ feature }) => feature === LedgerTopic.ACCESS);
    };
    expect(accessOf(OwnAddress.HEADER)).toEqual(rows.map((row) => ({ path: 'endpoint', feature: 'access', ...row })));
    expect(accessOf(OwnAddress.NONE)).toEqual([]);
  });

  test('records weights and failover for two backends', () => {
    const { platform, endpoint, backend, features, detail } = ledgerOf();
    expect(features()).not.toContain(Feature.WEIGHTS);
    const second = endpoint.addBackend('second', backendOptions());
    endpoint.splitTraffic({
      shares: [
        { backend, weight: 0.75 },
        { backend: second, weight: 0.25 },
      ],
      headerRules: [{ header: 'a', value: 'b', path: '/c' }],
    });
    expect(features()).toEqual(
      expect.arrayContaining([Feature.WEIGHTS, Feature.FAILOVER, Feature.HEADER_MATCH, Feature.PATH_BY_HEADER]),
    );
    expect(detail(Feature.WEIGHTS)).toMatchObject({ detail: '3 : 1: done', level: 'native' });
    expect(platform.plan().refusals).toEqual([]);
  });

  test('records the targets of the autoscaler', () => {
    const { backend, detail, features } = ledgerOf();
    backend.autoscale({ maxReplicas: 3, targets: [ScalingTarget.cpuUtilization(60)] });
    expect(detail(Feature.AUTOSCALING)?.detail).toMatch(/^cpu 60/);
    expect(features()).toContain(Feature.SCALING_DELAY);
  });

  test.each([
    [ModelServer.wsgi({ app: 'app' }), 'native', 'gunicorn keeps idle connections for 4010 s'],
    [
      ModelServer.command({ command: ['serve'], behavior: { drains: true, keepAlive: Duration.seconds(5) } }),
      'emulated',
      'serve closes idle connections after 5 s, so the balancer closes each one after its response',
    ],
    [ModelServer.triton(), 'native', 'Triton: never closes'],
    [
      ModelServer.command({ command: ['serve'], behavior: { drains: true } }),
      'left to the application',
      'the server must keep idle connections for at least 15 s',
    ],
    [
      ModelServer.command({ command: ['serve'] }),
      'left to the application',
      'the server must keep idle connections for at least 15 s',
    ],
  ])('records the keep-alive', (server, level, detail) => {
    const ledger = ledgerOf({}, { server, healthCheck: HealthCheck.http('/') });
    expect(ledger.detail(Feature.KEEP_ALIVE)).toMatchObject({ level, detail });
  });

  test.each([
    [ModelServer.wsgi({ app: 'app' }), 'native', 'gunicorn completes running requests within 65 s'],
    [
      ModelServer.command({ command: ['serve'], behavior: { drains: false } }),
      'emulated',
      'serve drops requests on SIGTERM, which is therefore delayed until they have ended',
    ],
    [
      ModelServer.command({ command: ['serve'] }),
      'left to the application',
      'the behavior of the server on SIGTERM is not declared; the plan assumes that it drops its requests and delays SIGTERM until they have ended',
    ],
  ])('records the drain', (server, level, detail) => {
    const ledger = ledgerOf({}, { server, healthCheck: HealthCheck.http('/') });
    expect(ledger.detail(Feature.DRAIN)).toMatchObject({ level, detail });
  });
});

describe('the images that a target provides', () => {
  const images = [
    { use: ImageUse.ROUTER, reference: `haproxy:1.2.3@sha256:${'a'.repeat(64)}`, released: '2026-01-02' },
    { use: ImageUse.S3, reference: 'aws-cli:4.5.6', released: '2026-03-04' },
    { use: ImageUse.HUB, reference: 'hub:v7.8.9', released: '2026-05-06' },
    { use: ImageUse.ARCHIVES, reference: 'curl:7.8.9', released: '2026-07-08' },
    { use: ImageUse.LINKS, reference: 'busybox:1.2.3', released: '2026-09-10' },
  ];
  const linesOf = (model?: Model, target = { ...ROUTER, images }) => {
    const { platform } = ledgerOf({}, model === undefined ? {} : { model }, target);
    return platform.plan().ledger.filter(({ feature }) => feature === LedgerTopic.IMAGES);
  };
  const line = (detail: string) => [{ path: '', feature: 'images', level: 'native', detail }];

  test('are one entry of the platform, with their release dates', () => {
    expect(linesOf()).toEqual(line('router: haproxy:1.2.3, released 2026-01-02'));
  });

  test('are listed if a model is fetched with them', () => {
    expect(linesOf(Model.fromS3('s3://acme-models/a/'))).toEqual(
      line('router: haproxy:1.2.3, released 2026-01-02, models from S3: aws-cli:4.5.6, released 2026-03-04'),
    );
    const revision = '0123456789abcdef0123456789abcdef01234567';
    expect(linesOf(Model.fromHuggingFace('acme/model', { revision }))).toEqual(
      line(
        'router: haproxy:1.2.3, released 2026-01-02, models from the Hugging Face Hub: hub:v7.8.9, released 2026-05-06',
      ),
    );
  });

  test('are listed if a model is downloaded, or mounted as an image', () => {
    const digest = 'a'.repeat(64);
    expect(linesOf(Model.fromUrl('https://example.com/model.bin', { sha256: digest }))).toEqual(
      line(
        'router: haproxy:1.2.3, released 2026-01-02, archives and models from URLs: curl:7.8.9, released 2026-07-08',
      ),
    );
    expect(linesOf(Model.fromOci(`acme/model@sha256:${digest}`))).toEqual(
      line('router: haproxy:1.2.3, released 2026-01-02, links to model images: busybox:1.2.3, released 2026-09-10'),
    );
  });

  test('are not listed if the target provides none', () => {
    expect(linesOf(undefined, { ...ROUTER, images: [] })).toEqual([]);
    expect(linesOf(Model.fromS3('s3://acme-models/a/'), { ...ROUTER, images: images.slice(0, 1) })).toEqual(
      line('router: haproxy:1.2.3, released 2026-01-02'),
    );
  });
});
