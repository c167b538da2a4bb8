import { Chart } from 'cdk8s';
import type { Backend } from '../../constructs/backend';
import type { ServingEndpoint } from '../../constructs/serving-endpoint';
import { ServingError } from '../../private/errors';
import { hasUrl, urlHost } from '../../private/http';
import { slug } from '../../private/names';
import type { KubernetesPlatform, RouterOptions } from '../kubernetes-platform';
import type { EndpointObjects, Routing } from './renderer';
import { REFUSED_METHODS } from './router/guards';
import { Router } from './router/router';

/** Sends the requests of a platform's endpoints through the built-in router, made with the first endpoint. */
export class RouterRouting implements Routing {
  public router?: Router;

  constructor(
    private readonly platform: KubernetesPlatform,
    private readonly options: Omit<RouterOptions, 'dnsTtl'>,
    private readonly imagePullSecrets: string[],
  ) {}

  public bindEndpoint(endpoint: ServingEndpoint): EndpointObjects {
    const refused = endpoint.intent.methods.find((method) => REFUSED_METHODS.includes(method));
    if (refused !== undefined) {
      throw new ServingError(
        'Unsupported',
        `method '${refused}' is not supported by the built-in router, which answers it with 501; remove it from 'methods'`,
        endpoint,
      );
    }
    this.router ??= new Router(this.platform, 'Router', {
      ...this.options,
      platform: this.platform,
      name: this.routerName(),
      imagePullSecrets: this.imagePullSecrets,
    });
    const { slug: name, description, hosts } = endpoint.intent;
    const { metadata } = this.router.service;
    if (hasUrl(hosts)) metadata.addAnnotation(`url.serving-constructs/${name}`, this.urlOf(endpoint));
    if (description !== undefined) metadata.addAnnotation(`description.serving-constructs/${name}`, description);
    return { httpRoutes: [] };
  }

  public attachBackend(endpoint: ServingEndpoint, backend: Backend): void {
    const [own, other] = [Chart.of(this.platform).namespace, Chart.of(backend).namespace];
    if (own === other) return;
    const name = (namespace: string | undefined): string =>
      namespace === undefined ? 'the namespace its chart is applied to' : `namespace '${namespace}'`;
    throw new ServingError(
      'WrongScope',
      `backend '${backend.intent.name}' of endpoint '${endpoint.intent.name}' is in ${name(other)}, and the router in ${name(own)}, where alone it looks for replicas; use one namespace, or a platform of its own`,
      endpoint,
    );
  }

  public bindSplit(): void {}

  public urlOf(endpoint: ServingEndpoint): string {
    const host = urlHost(endpoint.intent, endpoint);
    return host === undefined
      ? (this.router as Router).url(endpoint.intent.prefix)
      : `http://${host}${endpoint.intent.prefix}`;
  }

  /** From the chart, so that the address of endpoints does not depend on where in it the platform stands. */
  private routerName(): string {
    const chart = Chart.of(this.platform);
    const scope = this.platform.node.scope;
    const own = scope === undefined || scope === chart ? [] : [scope.node.id];
    return slug([chart.node.id, ...own, 'router'].join('-'));
  }
}
