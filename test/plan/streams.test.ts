import type { Streaming } from '../../src/constructs/endpoint-options';
import { Intermediary } from '../../src/constructs/intermediary';
import { ServerProtocol, StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { NUMBERED, ROUTER } from '../support/profiles';
import { planOf, seconds } from './support';

const asgi = ModelServer.asgi({ app: 'app' });
const stream = (heartbeat: number, change: Partial<Streaming> = {}, maxDuration = 3600): Streaming => ({
  maxDuration: seconds(maxDuration),
  heartbeat: seconds(heartbeat),
  ...change,
});
const streamed = (streaming: Streaming, server = asgi, target = NUMBERED, behind: Intermediary[] = []) =>
  planOf({ target, platform: { behind }, endpoint: { requestTimeout: seconds(30), streaming }, backend: { server } });

describe('the heartbeat of a stream', () => {
  test.each([
    [25, 60],
    [30, 70],
    [1995, 4000],
  ])('of %i s fits twice into an idle timeout of %i s', (heartbeat, idle) => {
    expect(streamed(stream(heartbeat, { cutOnStop: true }, 7200))).toMatchObject({ idle, codes: [] });
  });

  test('is refused if no idle timeout is long enough', () => {
    expect(streamed(stream(1996, { cutOnStop: true }, 7200)).messages).toEqual([
      "'heartbeat' (1996 s) of 'streaming' must be at most 1995 s (rule R3), because an Application Load Balancer times out after 4000 s of silence; send heartbeats more often",
    ]);
  });

  test('must be shorter than the silence timeout of a proxy in front', () => {
    const nginx = Intermediary.nginx();
    expect(streamed(stream(50), asgi, ROUTER, [nginx]).rules).toEqual([]);
    expect(streamed(stream(51), asgi, ROUTER, [nginx])).toMatchObject({
      rules: ['E3'],
      messages: [
        "'heartbeat' (51 s) of 'streaming' must be at most 50 s (rule E3), because nginx times out after 60 s of silence; send heartbeats more often, raise that timeout of nginx and declare it in 'behind'",
      ],
    });
  });

  test('must fit twice into the idle timeout of a load balancer in front', () => {
    const alb = Intermediary.applicationLoadBalancer();
    expect(streamed(stream(25), asgi, ROUTER, [alb]).rules).toEqual([]);
    expect(streamed(stream(26), asgi, ROUTER, [alb]).rules).toEqual(['R3']);
  });

  test('does not extend a request timeout', () => {
    const cloudFront = Intermediary.cloudFront({
      responseTimeout: seconds(60),
      responseCompletionTimeout: seconds(3609),
    });
    expect(streamed(stream(10), asgi, ROUTER, [cloudFront]).messages).toEqual([
      "'maxDuration' (3600 s) of 'streaming' must be at most 3599 s (rule E2), because Amazon CloudFront ends every request after 3609 s; respond sooner, raise that timeout of Amazon CloudFront and declare it in 'behind', or bypass Amazon CloudFront",
    ]);
  });
});

describe('the stop of a replica with streams', () => {
  test('waits for the longest stream', () => {
    expect(streamed(stream(20)).times).toMatchObject({ drain: 3600, deregistration: 3600 });
  });

  test('waits only for the longest request if streams may be cut off', () => {
    const { times, ladder } = streamed(stream(20, { cutOnStop: true }));
    expect(times).toMatchObject({ requestTimeout: 3600, drain: 30, deregistration: 40 });
    expect(ladder[0]).toEqual({ hop: 'longest request', seconds: 3600, rule: 'T' });
  });
});

describe('WebSocket', () => {
  const socket = (heartbeat: number, server = asgi) =>
    streamed(stream(heartbeat, { protocol: StreamProtocol.WEB_SOCKET }), server);

  test('gets its heartbeat from a server that pings often enough', () => {
    expect(socket(20).entries('web socket')).toMatchObject([
      { path: 'endpoint', level: 'native' },
      { level: 'native', detail: 'uvicorn pings every 20 s, which counts as activity on every hop' },
    ]);
  });

  test.each([
    [
      asgi,
      19,
      'the application must send a message or a ping at least every 19 s, because uvicorn only pings every 20 s',
    ],
    [ModelServer.hypercorn({ app: 'app' }), 20, 'the application must send a message or a ping at least every 20 s'],
  ])('gets its heartbeat from the application otherwise', (server, heartbeat, detail) => {
    expect(socket(heartbeat, server).entries('web socket')[1]).toMatchObject({
      level: 'left to the application',
      detail,
    });
  });

  test('is refused for a server that does not support it', () => {
    expect(socket(20, ModelServer.wsgi({ app: 'app' })).codes).toEqual(['ProtocolNotSpoken']);
  });

  test('is left to the application if the support of the server is unknown', () => {
    const unknown = ModelServer.command({ command: ['serve'], behavior: { drains: true } });
    expect(socket(20, unknown)).toMatchObject({ codes: [] });
    expect(socket(20, unknown).entries('web socket')[1]?.detail).toBe(
      'serve must support WebSocket; its descriptor does not specify whether it does',
    );
  });
});

describe('gRPC', () => {
  const calls = (server: ModelServer) =>
    planOf({
      target: NUMBERED,
      endpoint: { requestTimeout: seconds(30), streaming: stream(20, { protocol: StreamProtocol.GRPC }) },
      backend: { server, protocol: ServerProtocol.GRPC },
    });

  test('uses messages as heartbeats', () => {
    expect(calls(ModelServer.triton({})).entries('grpc')[1]).toMatchObject({
      level: 'left to the application',
      detail: 'each call must send a message at least every 20 s: an HTTP/2 PING does not count as activity',
    });
  });

  test('is refused for a server that does not support it', () => {
    expect(calls(asgi).codes).toEqual(['ProtocolNotSpoken']);
  });
});

describe('server-sent events', () => {
  test('of a server that does not stream must end within the request timeout', () => {
    const { codes, entries } = streamed(stream(20), ModelServer.textEmbeddingsInference({ model: 'BAAI/bge' }));
    expect(codes).toEqual([]);
    expect(entries('streaming')).toMatchObject([{ level: 'approximated' }]);
  });

  test('require nothing else from a server', () => {
    expect(streamed(stream(20)).entries('streaming')).toEqual([]);
  });
});
