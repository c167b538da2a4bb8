import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { TargetPlatform } from '../../../constructs/target-platform';
import type { ServingPlan } from '../../../plan/plan';
import { EXIT_SECONDS } from '../../../plan/rules';
import { renderError } from '../../../private/errors';
import { Component, labelsOf } from '../labels';
import { addObject, namespaceOf } from '../objects';
import { MAX_BUFFERS_MIB } from './buffers';
import { ConfigMaps, MAX_FILE_BYTES } from './config-maps';
import type { GuardOptions } from './guards';
import { isConfiguration, longestRequest, type RouterFiles, renderHaproxy } from './haproxy';
import { ROUTER_IMAGE, ROUTER_USER } from './image';
import { ADDRESS_VARIABLE, type HaproxyOptions, HEALTH_PATH, NAMESPACE_VARIABLE, ROUTER_PORT } from './options';
import { poolsOf, slotsOf } from './pools';
import { discoverySeconds } from './resolvers';

/** Properties of the router. */
export interface RouterProps extends GuardOptions {
  /** The platform whose plan it implements. */
  readonly platform: TargetPlatform;
  /** The name of its objects. */
  readonly name: string;
  /** An image with HAProxy 2.6 or newer, instead of the default. */
  readonly image?: string;
  /** The number of replicas. */
  readonly replicas?: number;
  /** The domain of the cluster's Services. */
  readonly clusterDomain?: string;
  /** The Secrets to pull its image with. */
  readonly imagePullSecrets?: string[];
}

const PORT = 8080;
const ADMIN_PORT = 8404;
const CONFIG_FOLDER = '/usr/local/etc/haproxy';

/** How long a stopping replica still accepts connections, until every node has removed it from the Service. */
const PRE_STOP_SECONDS = 5;

/**
 * The built-in router: HAProxy behind a Service, configured from the plan.
 *
 * The objects are children of this construct: `ServiceAccount`, `ConfigMap` (and `ConfigMap2` and so on if its files need
 * more than one), `Deployment`, `PodDisruptionBudget` and `Service`.
 */
export class Router extends Construct {
  public readonly serviceAccount: ApiObject;
  public readonly deployment: ApiObject;
  public readonly podDisruptionBudget: ApiObject;
  public readonly service: ApiObject;

  private readonly platform: TargetPlatform;
  private readonly configMaps: ConfigMaps;
  private readonly host: string;
  private readonly options: HaproxyOptions;
  private memo?: { readonly plan: ServingPlan; readonly files: RouterFiles };

  constructor(scope: Construct, id: string, props: RouterProps) {
    super(scope, id);
    const { name, replicas = 2, clusterDomain = 'cluster.local' } = props;
    const { trustedProxies, maxConnectionsPerSource, underscoresInHeaders } = props;
    const guards: GuardOptions = { trustedProxies, maxConnectionsPerSource, underscoresInHeaders };
    const { selector: matchLabels, all: labels } = labelsOf(Component.ROUTER, name, this);
    const namespace = namespaceOf(this);
    this.platform = props.platform;
    this.host = namespace === undefined ? name : `${name}.${namespace}.svc.${clusterDomain}`;
    this.options = { clusterDomain, replicas, port: PORT, adminPort: ADMIN_PORT, ...guards };
    this.node.addValidation({ validate: () => this.validateFiles() });

    const add = (kind: string, apiVersion: string, body: Record<string, unknown>): ApiObject =>
      addObject(this, kind, { apiVersion, kind, name, labels, body });
    const selector = { matchLabels };
    this.serviceAccount = add('ServiceAccount', 'v1', { automountServiceAccountToken: false });
    this.configMaps = new ConfigMaps(this, { name, labels }, () => this.files());
    this.deployment = add('Deployment', 'apps/v1', {
      spec: {
        replicas,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector,
        template: {
          metadata: { labels },
          spec: this.pod(props),
        },
      },
    });
    this.podDisruptionBudget = add('PodDisruptionBudget', 'policy/v1', {
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    });
    this.service = add('Service', 'v1', {
      spec: {
        type: 'ClusterIP',
        selector: matchLabels,
        ports: [{ name: 'http', port: ROUTER_PORT, targetPort: 'http', protocol: 'TCP' }],
      },
    });
  }

