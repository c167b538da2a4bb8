import type { Construct } from 'constructs';
import { Duration, GunicornWorkerClass, Model, ModelServer, ServerImage, ServingEndpoint } from '../../src';
import { refusalOf, type TargetName } from '../definitions/targets';
import { SERVERS } from './servers';

/** Behind a load balancer, whose idle time follows the longest request of 60 s. */
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
  test('a capped server serves requests that leave room below its cap', () => {
    expect(refusalOf('aws', define(ModelServer.granian({ app: 'app' }), 40))).toBeUndefined();
    expect(refusalOf('aws', define(ModelServer.granian({ app: 'app' }), 41))).toContain('[KeepAliveTooShort]');
  });

  test('code that keeps connections too shortly is told what to set', () => {
    expect(refusalOf('aws', define(ModelServer.node({ command: ['node', 'a.js'], version: '24' })))).toContain(
      'the keep-alive of Node (5 s) must be at least 80 s',
    );
    expect(refusalOf('aws', define(ModelServer.litServe({ script: 'a.py' })))).toContain(
      "or set timeout_keep_alive of run() in its code and declare 'keepAlive'",
    );
  });

  test('connections that have not sent anything count too', () => {
    const node = ModelServer.node({
      command: ['node', 'a.js'],
      keepAlive: Duration.seconds(100),
      headersTimeout: Duration.seconds(60),
    });
    expect(refusalOf('aws', define(node))).toContain(
      'the limit for connections of Node that have not sent anything (60 s) must be at least 80 s',
    );
    const sync = ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC });
    expect(refusalOf('aws', define(sync, 3000))).toBeUndefined();
  });

  test('an unknown version is refused with the way out', () => {
    const kserve = ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris' });
    expect(refusalOf('aws', define(kserve))).toContain("or say the 'version' (its version was not said");
  });
});
