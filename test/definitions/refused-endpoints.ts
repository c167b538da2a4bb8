import { Lazy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  Backend,
  Duration,
  Gpu,
  HttpMethod,
  ModelServer,
  RayServeConfig,
  ServingEndpoint,
  type ServingEndpointProps,
} from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { one, options, type RefusedDefinition } from './refused-definition';

const drops = ModelServer.command({ command: ['serve'], behavior: { drains: false } });

/** Endpoints: names, paths, hosts, headers, times and their backends. */
export const REFUSED_ENDPOINTS: readonly RefusedDefinition[] = [
  {
    name: 'a path that no application of a Ray Serve config has',
    code: 'PathNotServed',
    message:
      "endpoint 'endpoint' forwards '/llm', but the server of backend 'v1' answers '/chat', '/embed' only; set 'stripPrefix' of the endpoint to true to forward what follows '/llm', or use one of these as its 'path' (at Serving/endpoint)",
    define: (scope) => {
      const applications = ['chat', 'embed'].map((name) => ({
        name,
        routePrefix: `/${name}`,
        importPath: `${name}:app`,
      }));
      const server = ModelServer.rayServe({ config: RayServeConfig.of({ applications }) });
      one(scope, { server, resources: { cpu: 2 } }, { path: '/llm' });
    },
  },
  {
    name: 'an endpoint without a backend',
    code: 'NoBackend',
    message: "endpoint 'endpoint' has no backend; add one with 'addBackend' (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint'),
  },
  {
    name: 'two backends with the same id',
    code: 'DuplicateId',
    message: "'id' ('v1') is already used by a Backend in the same scope; use another id (at Serving/endpoint/v1)",
    define: (scope) => one(scope).endpoint.addBackend('v1', options()),
  },
  {
    name: 'a token as the name of an endpoint',
    code: 'InvalidName',
    message:
      "'endpointName' must be known at synthesis, because names of resources derive from it; pass plain text instead of a token (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { endpointName: Lazy.string({ produce: () => 'late' }) }),
  },
  {
    name: 'a percent sign in a path',
    code: 'InvalidPath',
    message:
      "'path' ('/100%/a') must not contain '%/a', because '%' starts an escape of two hexadecimal digits; write '%25' for a percent sign (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { path: '/100%/a' }),
  },
  ...(
    [
      ['of a letter', '/%41', '%41', "because it needs no escape and targets compare paths differently; write 'A'"],
      ['of a dot', '/%2e%2e', '%2e', "because it needs no escape and targets compare paths differently; write '.'"],
      ['of a slash', '/a%2Fb', '%2F', 'which balancers and servers interpret differently; use another character'],
      ['of a null', '/a%00', '%00', 'which balancers and servers interpret differently; use another character'],
      ['that is not UTF-8', '/caf%E9', '%', 'with escapes that are not UTF-8; encode the text in UTF-8'],
    ] as const
  ).map(([name, path, text, advice]) => ({
    name: `an escape in a path ${name}`,
    code: 'InvalidPath' as const,
    message: `'path' ('${path}') must not contain '${text}', ${advice} (at Serving/endpoint)`,
    define: (scope: Construct) => one(scope, {}, { path }),
  })),
  {
    name: 'a path of an endpoint that another endpoint matches',
    code: 'DuplicateRoute',
    message:
      "endpoint 'b' (Serving/b) with the path '/v1/batch' matches requests for '/v1/batch/big', which has its own 'requestTimeout' in 'paths' of endpoint 'a'; set 'requestTimeout' of endpoint 'b' instead, or use another path (at Serving/a)",
    define: (scope) => {
      const paths = [{ path: '/batch/big', requestTimeout: Duration.minutes(5) }];
      new ServingEndpoint(scope, 'a', { path: '/v1', paths }).addBackend('v1', options());
      new ServingEndpoint(scope, 'b', { path: '/v1/batch' }).addBackend('v1', options());
    },
  },
  {
    name: 'a path of an endpoint twice',
    code: 'DuplicateRoute',
    message: "'/batch' is twice in 'paths'; remove one (at Serving/endpoint)",
    define: (scope) => {
      const requestTimeout = Duration.minutes(5);
      one(
        scope,
        {},
        {
          paths: [
            { path: '/batch', requestTimeout },
            { path: '/batch/', requestTimeout },
          ],
        },
      );
    },
  },
  {
    name: 'the whole endpoint as a path below it',
    code: 'InvalidPath',
    message:
      "'path' ('/') in 'paths' is the whole endpoint; set 'requestTimeout' of the endpoint, or use a path below it (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { paths: [{ path: '/', requestTimeout: Duration.minutes(5) }] }),
  },
  {
    name: 'no paths of an endpoint',
    code: 'EmptyList',
    message: "'paths' ([]) must not be empty; omit it to match every request (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { paths: [] }),
  },
  {
    name: 'two endpoints with the same route',
    code: 'DuplicateRoute',
    message:
      "endpoints 'b' and 'a' (Serving/a) match the same requests: both have path '/classify'; use another path, host, method or header for one of them (at Serving/b)",
    define: (scope) => {
      for (const id of ['a', 'b']) new ServingEndpoint(scope, id, { path: '/classify' }).addBackend('v1', options());
    },
  },
  {
    name: 'two endpoints with a method in common',
    code: 'DuplicateRoute',
    message:
      "endpoints 'b' and 'a' (Serving/a) match the same requests: both have path '/' on host 'example.com'; use another path, host, method or header for one of them (at Serving/b)",
    define: (scope) => {
      for (const [id, methods] of [
        ['a', [HttpMethod.GET, HttpMethod.POST]],
        ['b', [HttpMethod.POST]],
      ] as const) {
        new ServingEndpoint(scope, id, { hosts: ['example.com'], methods: [...methods] }).addBackend('v1', options());
      }
    },
  },
  {
    name: 'two endpoints whose names have the same slug',
    code: 'NameClash',
    message:
      "endpoint 'image-classifier' (Serving/image-classifier) and 'Serving/image classifier' would both be named 'image-classifier'; change the id of one, or set 'endpointName' (at Serving/image-classifier)",
    define: (scope) => {
      new ServingEndpoint(scope, 'image classifier', { path: '/a' });
      new ServingEndpoint(scope, 'image-classifier', { path: '/b' });
    },
  },
  {
    name: 'two backends whose names have the same slug',
    code: 'NameClash',
    message:
      "backend 'svm.v1' (Serving/endpoint/svm.v1) and 'Serving/endpoint/SVM:v1' would both be named 'endpoint-svm-v1'; change the id of one, or set 'backendName' (at Serving/endpoint/svm.v1)",
    define: (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      for (const id of ['SVM:v1', 'svm.v1']) endpoint.addBackend(id, options());
    },
  },
  {
    name: 'an empty name',
    code: 'InvalidName',
    message: "'endpointName' ('') must not be empty (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { endpointName: '' }),
  },
  {
    name: 'a path without a slash',
    code: 'InvalidPath',
    message:
      "'path' ('classify') must start with '/' and have no empty segment, wildcard, query or space (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { path: 'classify' }),
  },
  {
    name: 'a path with a wildcard',
    code: 'InvalidPath',
    message:
      "'path' ('/classify/*') must start with '/' and have no empty segment, wildcard, query or space (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { path: '/classify/*' }),
  },
  {
    name: 'a path with a character that a load balancer cannot match',
    code: 'InvalidPath',
    message:
      "'path' ('/a!') contains '!', which an Application Load Balancer cannot match; use letters, digits and any of _ - . $ ~ ' @ : + ; & (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { path: '/a!' }),
  },
  {
    name: 'a host with a scheme',
    code: 'InvalidHost',
    message:
      "the host ('https://models.example.com') must be a domain name without scheme, port or path, such as 'models.example.com' or '*.example.com' (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { hosts: ['https://models.example.com'] }),
  },
  {
    name: 'an empty list of methods',
    code: 'EmptyList',
    message: "'methods' ([]) must not be empty; omit it to match every request (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { methods: [] }),
  },
  {
    name: 'an unknown HTTP method',
    code: 'InvalidType',
    message:
      "'methods[0]' ('FETCH') must be one of HttpMethod.CONNECT, HttpMethod.DELETE, HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PATCH, HttpMethod.POST, HttpMethod.PUT, HttpMethod.TRACE (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { methods: ['FETCH' as HttpMethod] }),
  },
  {
    name: 'a misspelled option',
    code: 'UnknownOption',
    message: "unknown option 'requestTimout'; did you mean 'requestTimeout'? (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { requestTimout: Duration.minutes(2) } as ServingEndpointProps),
  },
  {
    name: 'a header with a wildcard',
    code: 'InvalidHeader',
    message:
      "the value of header 'x-tier' ('gold*') must not contain '*', which is a wildcard for an Application Load Balancer (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { headers: [{ name: 'x-tier', values: ['gold*'] }] }),
  },
  {
    name: 'a header name that is longer than a load balancer matches',
    code: 'InvalidHeader',
    message: `the header name ('${'x'.repeat(41)}') has 41 characters and an Application Load Balancer supports at most 40; use a shorter one (at Serving/endpoint)`,
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { headers: [{ name: 'x'.repeat(41), values: ['a'] }] }),
  },
  {
    name: 'a header value that is longer than a load balancer matches',
    code: 'InvalidHeader',
    message: `the value of header 'x-tier' ('${'a'.repeat(129)}') has 129 characters and an Application Load Balancer supports at most 128; use a shorter one (at Serving/endpoint)`,
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { headers: [{ name: 'x-tier', values: ['a'.repeat(129)] }] }),
  },
  {
    name: 'a path that is longer than a route matches',
    code: 'InvalidPath',
    message: `'path' ('/${'a'.repeat(960)}') has 961 characters and the built-in router supports at most 960; use a shorter one (at Serving/endpoint)`,
    on: ['kubernetes'],
    acceptedOn: ['test'],
    define: (scope) => one(scope, {}, { path: `/${'a'.repeat(960)}` }),
  },
  {
    name: 'a path with a character that a load balancer interprets, above the own path of a backend',
    code: 'InvalidPath',
    message:
      "'path' ('/a$1') must not contain '$', which has a special meaning in URL rewrites of an Application Load Balancer; backend 'v1' has its own path below it, so change the path, or set 'ownAddress' (OwnAddress.HEADER) (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      new ServingEndpoint(scope, 'endpoint', { path: '/a$1' }).addBackend(
        'v1',
        options({ ownAddress: OwnAddress.PATH }),
      ),
  },
  {
    name: 'a request timeout of zero',
    code: 'InvalidNumber',
    message: "'requestTimeout' (0) must be a number between 1 and 21600; the value is in seconds (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { requestTimeout: Duration.seconds(0) }),
  },
  {
    name: 'a request timeout that exceeds the limit of the load balancer',
    code: 'RequestTimeoutTooLong',
    message:
      "'requestTimeout' (3991 s) must be at most 3600 s (rule R2) behind an Application Load Balancer, whose idle timeout is at most 4000 s and whose deregistration delay is at most 3600 s (rule D1): a request that gets no data for longer is cut off; respond sooner, send a heartbeat with 'streaming', or move the work to a queue (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia() }, { requestTimeout: Duration.seconds(3991) }),
  },
  {
    name: 'a request timeout that exceeds the longest drain',
    code: 'DrainTooLong',
    message:
      "'requestTimeout' (3700 s) must be at most 3600 s (rule D1), the longest deregistration delay of an Application Load Balancer, after which requests that are still running are cut off; use a shorter timeout, or 'streaming' with 'cutOnStop' if responses may be cut off (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { server: drops }, { requestTimeout: Duration.seconds(3700) }),
  },
  {
    name: 'a server with a short keep-alive and long requests',
    code: 'KeepAliveTooShort',
    message:
      'the keep-alive of llama (5 s) must be at least 80 s (rule R4): an Application Load Balancer keeps idle connections for 70 s because of its longest request (60 s), and requests are lost if the server closes first; use a server with a configurable keep-alive, or use a balancer that closes the connection after each response, such as the built-in router on Kubernetes (at Serving/endpoint/v1)',
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({
          command: ['llama-server'],
          behavior: { name: 'llama', drains: true, keepAlive: Duration.seconds(5) },
        }),
      }),
  },
  {
    name: 'two endpoints with the same priority',
    code: 'PriorityTaken',
    message:
      "'priority' (5) of endpoint 'b' reserves 100 priorities, which must not be those of another endpoint and at most 43120; 'a' has 5; choose another (at Serving/b)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => {
      for (const id of ['a', 'b'])
        new ServingEndpoint(scope, id, { path: `/${id}`, priority: 5 }).addBackend('v1', options());
    },
  },
  {
    name: 'a priority above the maximum',
    code: 'PriorityTaken',
    message:
      "'priority' (60000) of endpoint 'endpoint' reserves 100 priorities, which must not be those of another endpoint and at most 43120; choose another (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { priority: 60_000 }),
  },
  {
    name: 'a path of eight segments',
    code: 'PathTooDeep',
    message:
      "'path' ('/1/2/3/4/5/6/7/8') must have at most 7 segments on an Application Load Balancer, including '/_b/<backend>'; use a shorter path, or set 'priority' (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { path: '/1/2/3/4/5/6/7/8' }),
  },
  {
    name: 'a header with more values than fit in a rule',
    code: 'TooManyConditions',
    message:
      "endpoint 'endpoint' exceeds the limits of a rule of an Application Load Balancer: 3 values for a header and 5 values in total; match fewer headers or values (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, {}, { headers: [{ name: 'x-tier', values: ['a', 'b', 'c', 'd'] }] }),
  },
  {
    name: 'more endpoints than a load balancer has rules',
    code: 'TooManyRules',
    message:
      "the endpoints and backends need 102 rules, but an Application Load Balancer supports at most 100; raise the quota and set 'ruleQuota', or use a second platform (at Serving/ServingPlatform)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => {
      for (let index = 0; index < 34; index++) {
        new ServingEndpoint(scope, `e${index}`, { path: `/m${index}` }).addBackend('v1', options());
      }
    },
  },
  {
    name: 'a sixth backend',
    code: 'TooManyBackends',
    message:
      "endpoint 'endpoint' cannot have another backend ('v6'): an Application Load Balancer supports at most 5 per endpoint; use a second endpoint (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      for (let index = 1; index <= 6; index++) endpoint.addBackend(`v${index}`, options());
    },
  },
  {
    name: 'a duplicate backend',
    code: 'DuplicateBackend',
    message: "backend 'v1' already serves endpoint 'endpoint'; attach it once (at Serving/endpoint)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.attachBackend(backend);
    },
  },
  {
    name: 'the address of a backend without one',
    code: 'NoAddress',
    message:
      "backend 'v1' has no own address ('ownAddress' is OwnAddress.NONE) at endpoint 'endpoint' (at Serving/endpoint)",
    define: (scope) => {
      const { endpoint, backend } = one(scope, { ownAddress: OwnAddress.NONE });
      endpoint.addressOf(backend);
    },
  },
  {
    name: 'a backend of a split that is removed',
    code: 'ConstructRemoved',
    message:
      "'v1' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at Serving/endpoint/v1)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic({ shares: [{ backend, weight: 1 }] });
      endpoint.node.tryRemoveChild('v1');
    },
  },
  {
    name: 'a removed backend without an endpoint',
    code: 'ConstructRemoved',
    message:
      "'alone' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at Serving/alone)",
    define: (scope) => {
      one(scope);
      new Backend(scope, 'alone', options());
      scope.node.tryRemoveChild('alone');
    },
  },
  {
    name: 'an endpoint that is removed',
    code: 'ConstructRemoved',
    message:
      "'endpoint' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at Serving/endpoint)",
    define: (scope) => {
      one(scope);
      scope.node.tryRemoveChild('endpoint');
    },
  },
  {
    name: 'a split that is removed',
    code: 'ConstructRemoved',
    message:
      "'Split' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic({ shares: [{ backend, weight: 1 }] });
      endpoint.node.tryRemoveChild('Split');
    },
  },
  {
    name: 'a timeout that is a number',
    code: 'InvalidType',
    message: "'requestTimeout' (60) must be a Duration, for example Duration.seconds(60) (at Serving/endpoint)",
    define: (scope) => new ServingEndpoint(scope, 'endpoint', { requestTimeout: 60 as unknown as Duration }),
  },
  {
    name: 'an origin with a path',
    code: 'InvalidUrl',
    message:
      "'allowOrigins' ('https://app.example.com/') of 'cors' must be an origin as browsers send it, such as 'https://app.example.com' or 'http://localhost:3000', without a path or a default port, or '*' (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['https://app.example.com/'] } }),
  },
  {
    name: 'no origin',
    code: 'EmptyList',
    message: "'allowOrigins' ([]) of 'cors' must not be empty; add a value, or omit it (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: [] } }),
  },
  {
    name: 'every origin and another one',
    code: 'ConflictingProps',
    message:
      "'allowOrigins' (*, https://app.example.com) of 'cors' has '*' and other origins; use '*' alone, or list the origins (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['*', 'https://app.example.com'] } }),
  },
  {
    name: 'credentials for every origin',
    code: 'ConflictingProps',
    message:
      "'allowCredentials' (true) of 'cors' requires a list of origins, because browsers send no credentials to an endpoint that allows '*'; list the origins, or remove it (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['*'], allowCredentials: true } }),
  },
  {
    name: 'a header of cross-origin requests with a space',
    code: 'InvalidHeader',
    message:
      "'allowHeaders' ('X A') of 'cors' must be the name of a header of letters, digits and dashes, such as 'Authorization'; list each header (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['*'], allowHeaders: ['X A'] } }),
  },
  {
    name: 'every header of cross-origin requests',
    code: 'InvalidHeader',
    message:
      "'allowHeaders' ('*') of 'cors' must be the name of a header of letters, digits and dashes, such as 'Authorization'; list each header, because '*' is not supported (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['https://app.example.com'], allowHeaders: ['*'] } }),
  },
  {
    name: 'two origins behind a load balancer',
    code: 'Unsupported',
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    message:
      "'allowOrigins' (https://a.example.com, https://b.example.com) of 'cors' must be a single origin for an Application Load Balancer, which sends the same header in every response; use one origin or '*', or let the server answer (at Serving/endpoint)",
    define: (scope) => one(scope, {}, { cors: { allowOrigins: ['https://a.example.com', 'https://b.example.com'] } }),
  },
  {
    name: 'cross-origin requests of one of two endpoints on a listener',
    code: 'ConflictingProps',
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    message:
      "endpoints 'endpoint' and 'other' have different 'cors', which an Application Load Balancer adds to the responses of all endpoints; set the same for both, or use a platform of its own for one (at Serving/other)",
    define: (scope) => {
      one(scope, {}, { path: '/a', cors: { allowOrigins: ['*'] } });
      new ServingEndpoint(scope, 'other', { path: '/b' }).addBackend('v1', options());
    },
  },
  {
    name: 'different cross-origin requests of one path',
    code: 'ConflictingProps',
    on: ['kubernetes'],
    message:
      "endpoints 'endpoint' and 'other' have the path '/a' but different 'cors', and a preflight request matches both; set the same for both (at Serving/other)",
    define: (scope) => {
      one(scope, {}, { path: '/a', methods: [HttpMethod.GET], cors: { allowOrigins: ['*'] } });
      new ServingEndpoint(scope, 'other', { path: '/a', methods: [HttpMethod.POST] }).addBackend('v1', options());
    },
  },
];
