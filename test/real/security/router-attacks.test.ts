import type { RouterProcess } from '../support/router-process';
import { measurements } from '../support/router-tests';
import type { Attack } from './router/attack';
import { ATTACKS } from './router/attacks';
import { guardLines, HOLES, SECOND_LINES, STOPPED_BY, TUNNELS, withoutGuards } from './router/control';
import { ATTACKER, AttackLab, attackedPlan, VERSIONS } from './router/lab';
import { violations } from './router/rules';

const all: readonly Attack[] = Object.values(ATTACKS).flat();
const versions = Object.keys(VERSIONS) as (keyof typeof VERSIONS)[];
const note = measurements();

let lab: AttackLab;
beforeAll(async () => {
  lab = await AttackLab.start();
});
afterAll(() => lab?.dispose());

/** How the result of an attack differs from what is allowed; empty if the attack fails. */
async function outcome(router: RouterProcess, attack: Attack): Promise<string[]> {
  const { statuses, arrivals } = await lab.attack(router, attack);
  const [status = 0] = statuses;
  const arrived = arrivals.map(({ pool, method, path }) => `${pool} ${method} ${path}`);
  const fits = ({ status: expected, arrives }: Pick<Attack, 'status' | 'arrives'>) =>
    (expected === 'refused' ? status === 0 || status >= 400 : status === expected) && arrived.join() === arrives.join();
  return [
    ...([attack, attack.or ?? attack].some(fits) ? [] : [`${status}, arrived: ${arrived.join() || 'nothing'}`]),
    ...arrivals.flatMap((arrival) => violations(arrival, ATTACKER)),
  ];
}

/** The attacks that succeed, each with its result. */
async function openTo(router: RouterProcess, attacks: readonly Attack[]): Promise<Record<string, string[]>> {
  const open: Record<string, string[]> = {};
  for (const attack of attacks) {
    const found = await outcome(router, attack);
    if (found.length > 0) open[attack.name] = found;
  }
  return open;
}

test('there are many attacks with unique names', () => {
  expect(all.length).toBeGreaterThan(200);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

describe.each(versions)('HAProxy %s', (version) => {
  let router: RouterProcess;
  beforeAll(async () => {
    router = await lab.route(VERSIONS[version]());
  });
  afterAll(() => router?.stop('SIGKILL'));

  test.each(Object.entries(ATTACKS))('withstands %s', async (_, attacks) => {
    expect(await openTo(router, attacks)).toEqual({});
  });
});

describe('without guards', () => {
  test.each(versions)('HAProxy %s is vulnerable to most', async (version) => {
    const router = await lab.route(VERSIONS[version](), {}, withoutGuards(attackedPlan()));
    const open = Object.keys(await openTo(router, all));
    await router.stop('SIGKILL');
    note(`attacks that succeed on ${version} without guards`, `${open.length} of ${all.length}`);
    expect(HOLES.filter((name) => !open.includes(name))).toEqual([]);
  });

  test.each(
    Object.entries(TUNNELS).flatMap(([version, names]) => names.map((name) => [version, name] as const)),
  )('HAProxy %s forwards a second request without any rule: %s', async (version, name) => {
    const router = await lab.route(VERSIONS[version as keyof typeof VERSIONS](), {}, withoutGuards(attackedPlan()));
    const { statuses, arrivals } = await lab.attack(router, all.find((attack) => attack.name === name) as Attack);
    await router.stop('SIGKILL');
    expect(statuses[0]).toBe(101);
    expect(arrivals.at(-1)).toMatchObject({ method: 'DELETE', path: '/internal/admin' });
  });

  const guards = guardLines(attackedPlan());
  const stopped = Object.entries(STOPPED_BY);

  test('each guard has an attack that it stops, or a reason', () => {
    const parts = [...Object.keys(STOPPED_BY), ...SECOND_LINES];
    expect(guards.filter((line) => parts.filter((part) => line.includes(part)).length !== 1)).toEqual([]);
    expect(parts.filter((part) => !guards.some((line) => line.includes(part)))).toEqual([]);
  });

  test.each(stopped)('%s is necessary', async (part, name) => {
    const guard = guards.find((line) => line.includes(part));
    const router = await lab.route(VERSIONS['2.6'](), {}, (text) =>
      text
        .split('\n')
        .filter((line) => line !== guard)
        .join('\n'),
    );
    const attack = all.find((candidate) => candidate.name === name) as Attack;
    const found = await outcome(router, attack);
    await router.stop('SIGKILL');
    expect(found).not.toEqual([]);
  });
});
