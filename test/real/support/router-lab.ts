import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GuardOptions } from '../../../src/kubernetes/private/router/guards';
import { CONFIG_FILE, renderHaproxy } from '../../../src/kubernetes/private/router/haproxy';
import { podsServiceName } from '../../../src/kubernetes/private/router/pools';
import type { ServingPlan } from '../../../src/plan/plan';
import { ClusterDns } from './dns';
import { freePort, Loopback } from './loopback';
import { Replica, type ReplicaOptions } from './replica';
import { NAMESPACE, type RenderedRouter, RouterProcess } from './router-process';

const DOMAIN = 'cluster.local';

/** A server with its own address. */
export interface Member {
  readonly address: string;
}

/** A cluster of real processes at their own loopback addresses: replicas, their DNS, and routers. */
export class RouterLab {
  public readonly pools = new Map<string, Member[]>();

  private readonly folder = mkdtempSync(join(tmpdir(), 'router-lab-'));
  private readonly routers: RouterProcess[] = [];
  private readonly started: Replica[] = [];

  public static async start(ttlSeconds = 0): Promise<RouterLab> {
    const network = new Loopback();
    return new RouterLab(network, await ClusterDns.start(network.at(53), ttlSeconds));
  }

  private constructor(
    public readonly network: Loopback,
    public readonly dns: ClusterDns,
  ) {
    writeFileSync(
      join(this.folder, 'resolv.conf'),
      `nameserver ${network.at(53)}\nsearch ${NAMESPACE}.svc.${DOMAIN}\n`,
    );
  }

  /** Starts replicas of a backend, without announcing them. */
  public async add(pool: string, count: number, options: ReplicaOptions = {}): Promise<Replica[]> {
    const replicas: Replica[] = [];
    for (let index = 0; index < count; index++) {
      replicas.push(await Replica.start(pool, this.network.next(), options));
    }
    this.started.push(...replicas);
    this.include(pool, replicas);
    return replicas;
  }

  /** Adds running members to a pool. */
  public include(pool: string, members: readonly Member[]): void {
    this.pools.set(pool, [...(this.pools.get(pool) ?? []), ...members]);
  }

  /** Removes members from a pool; they keep running. */
  public remove(pool: string, members: readonly Member[]): void {
    this.pools.set(
      pool,
      (this.pools.get(pool) ?? []).filter((member) => !members.includes(member)),
    );
  }

  /** Announces the replicas of these pools, or of all, in DNS. */
  public announce(...pools: string[]): void {
    for (const pool of pools.length > 0 ? pools : this.pools.keys()) {
      const targets = (this.pools.get(pool) ?? []).map(({ address }) => ({ address, port: 8000 }));
      this.dns.announce(nameOf(pool), targets);
    }
  }

  /** Starts a replica at the address of the Service of a backend, as if kube-proxy forwarded to it. */
  public async serve(pool: string, options: ReplicaOptions = {}): Promise<Replica> {
    const replica = await Replica.start(pool, this.network.next(), { ...options, port: 80 });
    this.started.push(replica);
    this.dns.announceService(`${pool}.${NAMESPACE}.svc.${DOMAIN}`, replica.address);
    return replica;
  }

  /** Removes all replicas of a pool from DNS, as if none were ready. */
  public hide(pool: string): void {
    this.dns.announce(nameOf(pool), []);
  }

  /** The configuration of a plan, on free ports. */
  public async render(plan: ServingPlan, replicas = 1, guards: GuardOptions = {}): Promise<RenderedRouter> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const options = { clusterDomain: DOMAIN, replicas, port, adminPort, ...guards };
    const { [CONFIG_FILE]: text = '', ...maps } = renderHaproxy(plan, options);
    return { text, maps, port, adminPort };
  }

  /** Starts HAProxy with a configuration, and waits until it has found this number of servers per pool. */
  public async route(
    config: RenderedRouter,
    servers: Record<string, number> = this.sizes(),
    program?: string,
  ): Promise<RouterProcess> {
    const folder = join(this.folder, `haproxy-${config.port}`);
    mkdirSync(folder);
    for (const [name, text] of Object.entries({ ...config.maps, [CONFIG_FILE]: config.text }))
      writeFileSync(join(folder, name), text);
    const file = join(folder, CONFIG_FILE);
    const router = new RouterProcess(file, join(this.folder, 'resolv.conf'), this.network.at(1), config, program);
    this.routers.push(router);
    for (const [pool, count] of Object.entries(servers)) await router.untilServers(pool, count);
    return router;
  }

  public async dispose(): Promise<void> {
    for (const router of this.routers) await router.stop('SIGKILL');
    for (const replica of this.started) await replica.drop();
    await this.dns.close();
    rmSync(this.folder, { recursive: true });
  }

  private sizes(): Record<string, number> {
    return Object.fromEntries([...this.pools].map(([pool, replicas]) => [pool, replicas.length]));
  }
}

/** The DNS name of the replicas of a backend. */
function nameOf(pool: string): string {
  return `_http._tcp.${podsServiceName(pool)}.${NAMESPACE}.svc.${DOMAIN}`;
}
