import type { Construct } from 'constructs';
import { Duration, HealthCheck, ModelServer, ServerImage, ServerProtocol } from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** Health checks and smoke tests. */
export const REFUSED_CHECKS: readonly RefusedDefinition[] = [
  {
    name: 'an HTTP health check of a gRPC server',
    code: 'ConflictingProps',
    message:
      "'healthCheck' of backend 'v1' uses HTTP, but its 'protocol' is gRPC; use HealthCheck.grpc(), or change 'protocol' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        protocol: ServerProtocol.GRPC,
        healthCheck: HealthCheck.http('/v2/health/ready'),
      }),
  },
  {
    name: 'a gRPC health check of a server without the protocol',
    code: 'Unsupported',
    message:
      "'healthCheck' of backend 'v1' calls grpc.health.v1.Health, which MLServer does not implement; omit it to check that the port answers (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.mlServer({ modelsPath: '/models' }),
        protocol: ServerProtocol.GRPC,
        healthCheck: HealthCheck.grpc(),
      }),
  },
  {
    name: 'a smoke test of a gRPC server',
    code: 'Unsupported',
    message:
      "'smokeTest' of backend 'v1' sends a request with HTTP/1.1, but its 'protocol' is gRPC; remove 'smokeTest', or use ServerProtocol.HTTP1 (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.mlServer({ modelsPath: '/models' }),
        protocol: ServerProtocol.GRPC,
        smokeTest: { path: '/v2/models/iris/infer', json: {} },
      }),
  },
  {
    name: 'a sample that contains itself',
    code: 'InvalidType',
    message: "'smokeTest.json' ({ self }) must be JSON that is known at synthesis (at Serving/endpoint/v1)",
    define: (scope) => {
      const json: { self?: object } = {};
      json.self = json;
      one(scope, { smokeTest: { path: '/predict', json } });
    },
  },
  {
    name: 'a port of the smoke test on AWS',
    code: 'ConflictingProps',
    message:
      "port 9401 ('metrics') of backend 'v1' is the port on which its smoke test answers the health checks of the load balancer; use another port (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        smokeTest: { path: '/predict', text: 'a' },
        additionalPorts: [{ name: 'metrics', port: 9401 }],
      }),
  },
  {
    name: 'a health check of a sidecar in the words of Docker',
    code: 'InvalidCommand',
    message:
      "'sidecars[0].healthCheck.command' must start with a program, not with 'CMD-SHELL' of Docker; use ['sh', '-c', 'curl -f http://localhost:9000/'] for a line of a shell (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        sidecars: [
          {
            name: 'proxy',
            image: ServerImage.fromRegistry('acme/proxy:1.2.0'),
            healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:9000/'] },
          },
        ],
      }),
  },
  {
    name: 'an image as it is without a health check',
    code: 'HealthCheckRequired',
    message:
      "backend 'v1' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.fromImage() }),
  },
  {
    name: 'a server without declared behavior and without a health check',
    code: 'HealthCheckRequired',
    message:
      "backend 'v1' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.command({ command: ['serve'] }) }),
  },
  {
    name: 'a health check without a slash',
    code: 'InvalidPath',
    message:
      "the health check path ('healthz') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('healthz') }),
  },
  ...['/%', '/ready#now', '//ready'].map((path) => ({
    name: `the health check path '${path}', which the kubelet would send differently`,
    code: 'InvalidPath' as const,
    message: `the health check path ('${path}') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes`,
    define: (scope: Construct) => one(scope, { healthCheck: HealthCheck.http(path) }),
  })),
  {
    name: 'a health check with an interval of 2 s',
    code: 'HealthCheckOutOfRange',
    message:
      "'interval' (2 s) of the health check of backend 'v1' must be between 5 and 300 s for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        healthCheck: HealthCheck.http('/healthz', { interval: Duration.seconds(2), timeout: Duration.seconds(2) }),
      }),
  },
  ...(
    [
      ['an interval of 10 minutes', "'interval' (600 s)", 'between 5 and 300 s', { interval: Duration.minutes(10) }],
      [
        'a timeout of 3 minutes',
        "'timeout' (180 s)",
        'between 2 and 120 s',
        { interval: Duration.minutes(4), timeout: Duration.minutes(3) },
      ],
      [
        'a timeout as long as the interval',
        "'timeout' (10 s)",
        "less than 'interval' (10 s)",
        { timeout: Duration.seconds(10) },
      ],
      ['a threshold of one good check', "'healthyThreshold' (1)", 'between 2 and 10', { healthyThreshold: 1 }],
      ['a threshold of eleven bad checks', "'unhealthyThreshold' (11)", 'between 2 and 10', { unhealthyThreshold: 11 }],
    ] as const
  ).map(
    ([name, value, bound, options]): RefusedDefinition => ({
      name: `a health check with ${name}`,
      code: 'HealthCheckOutOfRange',
      message: `${value} of the health check of backend 'v1' must be ${bound} for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)`,
      on: ['aws'],
      acceptedOn: ['kubernetes', 'test'],
      define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', options) }),
    }),
  ),
  {
    name: 'a health check with a Host header',
    code: 'Unsupported',
    message:
      "'health check host' is not supported by an Application Load Balancer: a load balancer sends the address of the target and the port as Host; accept every host for the path of the health check in the application, and remove 'host' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { host: 'model.internal' }) }),
  },
  ...['ok', '2xx', '200-', '299-200', '100-199', '500', '200 - 299', '200-299,404', ''].map(
    (statuses): RefusedDefinition => ({
      name: `a health check with the status codes '${statuses}'`,
      code: 'InvalidNumber',
      message: `'statuses' ('${statuses}') must be a range such as '200-299', or a list such as '200,204', of status codes between 200 and 499`,
      define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { statuses }) }),
    }),
  ),
  {
    name: 'a health check with a URL as host',
    code: 'InvalidHost',
    message: "'host' ('https://model.internal') must be a host name with an optional port, such as 'model.internal'",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { host: 'https://model.internal' }) }),
  },
  {
    name: 'an initial delay as long as the load time',
    code: 'ConflictingProps',
    message:
      "'initialDelay' (60 s) of the health check must be less than 'loadTimeout' (60 s), which includes it; increase 'loadTimeout' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        loadTimeout: Duration.minutes(1),
        healthCheck: HealthCheck.http('/healthz', { initialDelay: Duration.minutes(1) }),
      }),
  },
  {
    name: 'a liveness check every second',
    code: 'HealthCheckOutOfRange',
    message:
      "'liveness.interval' (1 s) of the health check of backend 'v1' must be between 5 and 300 s for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, { healthCheck: HealthCheck.http('/healthz', { liveness: { interval: Duration.seconds(1) } }) }),
  },
  {
    name: 'a smoke test without an interpreter',
    code: 'Unsupported',
    message:
      "'smokeTest' of backend 'v1' requires a Python interpreter in the image, and none is known for Triton; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'smokeTest' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.triton({}), smokeTest: { path: '/v2/models/m/infer', json: {} } }),
  },
  {
    name: 'a smoke test with two bodies',
    code: 'ConflictingProps',
    message: "'smokeTest' has 'json' and 'text', and a request has one body; remove one (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', json: {}, text: '' } }),
  },
  {
    name: 'a smoke test with a path above the limit',
    code: 'InvalidPath',
    message: `'smokeTest.path' ('/${'x'.repeat(59)}…') must have at most 1024 characters, but has 1025 (at Serving/endpoint/v1)`,
    define: (scope) => one(scope, { smokeTest: { path: `/${'x'.repeat(1024)}` } }),
  },
  {
    name: 'a smoke test without a slash',
    code: 'InvalidPath',
    message:
      "'smokeTest.path' ('predict') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: 'predict' } }),
  },
  {
    name: 'a smoke test with a file that does not exist',
    code: 'InvalidPath',
    message: "'smokeTest.file' ('missing.json') cannot be read (ENOENT); relative paths are relative to ",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', file: 'missing.json' } }),
  },
  {
    name: 'a smoke test with a large body',
    code: 'InvalidNumber',
    message:
      "the body of 'smokeTest' (16385 bytes) must have at most 16384 bytes, because it is part of the template or manifest; use a smaller sample (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', text: 'x'.repeat(16_385) } }),
  },
  {
    name: 'a smoke test as long as the load time',
    code: 'ConflictingProps',
    message:
      "'smokeTest.timeout' (60 s) must be less than 'loadTimeout' (60 s), which includes the smoke test; increase 'loadTimeout' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { loadTimeout: Duration.minutes(1), smokeTest: { path: '/predict', timeout: Duration.minutes(1) } }),
  },
  {
    name: 'a smoke test with an unknown keyword',
    code: 'UnknownOption',
    message: "unknown keyword 'smokeTest.answer.schema.properties.label.pattern'; ",
    define: (scope) =>
      one(scope, { smokeTest: { path: '/predict', answer: { schema: { properties: { label: { pattern: 'a' } } } } } }),
  },
  {
    name: 'a smoke test with an unknown type',
    code: 'InvalidType',
    message:
      "'smokeTest.answer.schema.type' ('list') must be one of 'object', 'array', 'string', 'number', 'integer', 'boolean', 'null', or a list of them (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', answer: { schema: { type: 'list' } } } }),
  },
  {
    name: 'a smoke test with a header of two lines',
    code: 'InvalidHeader',
    message:
      "'smokeTest.headers' has an invalid header 'x-a'; use printable ASCII without line breaks, known at synthesis (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', headers: { 'x-a': 'a\nb' } } }),
  },
  {
    name: 'a smoke test with a method in lower case',
    code: 'InvalidText',
    message: "'smokeTest.method' ('post') must be an HTTP method, such as 'POST' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', method: 'post' } }),
  },
  {
    name: 'an interpreter with arguments',
    code: 'InvalidCommand',
    message: "'interpreter' ('python3 -I') of 'behavior' must be a program without arguments, such as 'python3'",
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['serve'], behavior: { drains: true, interpreter: 'python3 -I' } }),
      }),
  },
  {
    name: 'a health check with a timeout longer than its interval',
    code: 'InvalidNumber',
    message: "'timeout' (11 s) must be at most 'interval' (10 s)",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { timeout: Duration.seconds(11) }) }),
  },
];
