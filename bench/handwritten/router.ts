import { createHash } from 'node:crypto';
import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { FleetEndpoint } from '../fleet';
import { haproxyFiles } from './haproxy';
import { versionsOf } from './models';

const USER = 99;
const FOLDER = '/usr/local/etc/haproxy';

/** HAProxy in front of a set of endpoints. */
export class Router extends Construct {
  private readonly selector: Record<string, string>;
  private readonly labels: Record<string, string>;

  constructor(
    scope: Construct,
    private readonly name: string,
    private readonly endpoints: FleetEndpoint[],
  ) {
    super(scope, 'Router');
    this.selector = { 'serving-constructs/router': name };
    this.labels = {
      'app.kubernetes.io/name': 'serving-constructs',
      'app.kubernetes.io/instance': name,
      'app.kubernetes.io/component': 'router',
      'app.kubernetes.io/part-of': Chart.of(this).node.id,
      'app.kubernetes.io/managed-by': 'cdk8s',
      ...this.selector,
    };
    const selector = { matchLabels: this.selector };
    const files = haproxyFiles(endpoints);
    const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
    this.add('ServiceAccount', 'v1', { automountServiceAccountToken: false });
    this.add('ConfigMap', 'v1', { immutable: true, data: files }, { name: `${name}-${digest}` });
    this.add('Deployment', 'apps/v1', {
      spec: {
        replicas: 2,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector,
        template: {
          metadata: { labels: this.labels },
          spec: this.pod(`${name}-${digest}`),
        },
      },
    });
    this.add('PodDisruptionBudget', 'policy/v1', {
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    });
    const spec = {
      type: 'ClusterIP',
      selector: this.selector,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    };
    this.add('Service', 'v1', { spec }, { annotations: this.urls() });
  }

  private add(
    kind: string,
    apiVersion: string,
    body: Record<string, unknown>,
    own: { readonly name?: string; readonly annotations?: Record<string, string> } = {},
  ): void {
    const metadata = { name: this.name, labels: this.labels, ...own };
    new ApiObject(this, kind, { apiVersion, kind, metadata, ...body });
  }

  private urls(): Record<string, string> {
    return Object.fromEntries(
      this.endpoints.map(({ name }) => [`url.serving-constructs/${name}`, `http://${this.name}/${name}`]),
    );
  }

  private pod(config: string) {
    return {
      serviceAccountName: this.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      terminationGracePeriodSeconds: 80,
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: this.selector },
      })),
      containers: [this.container()],
      volumes: [{ name: 'config', configMap: { name: config } }],
    };
  }

  private container() {
    const httpGet = { path: '/healthz', port: 'admin' };
    const mib = this.memory();
    return {
      name: 'router',
      image: 'haproxy:3.2.25-alpine@sha256:5d97434a423c2533cfeb42874d45cf6d69a840b60334582dfbfd5008e94c80be',
      imagePullPolicy: 'IfNotPresent',
      command: ['haproxy', '-db', '-f', `${FOLDER}/haproxy.cfg`],
      env: [
        { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      ports: [
        { name: 'http', containerPort: 8080, protocol: 'TCP' },
        { name: 'admin', containerPort: 8404, protocol: 'TCP' },
      ],
      resources: { requests: { cpu: '250m', memory: `${mib}Mi` }, limits: { memory: `${mib + 762}Mi` } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: USER,
      },
      readinessProbe: { httpGet, initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
      livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
      volumeMounts: [{ name: 'config', mountPath: FOLDER, readOnly: true }],
    };
  }

  /** MiB: a base amount, and 32 KiB for each replica that a backend can have during a rollout. */
  private memory(): number {
    const places = this.endpoints.flatMap(versionsOf).reduce((sum, { scaling }) => sum + 2 * (scaling?.max ?? 1), 0);
    return 256 + Math.ceil(places / 32);
  }
}
