import { Chart } from 'cdk8s';
import type { AttachmentBinding, EndpointBinding } from '../../constructs/bindings';
import { hasUrl, urlHost } from '../../constructs/private/http';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { EndpointReach } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { slug } from '../../private/names';
import type { RouterOptions } from '../kubernetes-platform-props';
import { ENDPOINT_OBJECTS } from '../rendered';
import { namespaceOf, writeAfter } from './objects';
import { KubernetesRenderer, type RendererSettings } from './renderer';
import { REFUSED_METHODS } from './router/guards';
import { Router } from './router/router';

/** Routes the requests of a platform's endpoints through the built-in router, which is created with the first endpoint. */
export class RouterRenderer extends KubernetesRenderer {
  public router?: Router;

  private readonly imagePullSecrets: string[];

  constructor(
    platform: TargetPlatform,
    settings: RendererSettings,
    private readonly options: Omit<RouterOptions, 'dnsTtl'>,
  ) {
    super(platform, settings);
    this.imagePullSecrets = settings.imagePullSecrets;
  }

  public bindEndpoint(endpoint: EndpointBinding): void {
    const { slug: name, description, hosts, methods } = endpoint.intent;
    const refused = methods.find((method) => REFUSED_METHODS.includes(method));
    if (refused !== undefined) {
      throw new ServingError(
        'Unsupported',
        `method '${refused}' is not supported by the built-in router, which answers it with 501; remove it from 'methods'`,
        endpoint.scope,
      );
    }
    this.router ??= new Router(this.platform, 'Router', {
      ...this.options,
      platform: this.platform,
      name: this.routerName(),
      imagePullSecrets: this.imagePullSecrets,
    });
    const { metadata } = this.router.service;
    if (hasUrl(hosts)) metadata.addAnnotation(`url.serving-constructs/${name}`, this.urlOf(endpoint));
    if (description !== undefined) metadata.addAnnotation(`description.serving-constructs/${name}`, description);
    ENDPOINT_OBJECTS.set(endpoint.scope, { routes: [], policies: [] });
  }

  public bindAttachment({ endpoint, backend }: AttachmentBinding): void {
    const [own, other] = [Chart.of(this.platform).namespace, Chart.of(backend.scope).namespace];
    if (own === other) {
      writeAfter((this.router as Router).deployment, [this.deploymentOf(backend.intent.path)]);
      return;
    }
    const name = (namespace: string | undefined): string =>
      namespace === undefined ? 'the namespace its chart is applied to' : `namespace '${namespace}'`;
    throw new ServingError(
      'WrongScope',
      `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' is in ${name(other)}, but the router finds replicas only in ${name(own)}; use one namespace, or a separate platform`,
      endpoint.scope,
    );
  }

  public urlOf(endpoint: EndpointBinding): string {
    const host = urlHost(endpoint.intent, endpoint.scope);
    return host === undefined
      ? (this.router as Router).url(endpoint.intent.prefix)
      : `http://${host}${endpoint.intent.prefix}`;
  }

  /** The URL, and how to call it from outside the cluster. */
  public override reachOf(endpoint: EndpointBinding): EndpointReach {
    const { hosts, methods, prefix } = endpoint.intent;
    const { service } = this.router as Router;
    const namespace = namespaceOf(this.platform);
    const forward = `kubectl port-forward ${namespace === undefined ? '' : `-n ${namespace} `}service/${service.name} 8080:80`;
    const host = hosts.find((one) => !one.startsWith('*'));
    const method = methods.length === 0 || methods.includes('GET') ? '' : `-X ${methods[0]} `;
    const call = `curl ${method}${host === undefined ? '' : `-H 'Host: ${host}' `}http://localhost:8080${prefix}`;
    return {
      url: this.urlOf(endpoint),
      notes: [
        host === undefined
          ? `reachable from inside the cluster only${namespace === undefined ? ', in the namespace of the router' : ''}`
          : `reachable where ${host} resolves to Service ${service.name}, or to a proxy in front of it`,
        `from your machine: ${forward}, then ${call}`,
      ],
    };
  }

  /** Derived from the chart, so that the address of endpoints does not depend on where in the chart the platform is. */
  private routerName(): string {
    const chart = Chart.of(this.platform);
    const scope = this.platform.node.scope;
    const own = scope === undefined || scope === chart ? [] : [scope.node.id];
    return slug([chart.node.id, ...own, 'router'].join('-'));
  }
}
