/** Definitions that use all settings of a target, and definitions with every server of the catalog. */
import { type App as CdkApp, Stack } from 'aws-cdk-lib';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Backend,
  Duration,
  HealthCheck,
  Model,
  ModelServer,
  Rollout,
  ScalingTarget,
  ServerImage,
  ServingEndpoint,
  ServingPlatform,
} from '../../src';
import { Gateway, type GatewayProfile, KubernetesPlatform } from '../../src/kubernetes';
import { SERVERS } from '../servers/servers';
import { newApp } from '../support/aws';
import { everything } from '../support/aws-everything';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import type { Tables } from './account';
import { CLOUDFORMATION_ROWS } from './cloudformation-rows';
import { gatewayRows } from './gateway-rows';
import { KUBERNETES_ROWS, ROUTER_POD_ROWS, TEXT_ROWS } from './kubernetes-rows';
import { type Rendered, renderedByApp, renderedByChart } from './rendered';
import { ROUTER_ROWS } from './router-rows';

/** A target with its tables, and with definitions that use every row. */
export interface Subject {
  readonly name: string;
  readonly tables: Tables;
  readonly render: () => Rendered[];
}

/** One of everything with a time, each with a different value. */
function rich(scope: Construct): void {
  const classify = new ServingEndpoint(scope, 'classify', { path: '/classify', requestTimeout: Duration.seconds(93) });
  const svm = classify.addBackend('SVM:v1', {
    ...backendOptions({
      maxConcurrency: 8,
      models: [Model.fromS3('s3://acme/svm/', { path: 'svm' }), Model.fromS3('s3://acme/words/', { path: 'words' })],
    }),
    loadTimeout: Duration.minutes(7),
    rollout: Rollout.surge({ percent: 25 }),
  });
  svm.autoscale({
    minReplicas: 2,
    maxReplicas: 8,
    targets: [ScalingTarget.cpuUtilization(60)],
    scaleUpDelay: Duration.seconds(31),
    scaleDownDelay: Duration.seconds(613),
  });
  classify.addBackend(
    'ResNet50:v2',
    backendOptions({
      server: ModelServer.uvicorn({ app: 'serve' }),
      healthCheck: HealthCheck.http('/healthz', {
        interval: Duration.seconds(21),
        timeout: Duration.seconds(4),
        initialDelay: Duration.seconds(17),
        startup: { path: '/started', interval: Duration.seconds(13), timeout: Duration.seconds(11) },
        liveness: { path: '/live', interval: Duration.seconds(28), timeout: Duration.seconds(19) },
      }),
    }),
  );
  const streaming = { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(61) };
  new ServingEndpoint(scope, 'stream', { path: '/stream', streaming }).addBackend('v1', backendOptions());
}

/** A backend whose clients keep their replica. */
function sticky(scope: Construct): void {
  const stickySession = { maxAge: Duration.seconds(5407) };
  new ServingEndpoint(scope, 'sticky').addBackend('v1', backendOptions({ stickySession }));
}

/** Every server, each with a separate endpoint. */
function catalog(scope: Construct, names: readonly string[]): void {
  SERVERS.filter(({ name }) => names.includes(name)).forEach(({ server }, index) => {
    const endpoint = new ServingEndpoint(scope, `endpoint-${index}`, {
      path: `/${index}`,
      requestTimeout: Duration.seconds(30 + index),
    });
    endpoint.attachBackend(
      new Backend(scope, `backend-${index}`, {
        image: ServerImage.fromRegistry('acme/server:1.0.0'),
        model: Model.fromS3('s3://acme/m/', { path: 'm' }),
        server,
      }),
    );
  });
}

const ALL = SERVERS.map(({ name }) => name);
/** Servers whose keep-alive is too short for a shared load balancer. */
const SHORT = ['granian', 'llama.cpp', 'MLServer', 'MLServer without workers'];

function onAws(define: (scope: Construct) => void): Rendered {
  const app = newApp();
  const stack = new Stack(app, 'Serving');
  define(stack);
  return renderedByApp(app as CdkApp, ServingPlatform.of(stack));
}

function onKubernetes(define: (scope: Construct) => void, profile?: GatewayProfile): Rendered {
  const chart = new Chart(new App(), 'serving');
  if (profile !== undefined)
    new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('inference', { profile }) });
  define(chart);
  return renderedByChart(chart, ServingPlatform.of(chart));
}

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'an Application Load Balancer',
    tables: { field: CLOUDFORMATION_ROWS },
    render: () => {
      const app = newApp();
      const platform = everything(app);
      return [
        renderedByApp(app, platform),
        onAws(sticky),
        onAws((scope) =>
          catalog(
            scope,
            ALL.filter((name) => !SHORT.includes(name)),
          ),
        ),
      ];
    },
  },
  {
    name: 'the router',
    tables: { field: [...KUBERNETES_ROWS, ...ROUTER_POD_ROWS], router: ROUTER_ROWS, text: TEXT_ROWS },
    render: () => [onKubernetes(rich), onKubernetes(sticky), onKubernetes((scope) => catalog(scope, ALL))],
  },
  ...GATEWAY_PROFILES.map((profile): Subject => {
    const behind = (define: (scope: Construct) => void) => onKubernetes(define, profile);
    // A server with a short keep-alive requires a gateway that closes connections.
    const endsConnections = profile.options.policies?.some(({ props }) => props.closesConnections) ?? false;
    const keepsReplicas = profile.options.policies?.some(({ props }) => props.features?.stickyReplicas) ?? false;
    return {
      name: profile.name,
      tables: { field: [...KUBERNETES_ROWS, ...gatewayRows(profile)], text: TEXT_ROWS },
      render: () => [
        behind(rich),
        ...(keepsReplicas ? [behind(sticky)] : []),
        ...(endsConnections ? [behind((scope) => catalog(scope, ALL))] : []),
      ],
    };
  }),
];
