import { App, Chart } from 'cdk8s';
import { ServingEndpoint } from '../../../../src/constructs/serving-endpoint';
import { Gateway, GatewayProfile, KubernetesPlatform } from '../../../../src/kubernetes';
import { ModelServer } from '../../../../src/servers/model-server';
import { backendOptions } from '../../../support/definitions';
import { envoyProgram } from '../../support/envoy-process';
import { ProxyProcess } from '../../support/proxy-process';
import { virtualHosts } from './envoy-routes';
import { ENDPOINTS } from './lab';

const TYPE = 'type.googleapis.com/envoy.extensions';
const MANAGER = 'filters.network.http_connection_manager.v3.HttpConnectionManager';

/** What the attacked platform renders for Envoy Gateway. */
export function attackedManifests(): unknown[] {
  const chart = new Chart(new App(), 'serving');
  const gateway = Gateway.fromName('gateway', { profile: GatewayProfile.ENVOY_GATEWAY });
  new KubernetesPlatform(chart, 'Platform', { gateway });
  for (const [id, props] of Object.entries(ENDPOINTS)) {
    new ServingEndpoint(chart, id, props).addBackend('v1', backendOptions(id === 'ws' ? WEB_SOCKET : {}));
  }
  return chart.toJson();
}

const WEB_SOCKET = { server: ModelServer.asgi({ app: 'app' }) };

/** Envoy with rendered HTTPRoutes and the default listener settings of Envoy Gateway. */
export class EnvoyGateway extends ProxyProcess {
  private readonly servers: ReadonlyMap<string, string>;

  constructor(address: string, port: number, servers: ReadonlyMap<string, string>) {
    super(address, port);
    this.servers = servers;
  }

  public async route(): Promise<void> {
    const file = this.write('envoy.json', JSON.stringify(this.bootstrap()));
    await this.start(envoyProgram(), '-c', file, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'error');
  }

  private bootstrap(): unknown {
    const socket = (address: string, port: number) => ({ address: { socket_address: { address, port_value: port } } });
    const manager = { name: 'envoy.filters.network.http_connection_manager', typed_config: this.manager() };
    return {
      static_resources: {
        listeners: [{ name: 'http', ...socket(this.address, this.port), filter_chains: [{ filters: [manager] }] }],
        clusters: [...this.servers].map(([name, address]) => ({
          name,
          load_assignment: {
            cluster_name: name,
            endpoints: [{ lb_endpoints: [{ endpoint: socket(address, 8000) }] }],
          },
        })),
      },
    };
  }

  private manager(): unknown {
    return {
      '@type': `${TYPE}.${MANAGER}`,
      stat_prefix: 'http',
      use_remote_address: true,
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT',
      strip_any_host_port: true,
      common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
      http_filters: [
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': `${TYPE}.filters.http.router.v3.Router` },
        },
      ],
      route_config: { virtual_hosts: virtualHosts(attackedManifests()) },
    };
  }
}