  /** The URL of a path for clients in the cluster; if the chart has no namespace, for clients in the router's namespace. */
  public url(path: string): string {
    return `http://${this.host}${path}`;
  }

  private files(): RouterFiles {
    const plan = this.platform.plan();
    if (this.memo?.plan !== plan) this.memo = { plan, files: renderHaproxy(plan, this.options) };
    return this.memo.files;
  }

  private command(): string[] {
    const configurations = Object.keys(this.files()).filter(isConfiguration);
    return ['haproxy', '-db', ...configurations.flatMap((file) => ['-f', `${CONFIG_FOLDER}/${file}`])];
  }

  private validateFiles(): string[] {
    const files = Object.entries(this.files()).map(([file, text]) => ({ file, bytes: Buffer.byteLength(text) }));
    this.configMaps.complete();
    return files
      .filter(({ bytes }) => bytes > MAX_FILE_BYTES)
      .map(({ file, bytes }) => {
        const message = `'${file}' of the router (${bytes} bytes) must be at most ${MAX_FILE_BYTES} bytes to fit into a ConfigMap; move some endpoints to another chart`;
        return renderError('TooManyRules', message, this.node.path);
      });
  }

  private pod(props: RouterProps): Record<string, unknown> {
    const { name, imagePullSecrets } = props;
    const spread = (topologyKey: string) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labelsOf(Component.ROUTER, name, this).selector },
    });
    return {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: imagePullSecrets?.length ? imagePullSecrets.map((secret) => ({ name: secret })) : undefined,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: ROUTER_USER,
        runAsGroup: ROUTER_USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      terminationGracePeriodSeconds: Lazy.any({
        produce: () => PRE_STOP_SECONDS + longestRequest(this.platform.plan()) + EXIT_SECONDS,
      }),
      topologySpreadConstraints: [spread('topology.kubernetes.io/zone'), spread('kubernetes.io/hostname')],
      containers: [this.container(props)],
      // HAProxy reads its files at startup only. Their digest is in the names, so a change replaces the Pods.
      volumes: Lazy.any({ produce: () => [{ name: 'config', ...this.configMaps.volume() }] }),
    };
  }

  private container(props: RouterProps): Record<string, unknown> {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const port = (name: string, containerPort: number) => ({ name, containerPort, protocol: 'TCP' });
    const httpGet = { path: HEALTH_PATH, port: 'admin' };
    return {
      name: 'router',
      image: props.image ?? ROUTER_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      command: Lazy.any({ produce: () => this.command() }),
      env: [field(NAMESPACE_VARIABLE, 'metadata.namespace'), field(ADDRESS_VARIABLE, 'status.podIP')],
      ports: [port('http', PORT), port('admin', ADMIN_PORT)],
      resources: Lazy.any({ produce: () => resourcesFor(this.platform.plan()) }),
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: ROUTER_USER,
      },
      readinessProbe: {
        httpGet,
        initialDelaySeconds: Lazy.any({ produce: () => discoverySeconds(poolsOf(this.platform.plan()).length) }),
        periodSeconds: 5,
        timeoutSeconds: 2,
        failureThreshold: 2,
      },
      livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
      volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
    };
  }
}

/**
 * The resources of a replica: a base amount for connections, and an amount for each server slot. The limit also covers all
 * buffers, which only heads of 64 KiB on all connections at once would fill.
 */
function resourcesFor(plan: ServingPlan): Record<string, Record<string, string>> {
  const slots = poolsOf(plan).reduce((sum, pool) => sum + slotsOf(pool), 0);
  const mib = MEMORY_MIB + Math.ceil((slots * SLOT_KIB) / 1024);
  return {
    requests: { cpu: '250m', memory: `${mib}Mi` },
    limits: { memory: `${mib + MAX_BUFFERS_MIB}Mi` },
  };
}

const MEMORY_MIB = 256;
const SLOT_KIB = 32;
