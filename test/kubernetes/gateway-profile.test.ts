import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import {
  Gateway,
  type GatewayFeatures,
  GatewayPolicy,
  type GatewayPolicyProps,
  GatewayPolicyScope,
  type GatewayPolicyValues,
  GatewayProfile,
  type GatewayProfileOptions,
  KubernetesEndpoint,
  KubernetesPlatform,
} from '../../src/kubernetes';
import { LoadBalancing } from '../../src/plan/choices';
import { BalancerAccess, Feature, SupportLevel } from '../../src/plan/target-profile';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import { findObject, newChart } from './support';

/** A policy that renders all values it gets. */
class Echo extends GatewayPolicy {
  constructor(props: Partial<GatewayPolicyProps> = {}) {
    super({ id: 'Echo', apiVersion: 'gateway.example.com/v1', kind: 'Echo', ...props });
  }

  public specOf(values: GatewayPolicyValues): Record<string, unknown> {
    return { ...values };
  }
}

/** A chart behind a gateway with this profile, and an endpoint `digits` with the backends `v1` and `v2`. */
function behind(options: Partial<GatewayProfileOptions>, props: ServingEndpointProps = {}) {
  const chart = newChart();
  const profile = GatewayProfile.custom({ name: 'the edge', ...options });
  const platform = new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('edge', { profile }) });
  const endpoint = new ServingEndpoint(chart, 'digits', props);
  const backends = ['v1', 'v2'].map((id) => endpoint.addBackend(id, backendOptions()));
  return { chart, platform, endpoint, backends };
}

const capability = (platform: KubernetesPlatform, feature: Feature) =>
  platform.target.capabilities.filter((one) => one.feature === feature);

const native = (detail: string) => ({ level: SupportLevel.NATIVE, detail });

describe('the list of profiles', () => {
  const folder = join(__dirname, '../../src/kubernetes/gateway-profiles');
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const nameOf = (file: string) => file.replaceAll('-', '_').toUpperCase();

  test('has one profile for each file', () => {
    expect(Object.keys(GatewayProfile).sort()).toEqual(files.map(nameOf).sort());
  });

  test.each(files)('has the profile of %s by its name', (file) => {
    const { name } = require(join(folder, file))[nameOf(file)];
    const profiles = Object.entries(GatewayProfile).map(([key, profile]) => [key, profile.name]);
    expect(profiles).toContainEqual([nameOf(file), name]);
  });

  test('has profiles that users could declare with custom()', () => {
    for (const { options, name } of GATEWAY_PROFILES) expect(GatewayProfile.custom(options)).toMatchObject({ name });
    expect(new Set(GATEWAY_PROFILES.map(({ name }) => name)).size).toBe(GATEWAY_PROFILES.length);
  });
});

