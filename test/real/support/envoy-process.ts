import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from './images';
import { ProxyProcess, type Upstream } from './proxy-process';

/** The Envoy settings that Envoy Gateway derives from an HTTPRoute and a BackendTrafficPolicy; times in seconds. */
export interface EnvoySettings {
  /** The load balancer of the policy. */
  readonly loadBalancer: 'RoundRobin' | 'LeastRequest' | 'ConsistentHash';
  /** The cookie whose hash selects a server, with `ConsistentHash`. */
  readonly cookie?: { readonly name: string; readonly seconds: number };
  /** How long an idle connection to a server is kept. */
  readonly upstreamIdle: number;
  /** How long a request may take; 0 for no limit. */
  readonly route: number;
  /** How long a request and its server may both be silent. */
  readonly streamIdle: number;
  /** How long an idle client connection is kept: an hour by default. */
  readonly clientIdle?: number;
  /** After how many requests a connection to a server is closed. */
  readonly requestsPerConnection?: number;
}

/** https://github.com/envoyproxy/gateway/blob/v1.9.0/internal/xds/translator/cluster.go */
const POLICIES: { readonly [type in EnvoySettings['loadBalancer']]: string } = {
  RoundRobin: 'ROUND_ROBIN',
  LeastRequest: 'LEAST_REQUEST',
  ConsistentHash: 'MAGLEV',
};

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const TYPE = 'type.googleapis.com/';

/** Envoy in front of servers. Reads them from a file that can change, as Envoy Gateway updates endpoints. Never retries. */
export class EnvoyProcess extends ProxyProcess {
  private started = false;

  constructor(
    address: string,
    port: number,
    private readonly settings: EnvoySettings,
  ) {
    super(address, port);
  }

  public async route(upstreams: readonly Upstream[]): Promise<void> {
    this.write('endpoints.json', JSON.stringify(endpoints(upstreams)));
    if (this.started) return;
    this.started = true;
    const file = this.write('envoy.json', JSON.stringify(this.bootstrap()));
    await this.start(envoyProgram(), '-c', file, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'error');
  }

  private bootstrap(): unknown {
    const { loadBalancer, upstreamIdle, requestsPerConnection } = this.settings;
    return {
      node: { id: 'envoy', cluster: 'envoy' },
      static_resources: {
        listeners: [
          {
            name: 'requests',
            address: socket(this.address, this.port),
            filter_chains: [{ filters: [this.connectionManager()] }],
          },
        ],
        clusters: [
          {
            name: 'servers',
            type: 'EDS',
            lb_policy: POLICIES[loadBalancer],
            // Envoy Gateway sets this.
            connect_timeout: '10s',
            eds_cluster_config: {
              eds_config: {
                resource_api_version: 'V3',
                path_config_source: {
                  path: join(this.folder, 'endpoints.json'),
                  watched_directory: { path: this.folder },
                },
              },
            },
            typed_extension_protocol_options: {
              [HTTP_OPTIONS]: {
                '@type': `${TYPE}${HTTP_OPTIONS}`,
                common_http_protocol_options: {
                  idle_timeout: `${upstreamIdle}s`,
                  ...(requestsPerConnection !== undefined && { max_requests_per_connection: requestsPerConnection }),
                },
                explicit_http_config: { http_protocol_options: {} },
              },
            },
          },
        ],
      },
    };
  }

  private connectionManager(): unknown {
    const { route, streamIdle, clientIdle = 3600, cookie } = this.settings;
    const name = 'envoy.filters.network.http_connection_manager';
    return {
      name,
      typed_config: {
        '@type': `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
        stat_prefix: 'requests',
        common_http_protocol_options: { idle_timeout: `${clientIdle}s` },
        http_filters: [
          {
            name: 'envoy.filters.http.router',
            typed_config: { '@type': `${TYPE}envoy.extensions.filters.http.router.v3.Router` },
          },
        ],
        route_config: {
          virtual_hosts: [
            {
              name: 'all',
              domains: ['*'],
              routes: [
                {
                  match: { prefix: '/' },
                  route: {
                    cluster: 'servers',
                    timeout: `${route}s`,
                    idle_timeout: `${streamIdle}s`,
                    ...(cookie !== undefined && {
                      hash_policy: [{ cookie: { name: cookie.name, ttl: `${cookie.seconds}s` } }],
                    }),
                  },
                },
              ],
            },
          ],
        },
      },
    };
  }
}

function endpoints(upstreams: readonly Upstream[]): unknown {
  return {
    resources: [
      {
        '@type': `${TYPE}envoy.config.endpoint.v3.ClusterLoadAssignment`,
        cluster_name: 'servers',
        endpoints: [
          { lb_endpoints: upstreams.map(({ address, port }) => ({ endpoint: { address: socket(address, port) } })) },
        ],
      },
    ],
  };
}

function socket(address: string, port: number): unknown {
  return { socket_address: { address, port_value: port } };
}

/** The program in the package from the Python package index. */
export function envoyProgram(): string {
  const lib = join(installed('python', 'envoy'), 'lib');
  const file = join(lib, readdirSync(lib)[0] as string, 'site-packages/envoy/_bin/envoy');
  if (!existsSync(file)) throw new Error(`'${file}' is missing; run: bash test/real/setup.sh`);
  return file;
}
