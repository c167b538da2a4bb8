import { App as CdkApp, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  aws,
  type BackendOptions,
  Gpu,
  HealthCheck,
  kubernetes,
  Model,
  ModelDelivery,
  ModelServer,
  PrometheusTarget,
  Rollout,
  ScalingTarget,
  ScratchVolume,
  SecretValue,
  ServerImage,
  Size,
} from '../../src';
import { OwnAddress, ServerProtocol } from '../../src/plan/choices';
import { SupportLevel } from '../../src/plan/target-profile';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import { REFUSED } from './refused';
import { one } from './refused-definition';
import { refusalOf, TARGET_NAMES, type TargetName } from './targets';

const OCI = `acme/net@sha256:${'0a'.repeat(32)}`;
const smokeTest = { path: '/predict', text: 'a' };
const behavior = { drains: true, interpreter: 'python3' };
const healthCheck = HealthCheck.http('/healthz', { statuses: '200-299' });
const command = (options = {}) => ModelServer.command({ command: ['serve'], ...options });
const scaled =
  (target: () => ScalingTarget, change: Partial<BackendOptions> = {}) =>
  (scope: Construct) =>
    one(scope, change).backend.autoscale({ maxReplicas: 4, targets: [target()] });
const served = (change: () => Partial<BackendOptions>) => (scope: Construct) => one(scope, change());
const waiting = () => {
  const metric = new cloudwatch.Metric({ namespace: 'a', metricName: 'b' });
  return aws.MetricTarget.ofAverage('waiting', metric, 4);
};

/** The advice for a cluster with KEDA. */
const withKeda = (target: () => ScalingTarget) => (scope: Construct) => {
  const inner = new Construct(scope, 'Keda');
  if (scope instanceof Chart)
    new kubernetes.KubernetesPlatform(inner, 'Platform', { keda: { prometheusAddress: 'http://prometheus:9090' } });
  scaled(target)(inner);
};

/** What messages advise, each with a definition that follows the advice. */
const WAYS: { readonly [mention: string]: (scope: Construct) => void } = {
  'Gpu.nvidia': served(() => ({ gpu: Gpu.nvidia() })),
  'HealthCheck.http': served(() => ({ healthCheck: HealthCheck.http('/healthz') })),
  'PrometheusTarget.ofAverage': withKeda(() => PrometheusTarget.ofAverage('waiting', 'avg(waiting)', 4)),
  'PrometheusTarget.ofTotal': withKeda(() => PrometheusTarget.ofTotal('waiting', 'sum(waiting)', 4)),
  'KubernetesSecret.fromName': served(() => ({ secrets: { A: kubernetes.KubernetesSecret.fromName('a', 'b') } })),
  'Model.fromOci': served(() => ({ model: Model.fromOci(OCI) })),
  'Model.fromS3': served(() => ({ model: Model.fromS3('s3://acme/net/') })),
  'Model.inImage': served(() => ({ model: Model.inImage('/app/net') })),
  'ModelDelivery.copy': served(() => ({ model: Model.fromOci(OCI, { delivery: ModelDelivery.copy() }) })),
  'ModelServer.command': served(() => ({ server: command({ behavior }), smokeTest, healthCheck })),
  'ModelServer.fromImage': served(() => ({
    server: ModelServer.fromImage({ behavior }),
    smokeTest,
    healthCheck,
    port: 80,
  })),
  'ModelServer.gunicorn': served(() => ({ server: ModelServer.gunicorn({ app: 'app' }) })),
  'OwnAddress.HEADER': served(() => ({ ownAddress: OwnAddress.HEADER })),
  'OwnAddress.NONE': served(() => ({ ownAddress: OwnAddress.NONE })),
  'Rollout.inPlace': served(() => ({ rollout: Rollout.inPlace({ allowDowntime: true }) })),
  'Rollout.surge': served(() => ({ rollout: Rollout.surge() })),
  'ScalingTarget.byPlatform': scaled(() => {
    const cpu = ScalingTarget.cpuUtilization(60);
    return ScalingTarget.byPlatform({ aws: cpu, kubernetes: cpu, test: cpu });
  }),
  'ScalingTarget.cpuUtilization': scaled(() => ScalingTarget.cpuUtilization(60)),
  'ScalingTarget.memoryUtilization': scaled(() => ScalingTarget.memoryUtilization(60)),
  'ScalingTarget.ongoingRequests': scaled(() => ScalingTarget.ongoingRequests(4)),
  'ScratchVolume.at': served(() => ({ scratch: [ScratchVolume.at('/tmp', { size: Size.gibibytes(1) })] })),
  'SecretValue.fromName': served(() => ({ secrets: { A: SecretValue.fromName('a', { key: 'a' }) } })),
  'ServerImage.fromRegistry': served(() => ({ image: ServerImage.fromRegistry('acme/svm:1.4.3') })),
  'ServerProtocol.HTTP1': served(() => ({ protocol: ServerProtocol.HTTP1 })),
  'aws.MetricTarget': scaled(waiting),
  'aws.MetricTarget.ofAverage': scaled(waiting),
  'kubernetes.MetricTarget.ofAverage': scaled(() => kubernetes.MetricTarget.ofAverage('waiting', 4)),
};

