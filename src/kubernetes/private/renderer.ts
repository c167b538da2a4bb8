import type { ApiObject } from 'cdk8s';
import type { AutoscalingPolicy } from '../../constructs/autoscaling-policy';
import type { Backend } from '../../constructs/backend';
import type { ServingEndpoint } from '../../constructs/serving-endpoint';
import type { TrafficSplit } from '../../constructs/traffic-split';
import type { AttachmentIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { IMAGES, referenceOf } from '../../private/images/bundled-images';
import type { SecretValue } from '../../workload/secret-value';
import type { Gateway } from '../gateway';
import { KubernetesBackend } from '../kubernetes-backend';
import { KubernetesEndpoint } from '../kubernetes-endpoint';
import type { KubernetesPlatform, RouterOptions } from '../kubernetes-platform';
import { BackendObjects, type WorkloadSettings } from './backend-objects';
import { isObjectName } from './names';
import { nameClashes } from './objects';
import type { Router } from './router/router';
import { RouterRouting } from './router-routing';

/** The objects that an endpoint has beside those of its backends. */
export interface EndpointObjects {
  readonly httpRoutes: ApiObject[];
  readonly backendTrafficPolicy?: ApiObject;
  readonly methodNotAllowed?: ApiObject;
}

/** What carries the requests of endpoints to their backends. */
export interface Routing {
  bindEndpoint(endpoint: ServingEndpoint): EndpointObjects;
  attachBackend(endpoint: ServingEndpoint, backend: Backend, attachment: AttachmentIntent): void;
  bindSplit(split: TrafficSplit): void;
  urlOf(endpoint: ServingEndpoint): string;
  /** @default - requests do not go through the built-in router */
  readonly router?: Router;
}

/** What a platform was given, after defaults. */
export interface RendererOptions {
  readonly gateway?: Gateway;
  readonly router: Omit<RouterOptions, 'dnsTtl'>;
  readonly fetchImage?: string;
  readonly hubImage?: string;
  readonly imagePullSecrets: string[];
}

/** Creates the objects of a platform: those of backends here, those that carry requests in its routing. */
export class KubernetesRenderer {
  private readonly settings: WorkloadSettings;
  private readonly routing: Routing;
  private readonly objects = new Map<string, BackendObjects>();
  private readonly facades = new Map<string, KubernetesBackend>();

  constructor(platform: KubernetesPlatform, options: RendererOptions) {
    const { fetchImage = referenceOf(IMAGES.fetch), hubImage = referenceOf(IMAGES.hub), imagePullSecrets } = options;
    this.settings = { fetchImage, hubImage, imagePullSecrets };
    this.routing =
      options.gateway === undefined
        ? new RouterRouting(platform, options.router, options.imagePullSecrets)
        : routeByGateway(options.gateway);
    platform.node.addValidation({ validate: () => nameClashes(platform) });
  }

  public bindEndpoint(endpoint: ServingEndpoint): void {
    KubernetesEndpoint._register(endpoint, this.routing.bindEndpoint(endpoint));
  }

  public bindBackend(backend: Backend): void {
    checkSecrets(backend);
    const objects = new BackendObjects(backend, this.settings);
    this.objects.set(backend.intent.path, objects);
    this.facades.set(backend.intent.path, KubernetesBackend._register(backend, objects));
  }

  public attachBackend(endpoint: ServingEndpoint, backend: Backend, attachment: AttachmentIntent): void {
    this.routing.attachBackend(endpoint, backend, attachment);
  }

  public bindAutoscaling(policy: AutoscalingPolicy): void {
    (this.objects.get(policy.intent.backend) as BackendObjects).addAutoscaler(policy);
  }

  public bindSplit(split: TrafficSplit): void {
    this.routing.bindSplit(split);
  }

  /** The built-in router; none before the first endpoint, or with a gateway. */
  public get router(): Router | undefined {
    return this.routing.router;
  }

  /** The most replicas that an autoscaler of cdk8s-plus may run; none where there is no such one. */
  public maxReplicasOf(backend: string): number | undefined {
    return this.facades.get(backend)?._maxReplicas;
  }

  public urlOf(endpoint: ServingEndpoint): string {
    return this.routing.urlOf(endpoint);
  }
}

/** A name that is legal elsewhere, such as a path in AWS Secrets Manager, cannot be that of a Secret. */
function checkSecrets(backend: Backend): void {
  const tokens = backend.models.flatMap(({ _resources: { token } }): [string, SecretValue][] =>
    token === undefined ? [] : [['HF_TOKEN', token]],
  );
  for (const [variable, { secretName = '', key = variable }] of [...Object.entries(backend.secrets), ...tokens]) {
    if (!isObjectName(secretName)) {
      throw new ServingError(
        'InvalidName',
        `the secret '${secretName}' of '${variable}' cannot be the name of a Secret of Kubernetes, which has small letters, digits, '-' and '.'; name it otherwise, or use KubernetesSecret.fromName on this platform`,
        backend,
      );
    }
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
      throw new ServingError(
        'InvalidName',
        `the key '${key}' of secret '${secretName}' must have letters, digits, '-', '_' and '.'`,
        backend,
      );
    }
  }
}

/** Loaded by those who have a gateway only. */
function routeByGateway(gateway: Gateway): Routing {
  const { GatewayRouting } = require('./gateway-routing') as typeof import('./gateway-routing');
  return new GatewayRouting(gateway);
}
