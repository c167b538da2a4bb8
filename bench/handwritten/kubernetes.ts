import { ApiObject, type App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { FleetPlatform } from '../fleet';
import { FETCH_IMAGE, FETCH_SCRIPT, PORT, PORT_NAME, USER, type Version, versionsOf } from './models';
import { Router } from './router';

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: USER,
};

const RESOURCES = { requests: { cpu: '1', memory: '2048Mi' }, limits: { memory: '2048Mi' } };

class Backend extends Construct {
  private readonly selector: Record<string, string>;
  private readonly labels: Record<string, string>;

  constructor(
    scope: Construct,
    private readonly version: Version,
  ) {
    super(scope, version.name);
    const { slug, scaling } = version;
    this.selector = { 'serving-constructs/backend': slug };
    this.labels = {
      'app.kubernetes.io/name': 'serving-constructs',
      'app.kubernetes.io/instance': slug,
      'app.kubernetes.io/component': 'backend',
      'app.kubernetes.io/part-of': Chart.of(this).node.id,
      'app.kubernetes.io/managed-by': 'cdk8s',
      ...this.selector,
    };
    const selector = { matchLabels: this.selector };
    this.add('ServiceAccount', 'v1', { automountServiceAccountToken: false });
    this.add('Deployment', 'apps/v1', { spec: this.deployment() }, this.annotations());
    this.add('Service', 'v1', { spec: this.service(undefined) });
    new ApiObject(this, 'PodsService', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${slug}-pods`, labels: this.labels },
      spec: this.service('None'),
    });
    if (scaling === undefined) return;
    this.add('HorizontalPodAutoscaler', 'autoscaling/v2', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: slug },
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: scaling.cpuPercent } },
          },
        ],
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 30 },
          scaleDown: { stabilizationWindowSeconds: 600 },
        },
      },
    });
    this.add('PodDisruptionBudget', 'policy/v1', {
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    });
  }

  private add(
    kind: string,
    apiVersion: string,
    body: Record<string, unknown>,
    annotations?: Record<string, string>,
  ): ApiObject {
    return new ApiObject(this, kind, {
      apiVersion,
      kind,
      metadata: { name: this.version.slug, labels: this.labels, annotations },
      ...body,
    });
  }

  private annotations(): Record<string, string> {
    const { name, model } = this.version;
    if (model === undefined) return { 'serving-constructs/name': name };
    return {
      'serving-constructs/name': name,
      'serving-constructs/models': JSON.stringify([{ name: 'v1', uri: model.uri, path: model.path }]),
    };
  }

  private service(clusterIP: 'None' | undefined) {
    return {
      type: 'ClusterIP',
      clusterIP,
      selector: this.selector,
      ports: [{ name: PORT_NAME, port: 80, targetPort: PORT_NAME, protocol: 'TCP' }],
    };
  }

  private deployment() {
    return {
      replicas: this.version.scaling === undefined ? 1 : undefined,
      minReadySeconds: 10,
      progressDeadlineSeconds: this.version.progressSeconds,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } },
      selector: { matchLabels: this.selector },
      template: { metadata: { labels: this.labels }, spec: this.pod() },
    };
  }

  private pod() {
    const { slug, graceSeconds, model } = this.version;
    return {
      serviceAccountName: slug,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      terminationGracePeriodSeconds: graceSeconds,
      topologySpreadConstraints: [this.spread('topology.kubernetes.io/zone'), this.spread('kubernetes.io/hostname')],
      initContainers: model === undefined ? undefined : [this.fetch(model.uri)],
      containers: [this.server()],
      volumes: [{ name: 'tmp', emptyDir: {} }, ...(model === undefined ? [] : [{ name: 'model-0', emptyDir: {} }])],
    };
  }

  private spread(topologyKey: string) {
    return {
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: this.selector },
      matchLabelKeys: ['pod-template-hash'],
    };
  }

  private server() {
    const { image, command, environment, healthPath, model } = this.version;
    const ready =
      healthPath === undefined
        ? { tcpSocket: { port: PORT_NAME } }
        : { httpGet: { path: healthPath, port: PORT_NAME } };
    return {
      name: 'server',
      image,
      imagePullPolicy: 'IfNotPresent',
      command,
      env: Object.entries(environment).map(([name, value]) => ({ name, value })),
      ports: [{ name: PORT_NAME, containerPort: PORT, protocol: 'TCP' }],
      resources: RESOURCES,
      securityContext: CONTAINER_SECURITY,
      startupProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 30 },
      readinessProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 5, successThreshold: 2, failureThreshold: 3 },
      livenessProbe: { tcpSocket: { port: PORT_NAME }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 5 },
      lifecycle: { preStop: { sleep: { seconds: 35 } } },
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        ...(model === undefined ? [] : [{ name: 'model-0', mountPath: model.path, readOnly: true }]),
      ],
    };
  }

  private fetch(uri: string) {
    return {
      name: 'fetch-0',
      image: FETCH_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      command: ['sh', '-c'],
      // The kubelet replaces `$$` by `$`, and would expand `$(...)`.
      args: [FETCH_SCRIPT.replaceAll('$', '$$$$'), 'fetch', uri, '/model/'],
      env: [{ name: 'HOME', value: '/tmp' }],
      resources: RESOURCES,
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [
        { name: 'model-0', mountPath: '/model' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    };
  }
}

/** The fleet on Kubernetes, written with cdk8s. */
export function build(app: App, fleet: FleetPlatform[]): void {
  for (const { name, groups } of fleet) {
    new Router(
      new Chart(app, name),
      `${name}-router`,
      groups.flatMap((group) => group.endpoints),
    );
    for (const group of groups) {
      const chart = new Chart(app, group.name);
      for (const endpoint of group.endpoints) {
        const scope = new Construct(chart, endpoint.name);
        for (const version of versionsOf(endpoint)) new Backend(scope, version);
      }
    }
  }
}
