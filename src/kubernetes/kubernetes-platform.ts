import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { TargetPlatform } from '../constructs/target-platform';
import type { TargetRenderer } from '../constructs/target-renderer';
import type { TargetProfile } from '../plan/target-profile';
import { requireIdentifier, requireNumber } from '../private/checks';
import { placeOf, requireId, requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { Duration } from '../units/duration';
import { imagesOf } from '../workload/private/bundled-images';
import { ServerImage } from '../workload/server-image';
import { enclosingChart } from './chart';
import type { KubernetesPlatformProps } from './kubernetes-platform-props';
import { kedaSettings } from './private/keda';
import { routerImageProblem } from './private/router/image';
import { routerProfile } from './private/router/profile';
import { checkTrust, trustWarnings } from './private/router/trust';
import type { RouterRenderer } from './private/router-renderer';
import { DEFAULT_VERSION, minorVersion, mountsImageDirectories } from './private/version';
import { withWorkloads } from './private/workload-capabilities';

/**
 * Kubernetes manifests of a cdk8s `Chart`: Deployments behind the built-in router, or behind a Gateway of the cluster.
 *
 * A Chart without a platform gets one with the defaults. Every object is a plain `ApiObject`, so it can be patched.
 *
 * Child ids are part of the contract. The platform has `Router`, which contains `ServiceAccount`, `ConfigMap`, `Deployment`,
 * `PodDisruptionBudget` and `Service`. Behind a gateway, endpoints get `HttpRoute`, and `HttpRoute2` and so on if one route
 * cannot contain all rules. Backends get `ServiceAccount`, `Deployment` (their default child), `Service`, `PodsService`,
 * `PodDisruptionBudget` if more than one replica can run, and `ReferenceGrant` if a route of another namespace references
 * them. Autoscaling policies get `HorizontalPodAutoscaler`, or `ScaledObject` with `keda`. The objects of a gateway profile have the ids of their policies,
 * within the endpoint or backend: `BackendTrafficPolicy` and `MethodNotAllowed` with Envoy Gateway.
 *
 * @example
 * new kubernetes.KubernetesPlatform(this, 'Platform', { router: { replicas: 3 } });
 *
 * // Uses the platform, because both are in the same Chart.
 * new ServingEndpoint(this, 'sentiment', { path: '/sentiment' });
 */
export class KubernetesPlatform extends TargetPlatform {
  public readonly kind = 'kubernetes';
  public readonly target: TargetProfile;

  protected readonly renderer: TargetRenderer;

  private readonly routerRenderer?: RouterRenderer;

  constructor(scope: Construct, id: string, props: KubernetesPlatformProps = {}) {
    super(
      requireScope(scope),
      id,
      checkOptions('kubernetes.KubernetesPlatformProps', props, 'props', placeOf(scope, requireId(id))),
    );
    if (enclosingChart(this) === undefined) {
      throw new ServingError(
        'WrongScope',
        'a KubernetesPlatform must be inside a cdk8s Chart; create it in a Chart, or use another platform',
        this,
      );
    }
    if (props.gateway !== undefined && props.router !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        "'gateway' and 'router' are mutually exclusive; omit one of them",
        this,
      );
    }
    this.checkProps(props);
    if (props.gateway === undefined) {
      const names = (props.behind ?? []).map((hop) => hop._intent().name);
      this._warn(this, trustWarnings(props.router ?? {}, names));
    }
    const { dnsTtl = Duration.seconds(30), ...router } = props.router ?? {};
    const ttl = requireNumber('dnsTtl', dnsTtl.toSeconds(), {
      min: 0,
      max: 3600,
      unit: 'seconds',
      at: this,
    });
    const mountsDirectories = props.containerRuntime !== undefined && mountsImageDirectories(props.containerRuntime);
    const cluster = {
      minor: minorVersion(props.kubernetesVersion ?? DEFAULT_VERSION),
      mountsImageDirectories: mountsDirectories,
      ...(props.keda !== undefined && { keda: kedaSettings(props.keda, this) }),
    };
    const proxy = props.gateway?._target() ?? routerProfile(ttl, router.replicas, router.trustedProxies);
    const target = withWorkloads(proxy, cluster);
    const sidecar = props.sidecar?._intent();
    const images = imagesOf({
      router: props.gateway === undefined && router.image === undefined,
      fetch: props.fetchImage === undefined,
      hub: props.hubImage === undefined,
      archives: props.archiveImage === undefined,
      links: props.fetchImage === undefined && !mountsDirectories,
    });
    this.target = { ...target, images, ...(sidecar !== undefined && { sidecar }) };
    const { gateway, imagePullSecrets = [], fetchImage, hubImage, archiveImage, gpuNodes } = props;
    const settings = {
      imagePullSecrets,
      fetchImage,
      hubImage,
      archiveImage,
      linksImages: !mountsDirectories,
      gpuNodes,
      keda: cluster.keda,
    };
    if (gateway === undefined) {
      const { RouterRenderer } = require('./private/router-renderer') as typeof import('./private/router-renderer');
      this.routerRenderer = new RouterRenderer(this, settings, router);
      this.renderer = this.routerRenderer;
    } else {
      const { GatewayRenderer } = require('./private/gateway-renderer') as typeof import('./private/gateway-renderer');
      this.renderer = new GatewayRenderer(this, { ...settings, strict: props.strict ?? false }, gateway);
    }
  }

  /** The Deployment of the built-in router; undefined before the first endpoint, or with a gateway. */
  public get routerDeployment(): ApiObject | undefined {
    return this.routerRenderer?.router?.deployment;
  }

  /** The Service of the built-in router; undefined before the first endpoint, or with a gateway. */
  public get routerService(): ApiObject | undefined {
    return this.routerRenderer?.router?.service;
  }

  /** A tag does not show fixes that a distribution has backported, so a vulnerable release is only a warning. */
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

  private checkProps({
    router = {},
    imagePullSecrets = [],
    fetchImage,
    hubImage,
    archiveImage,
  }: KubernetesPlatformProps): void {
    const { replicas = 2, image, clusterDomain = 'cluster.local' } = router;
    requireNumber('replicas', replicas, {
      min: 1,
      max: 100,
      integer: true,
      hint: 'this is the number of router Pods',
      at: this,
    });
    checkTrust(router, this);
    for (const reference of [image, fetchImage, hubImage, archiveImage]) {
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
          `'${prop}' ('${name}') must consist of lowercase letters, digits, '-' and '.'`,
          this,
        );
      }
    }
  }
}
