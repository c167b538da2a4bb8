import { type ApiObject, Lazy } from 'cdk8s';
import type { Backend } from '../../constructs/backend';
import type { ServingEndpoint } from '../../constructs/serving-endpoint';
import type { TrafficSplit } from '../../constructs/traffic-split';
import type { AttachmentIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import type { Gateway } from '../gateway';
import { EndpointRoutes } from './endpoint-routes';
import { Component, labelsOf } from './labels';
import { addObject, namespaceOf } from './objects';
import type { EndpointObjects, Routing } from './renderer';

/** Sends the requests of a platform's endpoints through a Gateway that exists in the cluster. */
export class GatewayRouting implements Routing {
  private readonly routes = new Map<ServingEndpoint, EndpointRoutes>();
  private readonly grants = new Map<Backend, Set<string>>();

  constructor(private readonly gateway: Gateway) {}

  public bindEndpoint(endpoint: ServingEndpoint): EndpointObjects {
    const routes = new EndpointRoutes(endpoint, this.gateway);
    this.routes.set(endpoint, routes);
    return routes;
  }

  public attachBackend(endpoint: ServingEndpoint, backend: Backend, attachment: AttachmentIntent): void {
    this.grant(endpoint, backend);
    this.routes.get(endpoint)?.attach(backend, attachment);
  }

  public bindSplit(split: TrafficSplit): void {
    this.routes.get(split.endpoint)?.bindSplit(split);
  }

  public urlOf(endpoint: ServingEndpoint): string {
    const { address, gatewayName } = this.gateway;
    const { hosts, prefix, name } = endpoint.intent;
    if (address === undefined) {
      throw new ServingError(
        'UrlUnknown',
        `the URL of endpoint '${name}' depends on gateway '${gatewayName}'; say its 'address', such as Gateway.fromName('${gatewayName}', { address: 'https://models.example.com' })`,
        endpoint,
      );
    }
    const host = hosts.find((candidate) => !candidate.startsWith('*'));
    return `${host === undefined ? address : address.replace(/(?<=:\/\/)(?:\[[^\]]*\]|[^:/]+)/, host)}${prefix}`;
  }

  /** A route may only lead to a Service of another namespace if that namespace says so. */
  private grant(endpoint: ServingEndpoint, backend: Backend): void {
    const [from, to] = [namespaceOf(endpoint), namespaceOf(backend)];
    if (from === to) return;
    if (from === undefined || to === undefined) {
      throw new ServingError(
        'WrongScope',
        `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' is in another chart, and one of the two charts has no 'namespace'; set it on both`,
        endpoint,
      );
    }
    const known = this.grants.get(backend);
    if (known !== undefined) known.add(from);
    else this.grants.set(backend, new Set([from]));
    if (known === undefined) this.addGrant(backend, this.grants.get(backend) as Set<string>);
  }

  private addGrant(backend: Backend, namespaces: Set<string>): ApiObject {
    const { slug } = backend.intent;
    const group = 'gateway.networking.k8s.io';
    return addObject(backend, 'ReferenceGrant', {
      apiVersion: `${group}/v1beta1`,
      kind: 'ReferenceGrant',
      name: slug,
      labels: labelsOf(Component.BACKEND, slug, backend).all,
      body: {
        spec: {
          from: Lazy.any({
            produce: () => [...namespaces].sort().map((namespace) => ({ group, kind: 'HTTPRoute', namespace })),
          }),
          to: [{ group: '', kind: 'Service', name: slug }],
        },
      },
    });
  }
}
