import type { Intermediary } from '../constructs/intermediary';
import type { ServingPlatformProps } from '../constructs/serving-platform';
import type { Duration } from '../units/duration';
import type { Gateway } from './gateway';

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
