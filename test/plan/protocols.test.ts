import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { OwnAddress, ServerProtocol, StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { NUMBERED } from '../support/profiles';
import { planOf, seconds } from './support';

const triton = { server: ModelServer.triton(), protocol: ServerProtocol.GRPC };
const calls = (endpoint: ServingEndpointProps = {}, backend = {}) =>
  planOf({ target: { ...NUMBERED, capabilities: [] }, endpoint, backend: { ...triton, ...backend } });
const mismatches = (endpoint: ServingEndpointProps, backend = {}) =>
  calls(endpoint, backend)
    .plan.refusals.filter(({ code }) => code === 'ProtocolMismatch')
    .map(({ message }) => message);

describe('the protocol of a backend', () => {
  test.each([
    [ServerProtocol.GRPC, 'ServerProtocol.GRPC', 'Triton or TensorFlow Serving'],
    [ServerProtocol.HTTP2, 'ServerProtocol.HTTP2', 'hypercorn or granian'],
  ])('is refused if its server does not support it (%s)', (protocol, typed, servers) => {
    const { plan } = planOf({ target: NUMBERED, backend: { server: ModelServer.asgi({ app: 'app' }), protocol } });
    expect(plan.refusals.filter(({ code }) => code === 'ProtocolNotSpoken')).toMatchObject([
      {
        path: 'endpoint/backend',
        message: `'protocol' (${typed}) of backend 'backend' is not supported with uvicorn; use a server that supports it, such as ${servers}, or ModelServer.fromImage or ModelServer.command with its own command`,
      },
    ]);
  });

  test('is left to an application whose server does not declare it', () => {
    const server = ModelServer.command({ command: ['serve'], behavior: { drains: true } });
    const { entries } = calls({}, { server });
    expect(entries('grpc')[1]).toMatchObject({
      level: 'left to the application',
      detail: 'serve must accept gRPC without TLS on port 8000; its descriptor does not specify whether it does',
    });
  });

  test('selects the port of gRPC, and moves HTTP to its own', () => {
    const { plan } = calls();
    const { intent, command } = plan.backend('endpoint/backend');
    expect(intent).toMatchObject({ port: 8001, protocol: 'gRPC', server: { healthPath: undefined } });
    expect(command.join(' ')).toContain('--http-port 8000 --grpc-port 8001');
    expect(calls({}, { port: 9000 }).plan.backend('endpoint/backend').command.join(' ')).toContain(
      '--http-port 8000 --grpc-port 9000',
    );
  });

  test.each<[string, ModelServer, string, string]>([
    [
      'TensorFlow Serving',
      ModelServer.tensorflowServing({ modelName: 'm', modelPath: '/m' }),
      '--port=9000 --rest_api_port=8501',
      '8501',
    ],
    [
      'KServe',
      ModelServer.kserve({ module: 'm', modelName: 'm', modelPath: '/m', version: '0.21.0' }),
      '--http_port 8080 --grpc_port 9000',
      '8080',
    ],
  ])('of %s gives gRPC the port of the backend', (_, server, words, http) => {
    const { plan, codes } = calls({}, { server, port: 9000 });
    expect(plan.backend('endpoint/backend').command.join(' ')).toContain(words);
    expect(codes).not.toContain('ProtocolNotSpoken');
    expect(() => calls({}, { server, port: Number(http) })).toThrow(/'port' \(\d+\) conflicts with another port/);
  });

  test('of MLServer sets both ports', () => {
    const { plan } = calls({}, { server: ModelServer.mlServer({ modelsPath: '/m' }), port: 9000 });
    expect(plan.backend('endpoint/backend').environment).toMatchObject({
      MLSERVER_HTTP_PORT: '8080',
      MLSERVER_GRPC_PORT: '9000',
    });
  });

  test('does not apply the timeouts of HTTP to gRPC', () => {
    const { plan } = calls({}, { server: ModelServer.mlServer({ modelsPath: '/m', workers: 0 }) });
    expect(plan.refusals.map(({ code }) => code)).not.toContain('KeepAliveTooShort');
    expect(plan.backend('endpoint/backend').intent.server.descriptor).toMatchObject({
      keepAlive: 'never closes',
      keepAliveSeconds: undefined,
      otherPorts: [8080],
    });
  });

  test.each([
    [
      ServerProtocol.GRPC,
      HealthCheck.http('/healthz'),
      /'healthCheck' of backend 'backend' uses HTTP, but its 'protocol' is gRPC; use HealthCheck\.grpc\(\)/,
    ],
    [
      ServerProtocol.HTTP1,
      HealthCheck.grpc(),
      /'healthCheck' of backend 'backend' uses gRPC, but its 'protocol' is HTTP\/1\.1; use HealthCheck\.http\('\/healthz'\)/,
    ],
  ])('fits its health check (%s)', (protocol, healthCheck, message) => {
    expect(() => calls({}, { protocol, healthCheck })).toThrow(message);
  });

  test('without a health check accepts any answer to a call', () => {
    expect(calls().plan.backend('endpoint/backend').intent.healthCheck).toMatchObject({
      statuses: '0-99',
      declared: false,
    });
    expect(() => calls({}, { server: ModelServer.command({ command: ['serve'] }) })).toThrow(
      /requires a 'healthCheck', such as HealthCheck\.grpc\(\)/,
    );
  });
});

describe('an endpoint of gRPC backends', () => {
  const because = ", because backend 'backend' of endpoint 'endpoint' serves gRPC";

  test.each<[string, ServingEndpointProps, object, string[]]>([
    ['every call', {}, {}, []],
    ['the calls of a service', { path: '/inference.GRPCInferenceService' }, {}, []],
    ['one method', { path: '/inference.GRPCInferenceService/ModelInfer', methods: [HttpMethod.POST] }, {}, []],
    [
      'a path that is no service',
      { path: '/team/a/b' },
      {},
      [
        `'path' ('/team/a/b') must be '/' or the name of a service, such as '/inference.GRPCInferenceService'${because}`,
      ],
    ],
    [
      'another method',
      { methods: [HttpMethod.GET, HttpMethod.POST] },
      {},
      [`'methods' (GET, POST, HEAD) must be omitted${because}`],
    ],
    [
      'a removed prefix',
      { path: '/a', stripPrefix: true },
      {},
      [`'stripPrefix' (true) must be omitted: the path of a call is its service and method${because}`],
    ],
    [
      'an own path',
      {},
      { ownAddress: OwnAddress.PATH },
      [`'ownAddress' (OwnAddress.PATH) of backend 'backend' must be OwnAddress.HEADER or OwnAddress.NONE${because}`],
    ],
    [
      'WebSocket',
      { streaming: { maxDuration: seconds(100), heartbeat: seconds(9), protocol: StreamProtocol.WEB_SOCKET } },
      {},
      [`'protocol' (StreamProtocol.WEB_SOCKET) of 'streaming' must be StreamProtocol.GRPC${because}`],
    ],
  ])('with %s', (_, endpoint, backend, messages) => {
    expect(mismatches(endpoint, backend)).toEqual(messages);
  });

  test('streams with backends of the same protocol only', () => {
    const streaming = { maxDuration: seconds(100), heartbeat: seconds(9), protocol: StreamProtocol.GRPC };
    expect(mismatches({ streaming })).toEqual([]);
    expect(mismatches({ streaming }, { protocol: ServerProtocol.HTTP1 })).toEqual([
      "'protocol' (StreamProtocol.GRPC) of 'streaming' of endpoint 'endpoint' requires gRPC backends; set their 'protocol' to ServerProtocol.GRPC",
    ]);
  });

  test('has no backends of another protocol', () => {
    const platform = testPlatform({});
    const endpoint = endpointOn(platform, 'endpoint');
    endpoint.addBackend('one', backendOptions(triton));
    endpoint.addBackend('two', backendOptions());
    expect(platform.plan().refusals).toMatchObject([
      {
        code: 'ProtocolMismatch',
        message:
          "backends 'one' (gRPC) and 'two' (HTTP/1.1) of endpoint 'endpoint' have different protocols; set the same 'protocol' for both, or use two endpoints",
      },
    ]);
  });

  test.each<[string[] | undefined, string[] | undefined, number]>([
    [undefined, undefined, 1],
    [['a.example.com'], undefined, 1],
    [['a.example.com'], ['*.example.com'], 1],
    [['a.example.com'], ['b.example.com'], 0],
  ])('has other hosts than endpoints over HTTP where a target requires it (%p, %p)', (calls, others, count) => {
    const refusals = (separateHosts: boolean) => {
      const platform = testPlatform({ target: { ...testPlatform({}).target, separateHosts } });
      endpointOn(platform, 'calls', { hosts: calls }).addBackend('v1', backendOptions(triton));
      endpointOn(platform, 'plain', { path: '/plain', hosts: others }).addBackend('v1', backendOptions());
      endpointOn(platform, 'more', { path: '/a.B', hosts: calls }).addBackend('v1', backendOptions(triton));
      return platform.plan().refusals.filter(({ code }) => code === 'ProtocolMismatch');
    };
    expect(refusals(false)).toEqual([]);
    expect(refusals(true)).toHaveLength(2 * count);
  });
});
