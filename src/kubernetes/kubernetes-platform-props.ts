import type { Intermediary } from '../constructs/intermediary';
import type { ServingPlatformProps } from '../constructs/serving-platform';
import type { Duration } from '../units/duration';
import type { Gateway } from './gateway';
import type { GpuNodes } from './gpu-nodes';
import type { KedaOptions } from './keda-options';

/** Options of the built-in router. */
export interface RouterOptions {
  /**
   * The number of router Pods. Each counts shares separately.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * The image of HAProxy, 2.6 or newer and built with PCRE2, by an immutable tag, a digest, or both, as in
   * `haproxy:3.2.25-alpine@sha256:...`.
   *
   * A release with known vulnerabilities causes a warning if the tag contains its version. The image must have `haproxy` on
   * its `PATH`, include the Prometheus exporter, and use SIGUSR1 as its stop signal.
   *
   * @default - a long-term support release of the Docker Official Image of HAProxy, by tag and digest
   */
  readonly image?: string;

  /**
   * How long answers of the cluster's DNS may be cached: `ttl` and `cache` in the configuration of CoreDNS. It determines
   * how long a stopping replica may still get requests.
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
   * The networks of the proxies in front of the router, such as `10.0.0.0/8`, `fd00::/8` or single addresses.
   *
   * The router forwards the forwarded headers of these proxies, such as `X-Forwarded-For`, `X-Forwarded-Proto`, `Forwarded`
   * and `X-Real-IP`. For all other clients it removes them and sets `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` itself,
   * so that no client can forge an address, a scheme or a host. A network with public addresses causes a warning, and so does
   * a proxy in `behind` without a trusted network. `maxConnectionsPerSource` does not apply to these proxies. Behind a load
   * balancer that replaces the client address with that of a node, all clients appear to have that address.
   *
   * @default - none
   */
  readonly trustedProxies?: string[];

  /**
   * The maximum number of open connections from one address to a router Pod, which accepts 10,000 in total. Further ones are
   * closed immediately. Declare a proxy that needs more in `trustedProxies`. IPv6 is counted by address, because the Pods of
   * a node share a /64: if clients with their own IPv6 networks reach the router, limit them in front of it.
   *
   * @default 1000
   */
  readonly maxConnectionsPerSource?: number;

  /**
   * Whether request headers with an underscore in their name are forwarded, like `underscores_in_headers` of nginx. A WSGI
   * server gives `X_Forwarded_For` and `X-Forwarded-For` the same name, so variants of forwarded headers, and of others that
   * the router sets or reads, are always removed.
   *
   * @default false - they are removed
   */
  readonly underscoresInHeaders?: boolean;
}

/** Properties of the Kubernetes platform. */
export interface KubernetesPlatformProps extends ServingPlatformProps {
  /**
   * The built-in router. Mutually exclusive with `gateway`.
   *
   * @default - the router with its defaults, unless `gateway` is set
   */
  readonly router?: RouterOptions;

  /**
   * An existing Gateway in the cluster, to which endpoints attach HTTPRoutes. Mutually exclusive with `router`.
   *
   * @default - the built-in router, which needs no add-on
   */
  readonly gateway?: Gateway;

  /**
   * A proxy that a service mesh injects into every Pod in front of the server, such as `Intermediary.istioSidecar()`. Its
   * timeouts are checked against those of the gateway and of the server; this package does not configure it.
   *
   * @default - none
   */
  readonly sidecar?: Intermediary;

  /**
   * The names of the Secrets that images are pulled with, in the namespace of the chart.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];

  /**
   * The image that fetches models from S3. It must contain `aws`, `sh` and GNU coreutils, whose `cp` also links models of
   * images (see `containerRuntime`).
   *
   * @default - the AWS CLI of the public registry, by tag and digest
   */
  readonly fetchImage?: string;

  /**
   * The image that fetches models from the Hugging Face Hub. Like KServe's storage initializer, it gets a URI, such as
   * `hf://owner/name:<commit>`, and a directory as its arguments, and the files to fetch, if they are set, in
   * `STORAGE_ALLOW_PATTERNS`.
   *
   * @default - KServe's storage initializer, by a pinned tag
   */
  readonly hubImage?: string;

  /**
   * The image that unpacks archives, downloads models over HTTPS and writes texts. It must contain `python3`, version 3.11 or newer.
   *
   * @default - the Alpine image of Python, by tag and digest
   */
  readonly archiveImage?: string;

  /**
   * How the nodes expose and label NVIDIA GPUs.
   *
   * @default GpuNodes.featureDiscovery()
   */
  readonly gpuNodes?: GpuNodes;

  /**
   * KEDA, if the cluster has it. Every autoscaling policy becomes a ScaledObject instead of a HorizontalPodAutoscaler, which
   * also supports queries and schedules.
   *
   * A ScaledObject takes over the HorizontalPodAutoscaler of the same backend. The way back needs a step by hand, which
   * `docs/kubernetes.md` describes.
   *
   * @default - no KEDA
   */
  readonly keda?: KedaOptions;

  /**
   * The Kubernetes version of the cluster, such as `1.34`. From 1.35 on, models in registries are mounted as image volumes.
   *
   * @default '1.35'
   */
  readonly kubernetesVersion?: string;

  /**
   * The oldest container runtime of the nodes, as `kubectl get nodes -o wide` prints it, such as `containerd://2.2.0`.
   *
   * From containerd 2.2 and CRI-O 1.33 on, a model image is mounted with its directory alone. Older ones ignore that
   * directory without an error, so the whole image is mounted elsewhere, and an init container of `fetchImage` fills the
   * path of the model with links to the files.
   *
   * @default - unknown, and treated as old
   */
  readonly containerRuntime?: string;
}
