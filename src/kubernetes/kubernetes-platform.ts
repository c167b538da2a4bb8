import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AutoscalingPolicy } from '../constructs/autoscaling-policy';
import type { Backend } from '../constructs/backend';
import type { Intermediary } from '../constructs/intermediary';
import { enclosingChart } from '../constructs/private/platform-lookup';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { type ComputeLimits, ServingPlatform, type ServingPlatformProps } from '../constructs/serving-platform';
import type { TrafficSplit } from '../constructs/traffic-split';
import type { AttachmentIntent, BackendIntent } from '../plan/intents';
import type { TargetProfile } from '../plan/target-profile';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { imagesOf } from '../private/images/bundled-images';
import { checkOptions } from '../private/options';
import { Duration } from '../units/duration';
import { ServerImage } from '../workload/server-image';
import type { Gateway } from './gateway';
import { gatewayProfile, withWorkloads } from './private/profiles';
import type { KubernetesRenderer } from './private/renderer';
import { routerImageProblem } from './private/router/image';
import { routerProfile } from './private/router/profile';
import { checkTrust, trustWarnings } from './private/router/trust';
import { DEFAULT_VERSION, minorVersion } from './private/version';

/** Options of the built-in router. */
export interface RouterOptions {
  /**
   * How many pods route. Each counts shares for itself.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * The image of HAProxy, 2.6 or newer and built with PCRE2, by a tag that does not move, a digest, or both, as in `haproxy:3.2.25-alpine@sha256:...`.
   *
   * A release with known vulnerabilities causes a warning where the tag has its number. The image must have `haproxy` in
   * its path, the Prometheus exporter, and SIGUSR1 as its stop signal.
   *
   * @default - a long-term release of the Docker library's HAProxy, by tag and digest
   */
  readonly image?: string;

  /**
   * How long the cluster's DNS lets its answers be kept, from which follows how long a stopping replica still gets
   * requests: CoreDNS says it in `ttl` and `cache` of its configuration.
   *
   * @default Duration.seconds(30)
   */
  readonly dnsTtl?: Duration;

  /**
   * The domain of the cluster's Services.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * The networks of the proxies in front of the router, as `10.0.0.0/8`, `fd00::/8` or single addresses.
   *
   * Forwarded headers of these proxies are passed on, such as `X-Forwarded-For`, `X-Forwarded-Proto`, `Forwarded` and
   * `X-Real-IP`. From all other clients the router removes them and sets `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`
   * itself, so that no client can invent an address, a scheme or a host. A warning is reported where a network contains public
   * addresses, and where `behind` declares a proxy but no network is trusted. `maxConnectionsPerSource` does not apply to these
   * proxies. A load balancer that replaces the address of the client by that of a node makes all clients look like it.
   *
   * @default - none
   */
  readonly trustedProxies?: string[];

  /**
   * The most connections that one address may have open to a pod of the router, which accepts 10,000 in all. The next one is
   * closed at once. Declare a proxy that keeps more of them in `trustedProxies`. IPv6 is counted by address, because the pods
   * of a node share a /64: where clients with networks of their own reach the router, limit them in front of it.
   *
   * @default 1000
   */
  readonly maxConnectionsPerSource?: number;

  /**
   * Whether request headers with an underscore in their name are passed on, as `underscores_in_headers` of nginx. A WSGI
   * server gives `X_Forwarded_For` and `X-Forwarded-For` the same name, so names that stand for a forwarded header, or for
   * another one that the router sets or reads, are removed in any case.
   *
   * @default false - they are removed
   */
  readonly underscoresInHeaders?: boolean;
}

/** Properties of the Kubernetes platform. */
export interface KubernetesPlatformProps extends ServingPlatformProps {
  /**
   * The built-in router. Excludes `gateway`.
   *
   * @default - the router with every default, unless there is a gateway
   */
  readonly router?: RouterOptions;

  /**
   * A Gateway that exists in the cluster, to which endpoints attach HTTPRoutes. Excludes `router`.
   *
   * @default - the built-in router, which needs no add-on
   */
  readonly gateway?: Gateway;

  /**
   * A proxy that a service mesh puts into every pod in front of the server, such as `Intermediary.istioSidecar()`. Its
   * times are held against those of the gateway and of the server; nothing here configures it.
   *
   * @default - none
   */
  readonly sidecar?: Intermediary;

  /**
   * The names of Secrets, in the namespace of the chart, with which images are pulled.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];

  /**
   * The image that fetches models from S3. Its entry point must be the `aws` command.
   *
   * @default - the AWS CLI of the public registry, by tag and digest
   */
  readonly fetchImage?: string;

  /**
   * The image that fetches models from the Hugging Face Hub. It is started with an address, such as
   * `hf://owner/name:<commit>`, and a directory, as KServe's storage initializer is.
   *
   * @default - KServe's storage initializer, by a fixed tag
   */
  readonly hubImage?: string;

  /**
   * The release of Kubernetes that the cluster has, such as `1.34`. From 1.35 on models are mounted as image volumes.
   *
   * @default '1.35'
   */
  readonly kubernetesVersion?: string;
}

