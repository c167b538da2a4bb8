/** Objects of one set that every check accepts. */

/** A change of an object, and the expected finding. */
export type Case = readonly [what: string, changes: { readonly [path: string]: unknown }, finding: RegExp];

export const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', labels: { 'app.kubernetes.io/name': 'app' } },
  spec: {
    minReadySeconds: 10,
    progressDeadlineSeconds: 1800,
    selector: { matchLabels: { app: 'app' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '0%' } },
    template: {
      metadata: { labels: { app: 'app' } },
      spec: {
        serviceAccountName: 'app',
        terminationGracePeriodSeconds: 100,
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { app: 'app' } },
            matchLabelKeys: ['pod-template-hash'],
          },
        ],
        initContainers: [
          { name: 'fetch', image: 'fetch:1', volumeMounts: [{ name: 'model', mountPath: '/models' }] },
          { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 9000 } } },
        ],
        containers: [
          {
            name: 'server',
            image: 'server:1',
            ports: [{ name: 'http', containerPort: 8000 }],
            env: [
              { name: 'PORT', value: '8000' },
              { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } },
            ],
            lifecycle: { preStop: { sleep: { seconds: 35 } } },
            startupProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, failureThreshold: 60 },
            livenessProbe: { tcpSocket: { port: 'http' } },
            readinessProbe: { exec: { command: ['true'] }, successThreshold: 2 },
            resources: {
              limits: { memory: '2Gi', 'nvidia.com/gpu': '1' },
              requests: { cpu: '500m', memory: '2Gi', 'nvidia.com/gpu': 1 },
            },
            volumeMounts: [
              { name: 'model', mountPath: '/models', readOnly: true },
              { name: 'shm', mountPath: '/dev/shm' },
              { name: 'weights', mountPath: '/weights', subPath: 'models' },
            ],
          },
        ],
        volumes: [
          { name: 'model', emptyDir: { sizeLimit: '10Gi' } },
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
          { name: 'weights', image: { reference: 'registry.example/weights@sha256:0', pullPolicy: 'IfNotPresent' } },
          { name: 'config', configMap: { name: 'config', items: [{ key: 'a', path: 'a' }] } },
        ],
      },
    },
  },
};

/** Paths into the Deployment. */
export const pod = 'spec.template.spec';
export const server = `${pod}.containers[0]`;

export const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'app' },
  spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

export const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'app' },
  spec: {
    minReplicas: 2,
    maxReplicas: 8,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    behavior: {
      scaleDown: {
        stabilizationWindowSeconds: 600,
        tolerance: '0.05',
        policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
      },
    },
  },
};

export const pdb = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'app' },
  spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: { app: 'app' } } },
};

export const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data: { a: 'x' } };
export const account = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'app' },
  automountServiceAccountToken: false,
};
export const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'app' },
  spec: {
    podSelector: { matchLabels: { app: 'app' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 8000, protocol: 'TCP' }] }],
  },
};

export const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store' },
  spec: {
    serviceName: 'store',
    selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['store'] }] },
    template: { metadata: { labels: { app: 'store' } }, spec: { containers: [{ name: 'store', image: 'store:1' }] } },
  },
};

export const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'stop' },
  spec: {
    schedule: '0 20 * * 1-5',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'stop', image: 'stop:1' }] } } },
    },
  },
};

export const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { value: 'c2VjcmV0' } };