/** Advice about what tests of their own follow: several objects, or another file. */
const ELSEWHERE = new Set([
  'Gateway.fromName',
  'HealthCheck.grpc',
  'Model.fromDirectory',
  'Model.fromVolume',
  'ServerImage.fromEnvironment',
  'ServerProtocol.GRPC',
  'aws.GpuCapacity.autoScalingGroup',
  'kubernetes.ClaimVolume.fromName',
]);

const NAME = /(?<![\w.'])(?:aws\.|kubernetes\.)?[A-Z]\w+(?:\.[a-zA-Z]\w+)/g;

/** The names of this package in the advice that a message ends with, except those of units. */
function mentionsIn(message: string): string[] {
  const way = message.slice(message.indexOf(';') + 1);
  return [...new Set(way.match(NAME) ?? [])].filter(
    (name) => !/^(?:Duration|Size)\.|^HttpMethod\.|^[A-Z]\w+\.(?:md|json)$/.test(name) && !ELSEWHERE.has(name),
  );
}

/** Each advice once for each target that gives it. */
function advised(): [mention: string, target: TargetName][] {
  const found = REFUSED.filter(({ message }) => message.includes(';')).flatMap(({ message, on = TARGET_NAMES }) =>
    mentionsIn(message).flatMap((mention) => on.map((target) => `${mention} ${target}`)),
  );
  return [...new Set(found)].map((pair) => pair.split(' ') as [string, TargetName]);
}

test.each(advised())('the advice %s is accepted on %s, which gives it', (mention, target) => {
  const follow = WAYS[mention];
  expect({ mention, isKnown: follow !== undefined }).toEqual({ mention, isKnown: true });
  expect(refusalOf(target, follow as (scope: Construct) => void)).toBeUndefined();
});

/** The error of a definition behind a gateway with this profile. */
function refusalBehind(profile: kubernetes.GatewayProfile, define: (scope: Construct) => void): string | undefined {
  const chart = new Chart(new Cdk8sApp(), 'Serving');
  new kubernetes.KubernetesPlatform(chart, 'Platform', {
    gateway: kubernetes.Gateway.fromName('edge', { profile }),
  });
  try {
    define(chart);
    return chart.node.findAll().flatMap((construct) => construct.node.validate())[0];
  } catch (error) {
    return (error as Error).message;
  }
}

/** Advice to use another profile, with what it renders. */
const PROFILES: { readonly [mention: string]: () => string | undefined } = {
  'GatewayProfile.ENVOY_GATEWAY': () =>
    refusalBehind(
      kubernetes.GatewayProfile.ENVOY_GATEWAY,
      served(() => ({ stickySession: {} })),
    ),
};

/** What each target refuses as a whole, in its own words. */
const PLATFORMS: [
  name: string,
  platform: kubernetes.KubernetesPlatform | aws.EcsPlatform,
  refusal: (define: (scope: Construct) => void) => string | undefined,
][] = [
  ['AWS', new aws.EcsPlatform(new Stack(new CdkApp(), 'Serving'), 'Platform'), (define) => refusalOf('aws', define)],
  [
    'the router',
    new kubernetes.KubernetesPlatform(new Chart(new Cdk8sApp(), 'serving'), 'Platform'),
    (define) => refusalOf('kubernetes', define),
  ],
  ...GATEWAY_PROFILES.map((profile, index): (typeof PLATFORMS)[number] => [
    `gateway profile ${index + 1}`,
    new kubernetes.KubernetesPlatform(new Chart(new Cdk8sApp(), 'serving'), 'Platform', {
      gateway: kubernetes.Gateway.fromName('edge', { profile }),
    }),
    (define) => refusalBehind(profile, define),
  ]),
];

test.each(PLATFORMS)('%s accepts what it advises instead of a feature that it refuses', (_name, platform, refusal) => {
  const refused = platform._target.capabilities.filter(({ level }) => level === SupportLevel.REFUSED);
  expect(refused.length).toBeGreaterThan(0);
  for (const { feature, detail } of refused) {
    for (const mention of mentionsIn(detail)) {
      const way = WAYS[mention];
      const follow = PROFILES[mention] ?? (way === undefined ? undefined : () => refusal(way));
      expect({ feature, mention, isKnown: follow !== undefined }).toEqual({ feature, mention, isKnown: true });
      expect({ feature, mention, refusal: follow?.() }).toEqual({ feature, mention, refusal: undefined });
    }
  }
});