/**
 * Kubernetes manifests of a cdk8s `Chart`: Deployments behind the built-in router, or behind a Gateway of the cluster.
 *
 * Without one a Chart gets the platform with every default. Every object is a plain `ApiObject`, so patches of it take
 * effect. Child ids, which are part of the contract: the platform has `Router`, and in it `ServiceAccount`, `ConfigMap`,
 * `Deployment`, `PodDisruptionBudget` and `Service`; behind a gateway endpoints get `HttpRoute`, `HttpRoute2` and so on
 * where one route cannot hold all rules, and with Envoy Gateway `BackendTrafficPolicy` and `MethodNotAllowed`; backends
 * get `ServiceAccount`, `Deployment` (their default child), `Service`, `PodsService`, `PodDisruptionBudget` where more
 * than one replica can run, and `ReferenceGrant` where a route of another namespace leads to them; autoscaling policies
 * get `HorizontalPodAutoscaler`.
 */
export class KubernetesPlatform extends ServingPlatform {
  public readonly kind = 'kubernetes';
  public readonly target: TargetProfile;

  private readonly renderer: KubernetesRenderer;

  constructor(scope: Construct, id: string, props: KubernetesPlatformProps = {}) {
    super(scope, id, checkOptions('kubernetes.KubernetesPlatformProps', props, 'props', scope));
    if (enclosingChart(this) === undefined) {
      throw new ServingError(
        'WrongScope',
        'a KubernetesPlatform must be in a cdk8s Chart; put it into one, or use another platform',
        this,
      );
    }
    if (props.gateway !== undefined && props.router !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        "'gateway' and 'router' both carry the requests; leave one of them out",
        this,
      );
    }
    this.checkProps(props);
    if (props.gateway === undefined) {
      const names = (props.behind ?? []).map((hop) => hop._intent().name);
      this._warn(this, trustWarnings(props.router ?? {}, names));
    }
    const { dnsTtl = Duration.seconds(30), ...router } = props.router ?? {};
    const ttl = requireNumber('dnsTtl', dnsTtl.toSeconds(), { min: 0, max: 3600, hint: 'in seconds', at: this });
    const minor = minorVersion(props.kubernetesVersion ?? DEFAULT_VERSION);
    const target =
      props.gateway === undefined
        ? withWorkloads(routerProfile(ttl, router.replicas, router.trustedProxies), minor)
        : gatewayProfile(props.gateway, minor);
    const sidecar = props.sidecar?._intent();
    const images = imagesOf({
      router: props.gateway === undefined && router.image === undefined,
      fetch: props.fetchImage === undefined,
      hub: props.hubImage === undefined,
    });
    this.target = { ...target, images, ...(sidecar !== undefined && { sidecar }) };
    const { KubernetesRenderer } = require('./private/renderer') as typeof import('./private/renderer');
    this.renderer = new KubernetesRenderer(this, {
      gateway: props.gateway,
      router,
      fetchImage: props.fetchImage,
      hubImage: props.hubImage,
      imagePullSecrets: props.imagePullSecrets ?? [],
    });
  }

  /** The Deployment of the built-in router; none before the first endpoint, or with a gateway. */
  public get routerDeployment(): ApiObject | undefined {
    return this.renderer.router?.deployment;
  }

  /** The Service of the built-in router; none before the first endpoint, or with a gateway. */
  public get routerService(): ApiObject | undefined {
    return this.renderer.router?.service;
  }

  public bindEndpoint(endpoint: ServingEndpoint): void {
    this.renderer.bindEndpoint(endpoint);
  }

  public bindBackend(backend: Backend): void {
    this.renderer.bindBackend(backend);
  }

  public attachBackend(servingEndpoint: ServingEndpoint, attachedBackend: Backend, attachment: AttachmentIntent): void {
    this.renderer.attachBackend(servingEndpoint, attachedBackend, attachment);
  }

  public bindAutoscaling(policy: AutoscalingPolicy): void {
    this.renderer.bindAutoscaling(policy);
  }

  public override bindSplit(split: TrafficSplit): void {
    this.renderer.bindSplit(split);
  }

  public urlOf(endpoint: ServingEndpoint): string {
    return this.renderer.urlOf(endpoint);
  }

  public override limitsOf(backend: BackendIntent): ComputeLimits {
    const maxReplicas = this.renderer.maxReplicasOf(backend.path);
    return maxReplicas === undefined ? {} : { maxReplicas };
  }

  /** Fixes that a distribution has put into an older release do not show in a tag, so what is vulnerable is no error. */
  private checkRouterImage(reference: string): void {
    const problem = routerImageProblem(reference);
    if (problem === undefined) return;
    const { kind, version, required } = problem;
    const what = `'router.image' ('${reference}') is HAProxy ${version}`;
    if (kind === 'unsupported') {
      throw new ServingError('RouterTooOld', `${what}, but the router requires ${required} or newer`, this);
    }
    const message = `${what}, which has known request smuggling vulnerabilities; use ${required} or newer, or omit 'router.image'`;
    this._warn(this, [{ id: 'routerImage', message }]);
  }

  private checkProps({ router = {}, imagePullSecrets = [], fetchImage, hubImage }: KubernetesPlatformProps): void {
    const { replicas = 2, image, clusterDomain = 'cluster.local' } = router;
    requireNumber('replicas', replicas, { min: 1, max: 100, integer: true, hint: 'for the router', at: this });
    checkTrust(router, this);
    for (const reference of [image, fetchImage, hubImage]) {
      if (reference !== undefined) ServerImage.fromRegistry(reference);
    }
    if (image !== undefined) this.checkRouterImage(image);
    for (const [prop, name] of [
      ['clusterDomain', clusterDomain],
      ...imagePullSecrets.map((secret) => ['imagePullSecrets', secret]),
    ]) {
      if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(requireIdentifier(prop as string, name as string, this))) {
        throw new ServingError(
          'InvalidName',
          `'${prop}' ('${name}') must have small letters, digits, '-' and '.'`,
          this,
        );
      }
    }
  }
}
