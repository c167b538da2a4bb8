import { Duration, ModelServer, StreamProtocol } from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** Explicit timeouts, and streams. */
export const REFUSED_TIMES: readonly RefusedDefinition[] = [
  {
    name: 'a keep-alive below the idle timeout of the load balancer',
    code: 'TimeoutOverride',
    message:
      "'keepAlive' of 'timeouts' (30 s) must be at least 80 s (rule R1), because the idle timeout of an Application Load Balancer is 70 s: the server keeps idle connections longer than the balancer, or closes them after each response; change it, or omit it to use the computed value (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) => one(scope, { timeouts: { keepAlive: Duration.seconds(30) } }),
  },
  {
    name: 'a keep-alive of a server that cannot configure one',
    code: 'TimeoutNotSettable',
    message:
      "'keepAlive' of 'timeouts' (90 s) cannot be configured for Triton, whose keep-alive is 'never closes'; leave it out (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.triton({}), timeouts: { keepAlive: Duration.seconds(90) } }),
  },
  {
    name: 'a stop timeout that is shorter than the drain',
    code: 'TimeoutOverride',
    message:
      "'stop' of 'timeouts' (30 s) must be at least 65 s (rule D2), because 'drain' of 'timeouts' is 60 s: the stop timeout covers the drain, within the limit of the compute; with callers that bypass the balancer, the drain covers the longest request; change it, or omit it to use the computed value, and do the same with 'drain' of 'timeouts' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { timeouts: { drain: Duration.seconds(60), stop: Duration.seconds(30) } }),
  },
  {
    name: 'callers that bypass the load balancer of a task that cannot drain its requests',
    code: 'DrainTooLong',
    message:
      "'requestTimeout' (600 s) must be at most 110 s (rule D2): callers that 'directCallers' permits bypass an Application Load Balancer, so only the drain protects their requests, and uvicorn can drain for at most 110 s on this compute; use a shorter timeout, 'streaming' with 'cutOnStop' if responses may be cut off, compute without a stop limit, a server that drains, or send every caller through the endpoint (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(
        scope,
        { server: ModelServer.asgi({ app: 'app' }), directCallers: true },
        { requestTimeout: Duration.minutes(10) },
      ),
  },
  {
    name: 'a WebSocket to a server without support for it',
    code: 'ProtocolNotSpoken',
    message:
      "'protocol' (WebSocket) of endpoint 'endpoint' is not supported by gunicorn; use a server that supports it, such as uvicorn or hypercorn, or another protocol (at Serving/endpoint/v1)",
    define: (scope) =>
      one(
        scope,
        {},
        {
          streaming: {
            maxDuration: Duration.hours(1),
            heartbeat: Duration.seconds(20),
            protocol: StreamProtocol.WEB_SOCKET,
          },
        },
      ),
  },
  {
    name: 'a request timeout in milliseconds that was typed as seconds',
    code: 'InvalidNumber',
    message:
      "'requestTimeout' (60000 s) must be between 1 and 21600 s; if 60000 ms is intended, use Duration.millis(60000); use 'streaming' for longer responses (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { requestTimeout: Duration.seconds(60_000) }),
  },
  {
    name: 'a drain in seconds that was typed as milliseconds',
    code: 'InvalidNumber',
    message:
      "'timeouts.drain' (0.06 s) must be between 1 and 604800 s; if 60 s is intended, use Duration.seconds(60) (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { timeouts: { drain: Duration.millis(60) } }),
  },
];
