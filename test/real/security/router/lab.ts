import { join } from 'node:path';
import { StreamProtocol } from '../../../../src';
import { HttpMethod, type ServingEndpointProps } from '../../../../src/constructs/endpoint-options';
import type { GuardOptions } from '../../../../src/kubernetes/private/router/guards';
import { OwnAddress } from '../../../../src/plan/choices';
import { Duration } from '../../../../src/units/duration';
import { backendOptions, endpointOn } from '../../../support/definitions';
import { sendTo } from '../../support/client';
import { ContainedProcess } from '../../support/contained-process';
import { installed } from '../../support/images';
import { sleep } from '../../support/load';
import { RouterLab } from '../../support/router-lab';
import type { RenderedRouter, RouterProcess } from '../../support/router-process';
import { routerPlatform } from '../../support/router-tests';
import type { Arrival, Attack } from './attack';
import { sendRaw } from './raw-client';
import { Recorder } from './recorder';

/** The HAProxy versions under attack: the oldest supported, that of the image with and without fixes, and the newest. */
export const VERSIONS = {
  '2.6': () => 'haproxy',
  '3.0.11': () => join(installed('haproxy', '3.0-unpatched'), 'bin/haproxy'),
  '3.0': () => join(installed('haproxy', '3.0'), 'bin/haproxy'),
  newest: () => join(installed('haproxy', 'newest'), 'bin/haproxy'),
} as const;

/** The address that attacks come from. */
export const ATTACKER = '127.0.0.9';

/** The endpoints under attack, each with its own server. */
export const ENDPOINTS: Readonly<Record<string, ServingEndpointProps>> = {
  root: { path: '/' },
  hosted: { path: '/', hosts: ['a.example.com', '*.b.example.com'] },
  guarded: { path: '/guarded', methods: [HttpMethod.GET] },
  tier: { path: '/tier', headers: [{ name: 'x-tier', values: ['gold'] }] },
  strip: { path: '/strip', stripPrefix: true },
  colon: { path: '/c:', stripPrefix: true },
  address: { path: '/http:/host', methods: [HttpMethod.GET] },
  ws: {
    path: '/ws',
    streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(20), protocol: StreamProtocol.WEB_SOCKET },
  },
  go: { path: '/go', methods: [HttpMethod.POST] },
  hyper: { path: '/hyper', methods: [HttpMethod.POST] },
};

/** The plan of the attacked platform. */
export function attackedPlan() {
  const platform = routerPlatform();
  for (const [id, props] of Object.entries(ENDPOINTS)) {
    endpointOn(platform, id, props).addBackend(
      'v1',
      backendOptions(id === 'strip' ? { ownAddress: OwnAddress.PATH } : {}),
    );
  }
  return platform.plan();
}

/** Servers that record what reaches them, and routers of any version in front of them. */
export class AttackLab {
  private readonly recorders: Recorder[] = [];
  private readonly servers: { readonly pool: string; readonly address: string; readonly process: ContainedProcess }[] =
    [];

  public static async start(): Promise<AttackLab> {
    const made = new AttackLab(await RouterLab.start());
    for (const id of Object.keys(ENDPOINTS)) await made.serve(`${id}-v1`, made.lab.network.next());
    made.lab.announce();
    return made;
  }

  private constructor(private readonly lab: RouterLab) {}

  /** A router of a version, with a configuration that the caller may change. */
  public async route(
    haproxy: string,
    options: GuardOptions = {},
    change: (text: string) => string = (text) => text,
  ): Promise<RouterProcess> {
    const config = await this.lab.render(attackedPlan(), 1, options);
    const changed: RenderedRouter = { ...config, text: change(config.text) };
    return this.lab.route(changed, undefined, haproxy);
  }

  /** The servers by the names of their pools. */
  public get addresses(): ReadonlyMap<string, string> {
    return new Map([...this.lab.pools].map(([pool, [member]]) => [pool, (member as { address: string }).address]));
  }

  /** An address of the attacked network for another proxy. */
  public nextAddress(): string {
    return this.lab.network.next();
  }

  /** The result of an attack: the statuses of all responses, and what the servers received. */
  public async attack(
    router: Pick<RouterProcess, 'address' | 'port'>,
    attack: Attack,
    from = ATTACKER,
  ): Promise<{ statuses: number[]; arrivals: Arrival[] }> {
    await this.take();
    const statuses = await sendRaw({ address: router.address, port: router.port, from }, attack);
    return { statuses, arrivals: await this.take() };
  }

  public async dispose(): Promise<void> {
    await this.lab.dispose();
    for (const recorder of this.recorders) await recorder.stop();
    for (const { process } of this.servers) await process.dispose();
  }

  private async serve(pool: string, address: string): Promise<void> {
    this.lab.include(pool, [{ address }]);
    const command = COMMANDS[pool]?.(`${address}:8000`);
    if (command === undefined) {
      this.recorders.push(await Recorder.start(pool, address));
      return;
    }
    const process = new ContainedProcess(command, { folder: __dirname, environment: { PYTHONDONTWRITEBYTECODE: '1' } });
    this.servers.push({ pool, address, process });
    for (const end = Date.now() + 20_000; (await seen(address)) === undefined; await sleep(100)) {
      if (Date.now() > end) throw new Error(`the server of '${pool}' does not start:\n${process.log()}`);
    }
  }

  /** What arrived at all servers since the last call. */
  private async take(): Promise<Arrival[]> {
    const others = await Promise.all(
      this.servers.map(async ({ pool, address }) =>
        ((await seen(address)) ?? []).map((arrival) => ({ ...arrival, pool, version: `HTTP/${arrival.version}` })),
      ),
    );
    return [...this.recorders.map((recorder) => recorder.take()), ...others].flat();
  }
}

/** Servers that support HTTP/2 without encryption; the others only record. */
const COMMANDS: Readonly<Record<string, (bind: string) => string[]>> = {
  'go-v1': (bind) => [join(installed('go', 'h2c'), 'bin/server'), bind],
  'hyper-v1': (bind) => [
    ...[join(installed('python', 'hypercorn'), 'bin/hypercorn'), '--bind', bind],
    ...['--keep-alive', '4010', 'h2c:app'],
  ],
};

async function seen(address: string): Promise<Arrival[] | undefined> {
  const { status, body } = await sendTo(address, 8000, { path: '/-/seen', host: 'localhost' });
  return status === 200 ? (JSON.parse(body) as Arrival[]) : undefined;
}
