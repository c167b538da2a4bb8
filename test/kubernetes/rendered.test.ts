import { App, Chart, Testing } from 'cdk8s';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ServingPlatform } from '../../src/constructs/serving-platform';
import type { TargetPlatform } from '../../src/constructs/target-platform';
import { Gateway, type GatewayProfile, KubernetesPlatform } from '../../src/kubernetes';
import { LoadBalancing, OwnAddress } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { object } from '../support/data';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';

/** Definitions that use every setting of the router. */
function everything(chart: Chart): void {
  const classify = new ServingEndpoint(chart, 'classify', {
    path: '/classify',
    hosts: ['models.example.com', '*.example.org'],
    methods: [HttpMethod.POST],
    headers: [{ name: 'x-tier', values: ['gold'] }],
    stripPrefix: true,
    requestTimeout: Duration.seconds(90),
  });
  const svm = classify.addBackend('SVM:v1', backendOptions({ maxConcurrency: 8, replicas: 3 }));
  const shortly = { drains: true, keepAlive: Duration.seconds(5) };
  const resnet = classify.addBackend(
    'ResNet50:v2',
    backendOptions({
      server: ModelServer.command({ command: ['serve'], behavior: shortly }),
      healthCheck: HealthCheck.http('/healthz', { interval: Duration.seconds(20), timeout: Duration.seconds(4) }),
      loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS,
      ownAddress: OwnAddress.PATH,
    }),
  );
  classify.splitTraffic({
    shares: [
      { backend: svm, weight: 3 },
      { backend: resnet, weight: 2 },
    ],
    headerRules: [{ header: 'x-serve-call-method', value: 'explain', path: '/explain' }],
  });
  const stream = new ServingEndpoint(chart, 'stream', {
    streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(60) },
  });
  stream.addBackend('v1', backendOptions());
}

describe('a router', () => {
  const chart = new Chart(new App(), 'serving');
  everything(chart);
  const objects = Testing.synth(chart)
    .map(object)
    .filter(({ metadata }) => /^serving-router\b/.test(object(metadata).name as string));

  test('has this complete configuration', () => {
    const configMap = objects.find(({ kind }) => kind === 'ConfigMap');
    for (const [file, content] of Object.entries(object(configMap?.data))) expect(content).toMatchSnapshot(file);
  });

  test('consists of these objects', () => {
    const others = objects.filter(({ kind }) => kind !== 'ConfigMap');
    expect(others.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Deployment', 'PodDisruptionBudget', 'Service']);
    expect(others).toMatchSnapshot();
  });
});

describe('the target profile', () => {
  const chart = () => new Chart(new App(), 'serving');
  const behind = (profile: GatewayProfile) =>
    new KubernetesPlatform(chart(), 'Platform', { gateway: Gateway.fromName('inference', { profile }) });

  test.each<[string, () => TargetPlatform]>([
    ['the router', () => ServingPlatform.of(chart()) as TargetPlatform],
    ...GATEWAY_PROFILES.map((profile): [string, () => TargetPlatform] => [profile.name, () => behind(profile)]),
  ])('of %s', (_, platform) => {
    expect(platform().target).toMatchSnapshot();
  });
});