describe('a custom profile', () => {
  test('defaults to a portable gateway', () => {
    const { name, ...target } = behind({}).platform.target;
    const chart = newChart();
    const portable = new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('edge') });
    expect({ ...target, name: 'a portable gateway' }).toEqual(portable.target);
    expect(name).toBe('the edge');
  });

  test('can be derived from another profile', () => {
    const { chart, platform } = behind(
      { ...GatewayProfile.ENVOY_GATEWAY.options, name: 'the edge', propagationDelay: Duration.seconds(15) },
      { methods: [HttpMethod.POST] },
    );
    expect(platform.target).toMatchObject({ name: 'the edge', propagationSeconds: 15, requestTimeout: true });
    const kinds = new Set(chart.toJson().map(({ kind }) => kind));
    expect(kinds).toContain('BackendTrafficPolicy');
    expect(kinds).toContain('HTTPRouteFilter');
  });

  test('sets timeouts, access, limits and status codes of the target', () => {
    const { platform } = behind({
      idleTimeout: Duration.minutes(2),
      clientIdleTimeout: Duration.seconds(75),
      propagationDelay: Duration.seconds(3),
      access: BalancerAccess.PUBLIC,
      maxWeight: 100,
      maxBackends: 3,
      statuses: { closed: 502, silent: 504, unavailable: 503 },
    });
    expect(platform.target).toMatchObject({
      idle: { max: 120, defaultSeconds: 120, settable: false },
      clientIdleSeconds: 75,
      propagationSeconds: 3,
      access: 'public',
      maxWeight: 100,
      maxBackendsPerEndpoint: 3,
      statuses: { closed: 502, silent: 504, unavailable: 503 },
    });
  });

  test('is overridden by the timeouts of the Gateway', () => {
    const profile = GatewayProfile.custom({ name: 'the edge', idleTimeout: Duration.minutes(2) });
    const gateway = Gateway.fromName('edge', { profile, idleTimeout: Duration.minutes(1) });
    expect([gateway.idleSeconds, gateway.propagationSeconds]).toEqual([60, 45]);
  });

  test('renders a request timeout if the gateway supports it', () => {
    const { chart, platform } = behind({ requestTimeouts: true });
    const { rules } = findObject(chart.toJson(), 'HTTPRoute', 'digits').spec;
    expect(rules[0].timeouts).toEqual({ request: '70s' });
    expect(capability(platform, Feature.REQUEST_TIMEOUT)).toEqual([
      { feature: 'request timeout', ...native('the request timeout of the HTTPRoute') },
    ]);
  });

  test.each<[string, GatewayProfileOptions, Record<string, number>]>([
    ['nothing', { name: 'the edge' }, {}],
    ['whole requests', { name: 'the edge', requestTimeouts: true }, { 'route timeout': 70 }],
    ['silence', { name: 'the edge', policies: [new Echo({ setsSilenceTimeout: true })] }, { 'route silence': 70 }],
    [
      'whole requests only about',
      {
        name: 'the edge',
        requestTimeouts: true,
        features: { requestTimeout: { level: SupportLevel.APPROXIMATED, detail: '' } },
      },
      {},
    ],
  ])('has the limits in the ladder that the gateway enforces: %s', (_, options, expected) => {
    const { platform } = behind(options);
    const rows = platform.plan().endpoints.flatMap(({ ladder }) => ladder.hops);
    const limits = rows.filter(({ hop }) => hop.startsWith('route ')).map(({ hop, seconds }) => [hop, seconds]);
    expect(Object.fromEntries(limits)).toEqual(expected);
  });

  test('overrides the features of its policies, which override those of a portable gateway', () => {
    const features: GatewayFeatures = { roundRobin: native('by the policy'), keepAlive: native('by the policy') };
    const { platform } = behind({
      policies: [new Echo({ features })],
      features: { keepAlive: native('by the installation'), weights: undefined },
    });
    const details = [Feature.ROUND_ROBIN, Feature.KEEP_ALIVE, Feature.WEIGHTS].map(
      (feature) => capability(platform, feature)[0]?.detail,
    );
    expect(details).toEqual([
      'by the policy',
      'by the installation',
      expect.stringMatching(/^weights of an HTTPRoute/),
    ]);
  });

  test('lists each feature once', () => {
    for (const profile of GATEWAY_PROFILES) {
      const gateway = Gateway.fromName('edge', { profile });
      const { target } = new KubernetesPlatform(newChart(), 'Platform', { gateway });
      const features = target.capabilities.map(({ feature }) => feature);
      expect(new Set(features).size).toBe(features.length);
    }
  });

  test('cannot be changed afterward', () => {
    const policies = [new Echo()];
    const profile = GatewayProfile.custom({ name: 'the edge', policies });
    policies.pop();
    expect(profile.options.policies).toHaveLength(1);
    for (const part of [profile.options, profile.options.policies, profile.options.policies?.[0]?.props])
      expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('a policy', () => {
  test('gets the values of an endpoint', () => {
    const { chart, endpoint } = behind(
      { policies: [new Echo({ nameSuffix: '-echo' })] },
      { methods: [HttpMethod.POST], requestTimeout: Duration.seconds(30) },
    );
    endpoint.addBackend('v3', backendOptions({ loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }));
    expect(findObject(chart.toJson(), 'Echo', 'digits-echo')).toMatchObject({
      apiVersion: 'gateway.example.com/v1',
      metadata: { labels: { 'serving-constructs/endpoint': 'digits' } },
      spec: {
        routes: ['digits'],
        services: ['digits-v1', 'digits-v2', 'digits-v3'],
        loadBalancing: 'least outstanding requests',
        idleSeconds: 3600,
        silenceSeconds: 40,
        requestSeconds: 40,
        closeConnections: false,
        allow: ['POST'],
      },
    });
    expect(KubernetesEndpoint.of(endpoint).gatewayPolicies.map(({ node }) => node.path)).toEqual([
      'serving/digits/Echo',
    ]);
  });

  test('of a backend is rendered once, with the values of all its endpoints', () => {
    const scope = GatewayPolicyScope.BACKEND;
    const policy = new Echo({ scope, closesConnections: true, setsIdleTimeout: true });
    const { chart, endpoint, backends } = behind({ policies: [policy] }, { path: '/digits' });
    const shared = endpoint.addBackend(
      'v3',
      backendOptions({
        server: ModelServer.command({ command: ['a'], behavior: { drains: true, keepAlive: Duration.seconds(5) } }),
      }),
    );
    new ServingEndpoint(chart, 'letters', {
      path: '/letters',
      streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.minutes(2) },
    }).attachBackend(shared);
    const echoes = chart.toJson().filter(({ kind }) => kind === 'Echo');
    expect(echoes.map(({ metadata }) => metadata.name)).toEqual(['digits-v1', 'digits-v2', 'digits-v3']);
    expect(echoes.map(({ metadata }) => metadata.labels)).toMatchObject([
      { 'serving-constructs/backend': 'digits-v1' },
      { 'serving-constructs/backend': 'digits-v2' },
      { 'serving-constructs/backend': 'digits-v3' },
    ]);
    expect(echoes.map(({ spec }) => spec)).toEqual([
      expect.objectContaining({
        services: ['digits-v1'],
        requestSeconds: 70,
        silenceSeconds: 70,
        closeConnections: false,
      }),
      expect.objectContaining({ services: ['digits-v2'] }),
      expect.objectContaining({
        routes: [],
        allow: [],
        services: ['digits-v3'],
        requestSeconds: 0,
        silenceSeconds: 250,
        closeConnections: true,
        loadBalancing: 'round robin',
      }),
    ]);
    expect(backends[0]?.node.tryFindChild('Echo')).toBeDefined();
  });

  test('that answers with 405 is referenced only by routes of endpoints with methods', () => {
    const answer = new Echo({ id: 'Answer', kind: 'Answer', nameSuffix: '-answer' });
    const { chart } = behind({ methodNotAllowed: answer }, { path: '/digits', methods: [HttpMethod.POST] });
    new ServingEndpoint(chart, 'letters', { path: '/letters' }).addBackend('v1', backendOptions());
    const manifests = chart.toJson();
    expect(manifests.filter(({ kind }) => kind === 'Answer').map(({ metadata }) => metadata.name)).toEqual([
      'digits-answer',
    ]);
    const { rules } = findObject(manifests, 'HTTPRoute', 'digits').spec;
    expect(rules.at(-1).filters).toEqual([
      {
        type: 'ExtensionRef',
        extensionRef: { group: 'gateway.example.com', kind: 'Answer', name: 'digits-answer' },
      },
    ]);
  });
});

describe('a custom profile fails', () => {
  const edge = (options: object) => () => GatewayProfile.custom({ name: 'the edge', ...options } as never);

  test.each<[string, object, string]>([
    ['without a name', { name: '' }, "[InvalidName] 'name' ('') must not be empty"],
    ['with an unknown option', { idle: 3 }, "[UnknownOption] unknown option 'idle'"],
    ['with an idle timeout of zero', { idleTimeout: Duration.seconds(0) }, "[InvalidNumber] 'idleTimeout' (0)"],
    [
      'with a propagation delay above the maximum',
      { propagationDelay: Duration.hours(1) },
      "[InvalidNumber] 'propagationDelay' (3600",
    ],
    [
      'with a client idle timeout that is not a Duration',
      { clientIdleTimeout: 5 },
      "[InvalidType] 'clientIdleTimeout' (5)",
    ],
    [
      'with more backends than a route supports',
      { maxBackends: 17 },
      "[InvalidNumber] 'maxBackends' (17) must be a whole number",
    ],
    ['with a fractional weight', { maxWeight: 1.5 }, "[InvalidNumber] 'maxWeight' (1.5) must be a whole number"],
    [
      'with a status that is not an error',
      { statuses: { closed: 200, silent: 504, unavailable: 503 } },
      "[InvalidNumber] 'statuses.closed' (200) must be a whole number between 400 and 599",
    ],
    [
      'with an unknown feature',
      { features: { retries: native('yes') } },
      "[UnknownOption] unknown option 'features.retries'",
    ],
    [
      'with an invalid level',
      { features: { weights: { level: 'yes', detail: 'a' } } },
      "[InvalidType] 'features.weights.level' ('yes') must be one of extension.SupportLevel.NATIVE, ",
    ],
    [
      'with an invalid policy',
      { policies: [{}] },
      "[InvalidType] 'policies[0]' ({}) must be a kubernetes.GatewayPolicy, for example an instance of your own subclass",
    ],
    [
      'with a policy without a kind',
      { policies: [new Echo({ kind: undefined as never })] },
      "[InvalidType] 'policies[0].props.kind' (undefined) must be a string",
    ],
    [
      'with an invalid kind',
      { policies: [new Echo({ kind: 'echo policy' })] },
      "[InvalidName] 'policies[0].props.kind' ('echo policy') is invalid; use a value such as 'TrafficPolicy'",
    ],
    [
      'with a 405 policy in the scope of backends',
      { methodNotAllowed: new Echo({ scope: GatewayPolicyScope.BACKEND }) },
      "[ConflictingProps] 'methodNotAllowed.props.scope' ('backend') must be GatewayPolicyScope.ENDPOINT",
    ],
    [
      'with two objects with the same id',
      { policies: [new Echo()], methodNotAllowed: new Echo({ nameSuffix: '-405' }) },
      "[ConflictingProps] 'policies[0]' and 'methodNotAllowed' have the same 'id' or the same name for kind 'Echo'",
    ],
    [
      'with two objects with the same name',
      { policies: [new Echo(), new Echo({ id: 'Other' })] },
      "[ConflictingProps] 'policies[0]' and 'policies[1]' have the same 'id' or the same name for kind 'Echo'",
    ],
  ])('%s', (_, options, message) => {
    expect(edge(options)).toThrow(message);
  });
});
