/** The proxies, as data: their ladders, and how each proxy is started from a ladder. */

import { Gateway, GatewayProfile } from '../../../src/kubernetes';
import { HopKind } from '../../../src/plan/serving-plan';
import { Duration } from '../../../src/units/duration';
import type { Data } from '../../support/data';
import type { Sender } from '../support/client';
import { EnvoyProcess, type EnvoySettings } from '../support/envoy-process';
import { envoySettingsOf } from '../support/envoy-settings';
import { freePort, type Loopback } from '../support/loopback';
import { NginxProcess } from '../support/nginx-process';
import type { Upstream } from '../support/proxy-process';
import { RouterLab } from '../support/router-lab';
import type { RouterProcess } from '../support/router-process';
import { type Asked, kubernetesLadder, type Ladder, nginxProfile, profileLadder } from './ladder';
import type { ChainServer } from './servers';

/** A proxy in front of changing servers. */
export interface RunningProxy extends Sender {
  readonly address: string;
  readonly port: number;
  /** Routes new requests only to these servers, with immediate effect. */
  route(upstreams: readonly Upstream[]): Promise<void>;
  stop(): Promise<void>;
}

/** A kind of proxy. */
export interface ProxyKind {
  readonly name: string;
  /** The ladder of a server behind it, which is stopped in the order of Kubernetes. */
  ladder(server: ChainServer, asked: Asked): Ladder;
  /** Starts it with the times of the ladder; without `redispatch` it tries no other server. */
  start(ladder: Ladder, network: Loopback, options?: ProxyOptions): Promise<RunningProxy>;
  /** How long after the removal of a replica it is notified, in seconds. */
  readonly lag: number;
  /** Whether servers change by a reload, which closes idle client connections without notice: none may be kept. */
  readonly reloads: boolean;
  /** How long it still answers on a client connection after its idle timeout, in seconds. */
  readonly clientGrace: number;
}

export interface ProxyOptions {
  /** Whether it may try another server if one refuses a connection. Only HAProxy is rendered with this. */
  readonly redispatch?: boolean;
  /** How long it keeps an idle client connection, in seconds. @default - the time of the ladder */
  readonly clientIdle?: number;
}

/** How long a gateway may still send to a removed replica, in seconds. It is notified after half of this time. */
const PROPAGATION = 2;

/** The built-in router, in a cluster whose DNS does not cache. */
export const HAPROXY: ProxyKind = {
  name: 'HAProxy',
  lag: 0,
  reloads: false,
  clientGrace: 0,
  ladder: (server, asked) => kubernetesLadder(server, asked, { router: { dnsTtl: Duration.seconds(0) } }),
  start: async (ladder, _network, options = {}) => HaproxyRouter.start(ladder, options),
};

export const NGINX: ProxyKind = {
  name: 'nginx',
  lag: PROPAGATION / 2,
  reloads: true,
  clientGrace: 0,
  ladder: (server, asked) => profileLadder(server, asked, nginxProfile(asked, PROPAGATION)),
  start: async ({ plan, backend }, network, { clientIdle = plan.balancer.clientIdle } = {}) => {
    const read = hop(backend, 'route silence') ?? plan.balancer.idle;
    const upstreamIdle = backend.times.closeEach ? undefined : hop(backend, 'balancer idle');
    return new NginxProcess(network.next(), await freePort(), { upstreamIdle, read, clientIdle });
  },
};

export const ENVOY: ProxyKind = {
  name: 'Envoy',
  lag: PROPAGATION / 2,
  reloads: false,
  // Its default drain timeout, which is not changed here.
  clientGrace: 5,
  ladder: (server, asked) =>
    kubernetesLadder(server, asked, {
      gateway: Gateway.fromName('gateway', {
        profile: GatewayProfile.ENVOY_GATEWAY,
        idleTimeout: Duration.seconds(asked.idle),
        propagationDelay: Duration.seconds(PROPAGATION),
      }),
    }),
  start: async (ladder, network, { clientIdle = ladder.plan.balancer.clientIdle } = {}) =>
    new EnvoyProcess(network.next(), await freePort(), { ...envoySettings(ladder), clientIdle }),
};

/** nginx in front of a proxy, with the times in the chain of a plan. */
export async function startFront({ backend }: Ladder, network: Loopback): Promise<NginxProcess | undefined> {
  const front = backend.chain.find(({ kind }) => kind === HopKind.IN_FRONT);
  if (front === undefined) return undefined;
  const { clientIdleSeconds: clientIdle, serverIdleSeconds: upstreamIdle, silenceSeconds: read } = front;
  if (read === undefined) throw new Error('nginx has no read timeout in the plan');
  return new NginxProcess(network.next(), await freePort(), { clientIdle, upstreamIdle, read });
}

/** The settings that Envoy Gateway derives from the rendered objects, or those of the plan of a load balancer. */
function envoySettings({ manifests, plan: { balancer } }: Ladder): EnvoySettings {
  const { idle } = balancer;
  const ofLoadBalancer: EnvoySettings = { loadBalancer: 'RoundRobin', upstreamIdle: idle, route: 0, streamIdle: idle };
  return envoySettingsOf(manifests as readonly object[] as readonly Data[]) ?? ofLoadBalancer;
}

function hop({ ladder }: Ladder['backend'], name: string): number | undefined {
  return ladder.hops.find((candidate) => candidate.hop === name)?.seconds;
}

/** The router with the configuration that is rendered from a plan. It finds servers through a cluster's DNS. */
class HaproxyRouter implements RunningProxy {
  private router?: RouterProcess;

  public static async start({ plan, backend }: Ladder, options: ProxyOptions): Promise<HaproxyRouter> {
    return new HaproxyRouter(await RouterLab.start(), plan, backend.slug, options);
  }

  private constructor(
    private readonly lab: RouterLab,
    private readonly plan: Ladder['plan'],
    private readonly slug: string,
    private readonly options: ProxyOptions,
  ) {}

  public get address(): string {
    return this.running.address;
  }

  public get port(): number {
    return this.running.port;
  }

  public send(ask = {}): ReturnType<Sender['send']> {
    return this.running.send(ask);
  }

  public async route(upstreams: readonly Upstream[]): Promise<void> {
    this.lab.pools.set(this.slug, [...upstreams]);
    this.lab.announce();
    if (this.router === undefined) {
      const config = await this.lab.render(this.plan);
      this.router = await this.lab.route({ ...config, text: changed(config.text, this.options) });
    }
    await this.running.untilServers(this.slug, upstreams.length);
  }

  public stop(): Promise<void> {
    return this.lab.dispose();
  }

  private get running(): RouterProcess {
    if (this.router === undefined) throw new Error('the router is started with its first servers');
    return this.router;
  }
}

/** The configuration with the changes of a control test. */
function changed(config: string, { redispatch = true, clientIdle }: ProxyOptions): string {
  const changes: [RegExp, string][] = [
    ...(redispatch
      ? []
      : ([
          [/^ {2}retries \d+$/m, '  retries 0'],
          [/^ {2}retry-on .*\n/m, ''],
          [/^ {2}option redispatch .*\n/m, ''],
        ] as [RegExp, string][])),
    ...(clientIdle === undefined
      ? []
      : ([[/^ {2}timeout http-keep-alive \d+s$/m, `  timeout http-keep-alive ${clientIdle}s`]] as [RegExp, string][])),
  ];
  return changes.reduce((text, [from, to]) => {
    if (!from.test(text)) throw new Error(`nothing matches ${from} in:\n${text}`);
    return text.replace(from, to);
  }, config);
}
