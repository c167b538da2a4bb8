import type { Model } from '../models/model';
import type { ModelServer } from '../servers/model-server';
import type { Duration } from '../units/duration';
import type { Gpu } from '../workload/gpu';
import type { HealthCheck } from '../workload/health-check';
import type { Resources } from '../workload/resources';
import type { Rollout } from '../workload/rollout';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';
import type { BackendTimeouts } from './backend-timeouts';
import type { ServingPlatform } from './serving-platform';

/** How the next replica of a backend is chosen. */
export enum LoadBalancing {
  /** Replicas take turns. */
  ROUND_ROBIN = 'round robin',
  /** The replica with the fewest unfinished requests is next. */
  LEAST_OUTSTANDING_REQUESTS = 'least outstanding requests',
}

/** One version of an implementation. */
export interface BackendOptions {
  /** The container image. */
  readonly image: ServerImage;

  /** How the server in the image is started. */
  readonly server: ModelServer;

  /**
   * The name for people, which requests use in the header `x-serving-backend` where it has letters, digits and `._:-`
   * alone. Otherwise that has the name that resources have; `ServingEndpoint.addressOf` says it.
   *
   * @default - the construct id
   */
  readonly backendName?: string;

  /**
   * What the backend is.
   *
   * AWS: a tag of the service. Kubernetes: an annotation.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The port that the server listens on.
   *
   * AWS: another port replaces the target group, which fails while rules forward to it: add a second backend with the new
   * port, move the requests to it with `splitTraffic`, and remove the first.
   *
   * @default - the server's usual one; 8000 for applications and commands
   */
  readonly port?: number;

  /**
   * The model that the server reads.
   *
   * @default - none beside `models`
   */
  readonly model?: Model;

  /**
   * Models that the server reads, each at a path of its own.
   *
   * @default - none beside `model`
   */
  readonly models?: Model[];

  /**
   * The GPUs of each replica.
   *
   * @default - none
   */
  readonly gpu?: Gpu;

  /**
   * Processors, memory and disk of each replica.
   *
   * @default - 1 virtual CPU and 2 GiB of memory; for each GPU 2 and 8 GiB
   */
  readonly resources?: Resources;

  /**
   * How many replicas run. Excludes autoscaling.
   *
   * AWS: the desired count. Kubernetes: the replicas of the Deployment.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * The most requests that a replica shall work on at a time.
   *
   * AWS: left to the application, the load balancer has no such limit. Kubernetes: the router holds back more.
   *
   * @default - no limit
   */
  readonly maxConcurrency?: number;

  /**
   * Environment variables.
   *
   * @default - none beside those of the server
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables whose values are secrets.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretValue };

  /**
   * How to tell that a replica can answer.
   *
   * @default - the server's own readiness path, where it has one; else any status below 500 to GET `/`; a server started
   * by `command` or `shell` must declare one
   */
  readonly healthCheck?: HealthCheck;

  /**
   * How long the server may take from its start until it is ready, which is mostly loading the model.
   *
   * AWS: part of the service's grace period. Kubernetes: the budget of the start-up probe.
   *
   * @default Duration.minutes(5)
   */
  readonly loadTimeout?: Duration;

  /**
   * How new replicas take the place of old ones.
   *
   * @default Rollout.surge()
   */
  readonly rollout?: Rollout;

  /**
   * Times that are set by hand instead of being computed from `requestTimeout`.
   *
   * @default - every time is computed
   */
  readonly timeouts?: BackendTimeouts;

  /**
   * Whether others call the replicas around the balancer, such as with Service Connect or Cloud Map. The server must then
   * finish the longest request after the signal.
   *
   * AWS: a backend whose compute allows no such drain is refused. Kubernetes: the wait before the signal and the drain are
   * long enough for every caller.
   *
   * @default false
   */
  readonly directCallers?: boolean;

  /**
   * How the next replica is chosen.
   *
   * @default LoadBalancing.ROUND_ROBIN
   */
  readonly loadBalancing?: LoadBalancing;

  /**
   * Whether the backend has an address of its own: requests of the endpoint with the header `x-serving-backend` and the
   * backend's name go to it whatever the shares, also at weight 0. Every client that reaches the balancer can do so.
   *
   * AWS: with `publicAccess` these are the clients of the internet. Kubernetes: with a `gateway` they are those that it
   * admits, which the definition does not know; set `false` where it is public.
   *
   * @default - true; false where the platform is public, unless `ownUrl` is true
   */
  readonly addressable?: boolean;

  /**
   * Whether the address of its own is a path, `<path of the endpoint>/_b/<name>`, instead of a header.
   *
   * @default false
   */
  readonly ownUrl?: boolean;

  /**
   * The numeric user that the container runs as.
   *
   * @default - AWS: the image's user; Kubernetes: 10001, because the restricted Pod Security level wants a number
   */
  readonly user?: number;

  /**
   * Whether the container's root file system is read-only, with an empty volume at `/tmp`, which is `HOME` then unless
   * `user` or `environment` say otherwise.
   *
   * AWS: on Fargate that volume belongs to root, so an image with another user must declare `VOLUME /tmp`. It is there
   * also where the root is not read-only. Kubernetes: the user of the container may write to it.
   *
   * @default true
   */
  readonly readOnlyRoot?: boolean;
}

/** Properties of a backend. */
export interface BackendProps extends BackendOptions {
  /**
   * The platform that runs it.
   *
   * @default - the nearest platform around the scope, else the built-in one of the Stack or Chart
   */
  readonly platform?: ServingPlatform;
}
