import type { Construct } from 'constructs';
import { Duration, GunicornWorkerClass, Model, ModelServer, ServerImage, ServingEndpoint } from '../../src';
import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { refusalOf, type TargetName } from '../definitions/targets';
import { SERVERS } from './servers';

/** Errors behind a load balancer, whose idle timeout follows from the request timeout of 60 s. */
const REFUSED_ON_AWS: Record<string, string> = {
  granian: 'the keep-alive of granian (60 s) must be at least 80 s',
  'llama.cpp': 'the keep-alive of llama.cpp (5 s) must be at least 80 s',
  MLServer: 'the keep-alive of MLServer (5 s) must be at least 80 s',
  'MLServer without workers': 'the keep-alive of MLServer without workers (5 s) must be at least 80 s',
};

const define =
  (server: ModelServer, seconds = 60) =>
  (scope: Construct) =>
    new ServingEndpoint(scope, 'endpoint', { requestTimeout: Duration.seconds(seconds) }).addBackend('v1', {
      image: ServerImage.fromRegistry('acme/svm:1.4.2'),
      model: Model.fromS3('s3://acme-models/m/', { path: 'm' }),
      server,
    });

describe.each<TargetName>(['aws', 'kubernetes'])('on %s', (target) => {
  test.each(SERVERS)('$name is rendered or refused by name', ({ name, server }) => {
    const refusal = refusalOf(target, define(server));
    const expected = target === 'aws' ? REFUSED_ON_AWS[name] : undefined;
    if (expected === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(`[KeepAliveTooShort] ${expected}`);
  });
});

describe('behind a load balancer', () => {
  test('a server with a capped keep-alive supports requests that leave room below the cap', () => {
    expect(refusalOf('aws', define(ModelServer.granian({ app: 'app' }), 40))).toBeUndefined();
    expect(refusalOf('aws', define(ModelServer.granian({ app: 'app' }), 41))).toContain('[KeepAliveTooShort]');
  });

  test('the error about a short keep-alive in code states what to set', () => {
    expect(refusalOf('aws', define(ModelServer.node({ command: ['node', 'a.js'], version: '24' })))).toContain(
      'the keep-alive of Node (5 s) must be at least 80 s',
    );
    expect(refusalOf('aws', define(ModelServer.litServe({ script: 'a.py' })))).toContain(
      "or set timeout_keep_alive of run() in its code and declare 'keepAlive'",
    );
  });

  test('connections that have sent no data count too', () => {
    const node = ModelServer.node({
      command: ['node', 'a.js'],
      keepAlive: Duration.seconds(100),
      headersTimeout: Duration.seconds(60),
    });
    expect(refusalOf('aws', define(node))).toContain(
      'the timeout of Node for connections that have not sent any data (60 s) must be at least 80 s',
    );
    const sync = ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC });
    expect(refusalOf('aws', define(sync, 3000))).toBeUndefined();
  });

  test.each<[string, ModelServer, string]>([
    ['vLLM', ModelServer.vllm(), '0.18.0'],
    ['KServe', ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris' }), '0.21.0'],
  ])('for an unknown version of %s, setting the version is the first way out', (name, server, example) => {
    expect(refusalOf('aws', define(server))).toMatch(
      new RegExp(
        `the keep-alive of ${name} \\(5 s\\) must be at least 80 s .*; set 'version' of the server, such as '${example}' ` +
          '\\(its version is unknown; versions from [^)]+\\), or use a server with a configurable keep-alive, or ',
      ),
    );
  });

  test('for an old version, the first version with a configurable keep-alive or a drain is the first way out', () => {
    expect(refusalOf('aws', define(ModelServer.vllm({ version: '0.8.5' })))).toContain(
      'use vLLM 0.9.1 or newer, whose keep-alive can be configured, or use a server with a configurable keep-alive',
    );
    const old = ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris', version: '0.19.2' });
    expect(refusalOf('aws', define(old))).toContain(
      'use KServe 0.20 or newer, whose keep-alive can be configured, or ',
    );
    const drain = (scope: Construct) =>
      new ServingEndpoint(scope, 'endpoint').addBackend('v1', {
        image: ServerImage.fromRegistry('vllm/vllm-openai:v0.17.0'),
        model: Model.fromS3('s3://acme-models/m/', { path: 'm' }),
        server: ModelServer.vllm(),
        timeouts: { drain: Duration.seconds(30) },
      });
    expect(refusalOf('kubernetes', drain)).toContain(
      'which drops its requests on SIGTERM; use vLLM 0.18 or newer, which completes its requests, or leave it out',
    );
  });

  test('a version newer than the verified one is not a reason to set it', () => {
    const server = ModelServer.custom({
      command: ['serve'],
      version: '9.0',
      descriptor: {
        name: 'mine',
        drain: DrainBehavior.COMPLETES_REQUESTS,
        keepAlive: KeepAliveKind.FIXED,
        keepAliveSeconds: 5,
        listensWhenReady: true,
        readinessPath: '/',
        verifiedVersion: '2.0',
        versions: [{ from: '1.0', lingerSeconds: 1 }],
      },
    });
    const refusal = refusalOf('aws', define(server));
    expect(refusal).toContain('[KeepAliveTooShort] the keep-alive of mine (5 s)');
    expect(refusal).not.toContain("'version'");
  });

  test.each([
    ['drain', { drain: Duration.seconds(30) }],
    ['keepAlive', { keepAlive: Duration.seconds(90) }],
  ])('for a %s that an unknown version may not support, setting the version is the first way out', (time, timeouts) => {
    const scope = (stack: Construct) =>
      new ServingEndpoint(stack, 'endpoint').addBackend('v1', {
        image: ServerImage.fromRegistry('vllm/vllm-openai:nightly'),
        model: Model.fromS3('s3://acme-models/m/', { path: 'm' }),
        server: ModelServer.vllm(),
        timeouts,
      });
    expect(refusalOf('aws', scope)).toMatch(
      new RegExp(`\\[TimeoutNotSettable\\] '${time}' of 'timeouts' .*; set 'version' of the server, such as '0.18.0' `),
    );
  });
});
