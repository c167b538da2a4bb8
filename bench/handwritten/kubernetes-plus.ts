import { ApiObject, type App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { FleetPlatform } from '../fleet';
import { FETCH_IMAGE, FETCH_SCRIPT, PORT, PORT_NAME, USER, type Version, versionsOf } from './models';
import { Router } from './router';

const CONTAINER_SECURITY: kplus.ContainerSecurityContextProps = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  ensureNonRoot: true,
  user: USER,
};

const RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.units(1) },
  memory: { request: Size.gibibytes(2), limit: Size.gibibytes(2) },
};

class Backend extends Construct {
  private readonly selector: Record<string, string>;
  private readonly labels: Record<string, string>;

  constructor(
    scope: Construct,
    private readonly version: Version,
  ) {
    super(scope, version.name);
    const { slug } = version;
    this.selector = { 'serving-constructs/backend': slug };
    this.labels = {
      'app.kubernetes.io/name': 'serving-constructs',
      'app.kubernetes.io/instance': slug,
      'app.kubernetes.io/component': 'backend',
      'app.kubernetes.io/part-of': Chart.of(this).node.id,
      'app.kubernetes.io/managed-by': 'cdk8s',
      ...this.selector,
    };
    const serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', {
      metadata: { name: slug, labels: this.labels },
      automountToken: false,
    });
    const deployment = this.addDeployment(serviceAccount);
    this.addService('Service', slug, undefined);
    this.addService('PodsService', `${slug}-pods`, 'None');
    this.addScaling(deployment);
  }

  private addDeployment(serviceAccount: kplus.ServiceAccount): kplus.Deployment {
    const { slug, graceSeconds, progressSeconds, scaling, model } = this.version;
    const deployment = new kplus.Deployment(this, 'Deployment', {
      metadata: { name: slug, labels: this.labels, annotations: this.annotations() },
      podMetadata: { labels: this.labels },
      select: false,
      replicas: scaling === undefined ? 1 : undefined,
      minReady: Duration.seconds(10),
      progressDeadline: Duration.seconds(progressSeconds),
      strategy: kplus.DeploymentStrategy.rollingUpdate({
        maxSurge: kplus.PercentOrAbsolute.percent(100),
        maxUnavailable: kplus.PercentOrAbsolute.absolute(0),
      }),
      serviceAccount,
      automountServiceAccountToken: false,
      terminationGracePeriod: Duration.seconds(graceSeconds),
      securityContext: {
        ensureNonRoot: true,
        user: USER,
        fsGroup: USER,
        fsGroupChangePolicy: kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
      },
    });
    deployment.select(kplus.LabelSelector.of({ labels: this.selector }));
    const tmp = kplus.Volume.fromEmptyDir(this, 'Tmp', 'tmp');
    const server = deployment.addContainer(this.server());
    server.mount('/tmp', tmp);
    if (model !== undefined) {
      const volume = kplus.Volume.fromEmptyDir(this, 'Model', 'model-0');
      server.mount(model.path, volume, { readOnly: true });
      const fetch = deployment.addInitContainer(this.fetch(model.uri));
      fetch.mount('/model', volume);
      fetch.mount('/tmp', tmp);
    }
    this.complete(deployment);
    return deployment;
  }

  /** Adds fields that cdk8s-plus does not support. Its objects would drop unknown fields of a JSON patch. */
  private complete(deployment: kplus.Deployment): void {
    const spread = (topologyKey: string) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: this.selector },
      matchLabelKeys: ['pod-template-hash'],
    });
    const object = ApiObject.of(deployment);
    const toJson = object.toJson.bind(object);
    object.toJson = () => {
      const manifest = toJson();
      const { template } = manifest.spec;
      template.metadata.labels = this.labels;
      template.spec.enableServiceLinks = false;
      template.spec.securityContext.seccompProfile = { type: 'RuntimeDefault' };
      template.spec.topologySpreadConstraints = [
        spread('topology.kubernetes.io/zone'),
        spread('kubernetes.io/hostname'),
      ];
      template.spec.containers[0].lifecycle = { preStop: { sleep: { seconds: 35 } } };
      for (const container of [...template.spec.containers, ...(template.spec.initContainers ?? [])])
        container.securityContext.capabilities = { drop: ['ALL'] };
      return manifest;
    };
  }

  private server(): kplus.ContainerProps {
    const { image, command, environment, healthPath } = this.version;
    const timing = { port: PORT, periodSeconds: Duration.seconds(10), timeoutSeconds: Duration.seconds(5) };
    const ready = (options: kplus.HttpGetProbeOptions): kplus.Probe =>
      healthPath === undefined ? kplus.Probe.fromTcpSocket(options) : kplus.Probe.fromHttpGet(healthPath, options);
    return {
      name: 'server',
      image,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      command,
      envVariables: Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)]),
      ),
      ports: [{ name: PORT_NAME, number: PORT, protocol: kplus.Protocol.TCP }],
      resources: RESOURCES,
      securityContext: CONTAINER_SECURITY,
      startup: ready({ ...timing, failureThreshold: 30 }),
      readiness: ready({ ...timing, successThreshold: 2, failureThreshold: 3 }),
      liveness: kplus.Probe.fromTcpSocket({
        port: PORT,
        periodSeconds: Duration.seconds(30),
        timeoutSeconds: Duration.seconds(5),
        failureThreshold: 5,
      }),
    };
  }

  private fetch(uri: string): kplus.ContainerProps {
    return {
      name: 'fetch-0',
      image: FETCH_IMAGE,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      command: ['sh', '-c'],
      // The kubelet replaces `$$` by `$`, and would expand `$(...)`.
      args: [FETCH_SCRIPT.replaceAll('$', '$$$$'), 'fetch', uri, '/model/'],
      envVariables: { HOME: kplus.EnvValue.fromValue('/tmp') },
      resources: RESOURCES,
      securityContext: CONTAINER_SECURITY,
    };
  }

  private annotations(): Record<string, string> {
    const { name, model } = this.version;
    if (model === undefined) return { 'serving-constructs/name': name };
    return {
      'serving-constructs/name': name,
      'serving-constructs/models': JSON.stringify([{ name: 'v1', uri: model.uri, path: model.path }]),
    };
  }

  private addService(id: string, name: string, clusterIP: 'None' | undefined): void {
    const service = new kplus.Service(this, id, {
      metadata: { name, labels: this.labels },
      type: kplus.ServiceType.CLUSTER_IP,
      clusterIP,
      ports: [{ name: PORT_NAME, port: 80, targetPort: PORT, protocol: kplus.Protocol.TCP }],
    });
    for (const [key, value] of Object.entries(this.selector)) service.selectLabel(key, value);
  }

  private addScaling(target: kplus.Deployment): void {
    const { slug, scaling } = this.version;
    if (scaling === undefined) return;
    const duration = Duration.seconds(15);
    new kplus.HorizontalPodAutoscaler(this, 'HorizontalPodAutoscaler', {
      metadata: { name: slug, labels: this.labels },
      target,
      minReplicas: scaling.min,
      maxReplicas: scaling.max,
      metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(scaling.cpuPercent))],
      // The default policies of Kubernetes, because those of cdk8s-plus differ.
      scaleUp: {
        stabilizationWindow: Duration.seconds(30),
        policies: [
          { replicas: kplus.Replicas.absolute(4), duration },
          { replicas: kplus.Replicas.percent(100), duration },
        ],
      },
      scaleDown: {
        stabilizationWindow: Duration.minutes(10),
        policies: [{ replicas: kplus.Replicas.percent(100), duration }],
      },
    });
    new ApiObject(this, 'PodDisruptionBudget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: slug, labels: this.labels },
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: this.selector } },
    });
  }
}

/** The fleet on Kubernetes, written with cdk8s-plus. */
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
