import {
  Backend,
  Duration,
  ModelServer,
  ServerProtocol,
  ServingEndpoint,
  TrafficSplit,
  type TrafficSplitOptions,
} from '../../src';
import { one, options, type RefusedDefinition } from './refused-definition';

/** Traffic splits: weights, shares and header rules. */
export const REFUSED_SPLITS: readonly RefusedDefinition[] = [
  {
    name: "shares that are passed without the 'shares' property",
    code: 'InvalidType',
    message:
      "'options' (a list) must be an object with options such as 'headerRules', 'shares', 'stickySession' (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic([{ backend, weight: 9 }] as unknown as TrafficSplitOptions);
    },
  },
  {
    name: 'one share instead of a list',
    code: 'InvalidType',
    message:
      "'shares' ({ backend, weight }) must be a list, for example [{ backend: ..., weight: ... }] (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      const shares = { backend, weight: 9 } as unknown as TrafficSplitOptions['shares'];
      endpoint.splitTraffic({ shares });
    },
  },
  {
    name: 'a weight above the maximum of a load balancer',
    code: 'WeightOutOfRange',
    message:
      "'weight' (1000) must be between 0 and 999 on an Application Load Balancer; use relative weights such as 999 and 1 (at Serving/endpoint/Split)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      const second = endpoint.addBackend('v2', options());
      endpoint.splitTraffic({
        shares: [
          { backend, weight: 1000 },
          { backend: second, weight: 1 },
        ],
      });
    },
  },
  {
    name: 'a weight below 0',
    code: 'WeightOutOfRange',
    message:
      "'weight' (-1) must be a number between 0 and 1000000000; use relative weights such as 9 and 1 (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic({ shares: [{ backend, weight: -1 }] });
    },
  },
  {
    name: 'a weight that is negligible relative to another',
    code: 'WeightOutOfRange',
    message:
      "'weight' (1e-12) is negligible relative to the other weights (1e-12, 1); use relative weights such as 9 and 1, or 0 for no requests (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      const second = endpoint.addBackend('v2', options());
      endpoint.splitTraffic({
        shares: [
          { backend, weight: 1e-12 },
          { backend: second, weight: 1 },
        ],
      });
    },
  },
  {
    name: 'a canary of more than 100 percent',
    code: 'WeightOutOfRange',
    message: "'percent' (101) must be a number between 0 and 100",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic(TrafficSplit.canary({ stable: backend, canary: backend, percent: 101 }));
    },
  },
  {
    name: 'shares that are all zero',
    code: 'NoShare',
    message: 'the weights (0) must not all be 0; give one backend a share (at Serving/endpoint/Split)',
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic({ shares: [{ backend, weight: 0 }] });
    },
  },
  {
    name: 'two shares for the same backend',
    code: 'DuplicateShare',
    message: "duplicate share of backend 'v1'; combine them into one (at Serving/endpoint/Split)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      endpoint.splitTraffic({
        shares: [
          { backend, weight: 1 },
          { backend, weight: 1 },
        ],
      });
    },
  },
  {
    name: 'two splits',
    code: 'DuplicateSplit',
    message:
      "endpoint 'endpoint' already has a traffic split; put all shares and header rules into one (at Serving/endpoint)",
    define: (scope) => {
      const { endpoint, backend } = one(scope);
      for (let count = 0; count < 2; count++) endpoint.splitTraffic({ shares: [{ backend, weight: 1 }] });
    },
  },
  {
    name: 'a share of a backend that does not serve the endpoint',
    code: 'UnattachedBackend',
    message:
      "backend 'alone' does not serve endpoint 'endpoint'; add it to the endpoint with 'addBackend' or 'attachBackend' first (at Serving/endpoint/Split)",
    define: (scope) => {
      const backend = new Backend(scope, 'alone', options());
      new ServingEndpoint(scope, 'endpoint').splitTraffic({ shares: [{ backend, weight: 1 }] });
    },
  },
  {
    name: 'a path with a character that a load balancer interprets in a rewrite',
    code: 'InvalidPath',
    message:
      "'path' ('/a$1') must not contain '$', which has a special meaning in URL rewrites of an Application Load Balancer (at Serving/endpoint/Split)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope).endpoint.splitTraffic({ headerRules: [{ header: 'x-a', value: 'b', path: '/a$1' }] }),
  },
  {
    name: 'a header rule without an effect',
    code: 'InvalidHeaderRule',
    message: "the rule for header 'x-a' requires a 'backend' or a 'path' (at Serving/endpoint/Split)",
    define: (scope) => one(scope).endpoint.splitTraffic({ headerRules: [{ header: 'x-a', value: 'b' }] }),
  },
  {
    name: 'clients that keep their backend for longer than a load balancer supports',
    code: 'InvalidNumber',
    message:
      "'stickySession.maxAge' (691200) must be a whole number between 1 and 604800; the value is in seconds; an Application Load Balancer does not support a longer time (at Serving/endpoint/Split)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope).endpoint.splitTraffic({ stickySession: { maxAge: Duration.days(8) } }),
  },
  {
    name: 'clients that keep their replica, but not its backend',
    code: 'Unsupported',
    message:
      "'stickySession' of backend 'v2' is not supported by an Application Load Balancer while endpoint 'endpoint' chooses among 2 backends for each request; set 'stickySession' of 'splitTraffic' too, which keeps the backend, or remove it (at Serving/endpoint)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope).endpoint.addBackend('v2', options({ stickySession: {} })),
  },
  {
    name: 'sticky replicas that serve gRPC',
    code: 'ProtocolMismatch',
    message:
      "'stickySession' of backend 'v1' has no effect, because clients of gRPC keep no cookies; remove it, and keep the state outside of the replicas or within one stream (at Serving/endpoint/v1)",
    on: ['kubernetes', 'test'],
    define: (scope) => one(scope, { server: ModelServer.triton(), protocol: ServerProtocol.GRPC, stickySession: {} }),
  },
  {
    name: 'sticky backends that serve gRPC',
    code: 'ProtocolMismatch',
    message:
      "'stickySession' of the split of endpoint 'endpoint' has no effect, because backend 'v1' serves gRPC, whose clients keep no cookies; remove it, and select the backend by a header rule (at Serving/endpoint/Split)",
    on: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, { server: ModelServer.triton(), protocol: ServerProtocol.GRPC }).endpoint.splitTraffic({
        stickySession: {},
      }),
  },
];
