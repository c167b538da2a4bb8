import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway, GatewayProfile, KubernetesEndpoint, KubernetesPlatform } from '../../src/kubernetes';
import { ServerProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, endpointOn } from '../support/definitions';
import { Haproxy } from '../support/haproxy';
import { configurationOf, routerPlatform } from './router-support';
import { findObject, manifestsOf, newChart, oneBackend } from './support';

const CALLS = { server: ModelServer.triton(), protocol: ServerProtocol.GRPC };
const HTTP2 = { server: ModelServer.hypercorn({ app: 'app' }), protocol: ServerProtocol.HTTP2 };

/** The Services and probes of a backend. */
function rendered(options: Partial<BackendOptions>) {
  const manifests = manifestsOf(oneBackend(options).chart);
  const [container] = findObject(manifests, 'Deployment', 'digits-svm').spec.template.spec.containers;
  const ports = ['digits-svm', 'digits-svm-pods'].map((name) => findObject(manifests, 'Service', name).spec.ports[0]);
  return { container, protocols: ports.map(({ appProtocol }) => appProtocol) };
}

/** The pool of a backend in the router, as lines, and the configuration. */
function router(options: Partial<BackendOptions>) {
  const platform = routerPlatform();
  endpointOn(platform, 'digits').addBackend('svm', backendOptions(options));
  const text = configurationOf(platform.plan());
  return { text, lines: new Haproxy(text).section('backend', 'digits-svm').lines.map((line) => line.join(' ')) };
}

describe('the Services of a backend', () => {
  test.each([
    [{}, undefined],
    [HTTP2, 'kubernetes.io/h2c'],
    [CALLS, 'kubernetes.io/h2c'],
  ])('name its protocol (%#)', (options, appProtocol) => {
    expect(rendered(options).protocols).toEqual([appProtocol, appProtocol]);
  });
});

describe('the probes of a gRPC backend', () => {
  test('check the port by default', () => {
    const { container } = rendered(CALLS);
    expect(container.readinessProbe).toMatchObject({ tcpSocket: { port: 'http' } });
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8001, protocol: 'TCP' }]);
  });

  test.each([
    [undefined, { port: 8001 }],
    ['inference.GRPCInferenceService', { port: 8001, service: 'inference.GRPCInferenceService' }],
  ])('call the health service if it is declared (%p)', (service, grpc) => {
    const { container } = rendered({ ...CALLS, healthCheck: HealthCheck.grpc({ service }) });
    expect(container.readinessProbe.grpc).toEqual(grpc);
    expect(container.startupProbe.grpc).toEqual(grpc);
    expect(container.readinessProbe.tcpSocket).toBeUndefined();
  });
});

describe('the router', () => {
  test('refuses HTTP/2 of clients unless an endpoint serves gRPC', () => {
    for (const options of [{}, HTTP2]) {
      const { text } = router(options);
      expect(text).toContain('  option disable-h2-upgrade\n');
      expect(text).toContain('unless { req.ver 1.0 1.1 }');
    }
    const { text } = router(CALLS);
    expect(text).not.toContain('disable-h2-upgrade');
    expect(text).toContain('unless { req.ver 1.0 1.1 2.0 }');
    expect(text).toContain('or !named { req.ver 1.1 2.0 }');
  });

  test('connects with HTTP/2, also for its checks', () => {
    const { lines } = router({ ...HTTP2, healthCheck: HealthCheck.http('/ready') });
    expect(lines).toContain('default-server proto h2 check-proto h2');
    expect(lines).toContain('http-check expect status 200-399');
  });

  test('checks the port of gRPC servers, and sends the header that they require', () => {
    const { lines } = router({ ...CALLS, healthCheck: HealthCheck.grpc() });
    expect(lines.slice(0, -1)).toEqual([
      'default-server proto h2',
      'option tcp-check',
      'http-request set-header TE trailers',
    ]);
  });
});

describe('a gateway', () => {
  function behind(profile: GatewayProfile, props: ServingEndpointProps = {}) {
    const chart = newChart();
    new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('public', { profile }) });
    const endpoint = new ServingEndpoint(chart, 'digits', props);
    for (const id of ['v1', 'v2']) endpoint.addBackend(id, backendOptions(CALLS));
    return { chart, endpoint };
  }

  test.each([
    ['/', undefined],
    ['/inference.GRPCInferenceService', { type: 'Exact', service: 'inference.GRPCInferenceService' }],
    ['/a.B/Infer', { type: 'Exact', service: 'a.B', method: 'Infer' }],
  ])('gets a GRPCRoute for the calls of %s', (path, method) => {
    const { chart, endpoint } = behind(GatewayProfile.PORTABLE, { path, headers: [{ name: 'x-team', values: ['a'] }] });
    const { spec } = findObject(manifestsOf(chart, ['Gateway/public']), 'GRPCRoute', 'digits');
    expect(spec.rules.at(-1)).toEqual({
      matches: [{ ...(method && { method }), headers: [{ type: 'Exact', name: 'x-team', value: 'a' }] }],
      backendRefs: ['digits-v1', 'digits-v2'].map((name) => ({ name, port: 80, weight: 1 })),
    });
    const objects = KubernetesEndpoint.of(endpoint);
    expect([objects.grpcRoutes.length, objects.httpRoutes.length]).toEqual([1, 0]);
  });

  test('gets the timeout of calls in its own object, because a GRPCRoute has none', () => {
    const { chart } = behind(GatewayProfile.ENVOY_GATEWAY);
    const { spec } = findObject(manifestsOf(chart, ['Gateway/public']), 'BackendTrafficPolicy', 'digits');
    expect(spec).toMatchObject({
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', name: 'digits' }],
      timeout: { http: { requestTimeout: '70s' } },
    });
  });

  test('refuses the host of an endpoint over HTTP', () => {
    const { chart } = behind(GatewayProfile.PORTABLE);
    new ServingEndpoint(chart, 'plain', { path: '/plain' }).addBackend('v1', backendOptions());
    expect(() => chart.toJson()).toThrow(
      "endpoint 'digits' serves gRPC, and endpoint 'plain', which does not, has the same host; a portable gateway may reject one of them, so set 'hosts' of both to different ones",
    );
  });
});
