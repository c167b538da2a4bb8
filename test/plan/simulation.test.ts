import fc from 'fast-check';
import type { ServingPlan } from '../../src/plan/plan';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import { DrainClass, KeepAliveKind } from '../../src/servers/server-descriptor';
import { type Definition, declare, definitions } from '../support/arbitraries';
import { GATEWAY, NUMBERED, ROUTER, SHORT_STOP } from '../support/profiles';
import { type Call, type Server, simulate, type World } from '../support/simulation';
import { TEST_PROFILE } from '../support/test-platform';

const TIMEOUT_CODES = ['RequestTimeoutTooLong', 'KeepAliveTooShort', 'DrainTooLong'];

const accepted = (plan: ServingPlan) => !plan.refusals.some(({ code }) => TIMEOUT_CODES.includes(code));

/** Targets small enough to try all of their values. */
const targets: fc.Arbitrary<TargetProfile> = fc.record({
  name: fc.constant('a small target'),
  maxWeight: fc.constant(1000),
  idle: fc.record({
    min: fc.integer({ min: 1, max: 5 }),
    max: fc.integer({ min: 30, max: 60 }),
    standard: fc.integer({ min: 5, max: 30 }),
    cutsSilence: fc.boolean(),
    settable: fc.boolean(),
    canCloseEach: fc.boolean(),
  }),
  drainOrder: fc.constantFrom(DrainOrder.BALANCER_FIRST, DrainOrder.TOGETHER),
  propagationSeconds: fc.constantFrom(0, 2, 7.5),
  maxDeregistrationSeconds: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  maxStopSeconds: fc.option(fc.integer({ min: 12, max: 40 }), { nil: undefined }),
  requestTimeout: fc.boolean(),
  capabilities: fc.constant(TEST_PROFILE.capabilities),
});

const small: fc.Arbitrary<Definition> = definitions.map(({ endpoints }) => ({
  endpoints: endpoints.map((endpoint) => ({
    ...endpoint,
    requestTimeout: 1 + (endpoint.requestTimeout % 50),
    stream: endpoint.stream && {
      seconds: 1 + (endpoint.stream.seconds % 60),
      heartbeat: 1 + (endpoint.stream.heartbeat % 25),
    },
    backends: endpoint.backends.map((backend) => ({ ...backend, keepAlive: 1 + (backend.keepAlive % 70) })),
  })),
}));

function serverOf(plan: BackendPlan): Server {
  const { descriptor } = plan.intent.server;
  const flags = plan.intent.server.timeFlags.map((flag) => flag.time);
  const kept = {
    [KeepAliveKind.SETTABLE]: plan.times.keepAlive,
    [KeepAliveKind.CAPPED]: plan.times.keepAlive,
    [KeepAliveKind.FIXED]: descriptor.keepAliveSeconds ?? 0,
    [KeepAliveKind.NEVER_CLOSES]: Number.POSITIVE_INFINITY,
    // What the application must keep, which the ledger says.
    [KeepAliveKind.UNKNOWN]: Number.POSITIVE_INFINITY,
    [KeepAliveKind.CLOSES_EACH]: 0,
  };
  return {
    keepAlive: kept[descriptor.keepAlive],
    drains: descriptor.drain !== DrainClass.B,
    drain: flags.includes('drain') ? plan.times.drain : Number.POSITIVE_INFINITY,
  };
}

function worldOf(plan: ServingPlan, backend: BackendPlan, target: TargetProfile): World {
  const { deregistration, preStop, stop, grace, closeEach } = backend.times;
  const balancerFirst = target.drainOrder === DrainOrder.BALANCER_FIRST;
  return {
    idle: plan.balancer.idle,
    cutsSilence: target.idle.cutsSilence,
    closesEach: closeEach,
    balancerFirst,
    propagation: target.propagationSeconds,
    deregistration,
    preStop,
    stop: balancerFirst ? stop : grace - preStop,
  };
}

/** The longest request of each endpoint, alone and around the end of the replica, and requests after a pause. */
function callsOf(plan: ServingPlan, backend: BackendPlan, world: World): { calls: Call[]; removedAt?: number }[] {
  return backend.endpoints.flatMap((path) => {
    const { intent } = plan.endpoint(path);
    const { timeoutSeconds } = plan.route(path, 'shares');
    const stream = intent.streamSeconds !== undefined && intent.heartbeatSeconds !== undefined;
    const call = (at: number, seconds: number): Call => ({
      at,
      seconds,
      silence: Math.min(seconds, intent.requestTimeoutSeconds),
      timeout: timeoutSeconds,
    });
    // One heartbeat may be lost on the way.
    const streamed = (at: number): Call => ({
      ...call(at, intent.streamSeconds as number),
      silence: Math.min(2 * (intent.heartbeatSeconds as number), intent.streamSeconds as number),
    });
    const longest = [call(0, intent.requestTimeoutSeconds), ...(stream ? [streamed(0)] : [])];
    const pauses = [0, 1, world.idle / 2, world.idle - 1, world.idle - 0.001, world.idle];
    const removedAt = 5;
    return [
      ...longest.map((one) => ({ calls: [one] })),
      ...pauses.map((pause) => ({ calls: [call(0, 1), call(1 + pause, 1)] })),
      ...longest.flatMap((one) =>
        [removedAt - 0.5, removedAt, removedAt + world.propagation / 2, removedAt + world.propagation].map((at) => ({
          calls: [{ ...one, at }],
          removedAt,
        })),
      ),
    ];
  });
}

function losses(plan: ServingPlan, backend: BackendPlan, world: World, server: Server): string[] {
  return callsOf(plan, backend, world).flatMap(({ calls, removedAt }) => simulate(world, server, calls, removedAt));
}

describe('an accepted plan loses no request', () => {
  test.each([
    ['a balancer with tasks on instances', NUMBERED],
    ['a balancer with tasks that are killed early', SHORT_STOP],
    ['a router', ROUTER],
    ['a gateway', GATEWAY],
    ['the test platform', TEST_PROFILE],
  ])('on %s', (_, target) => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const plan = declare(definition, target).plan();
        fc.pre(accepted(plan));
        for (const backend of plan.backends) {
          expect(losses(plan, backend, worldOf(plan, backend, target), serverOf(backend))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('on any target', () => {
    fc.assert(
      fc.property(small, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        fc.pre(accepted(plan));
        for (const backend of plan.backends) {
          expect(losses(plan, backend, worldOf(plan, backend, target), serverOf(backend))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the simulation', () => {
  const world: World = {
    idle: 60,
    cutsSilence: true,
    closesEach: false,
    balancerFirst: false,
    propagation: 5,
    deregistration: 0,
    preStop: 5,
    stop: 65,
  };
  const server: Server = { keepAlive: 70, drains: true, drain: 60 };
  const call = (at: number, seconds = 1): Call => ({ at, seconds, silence: seconds, timeout: 0 });

  test.each<[string, Partial<World>, Partial<Server>, Call[], number | undefined, string[]]>([
    ['nothing', {}, {}, [call(0, 50), call(55), call(116)], 5, []],
    ['a silent request', {}, {}, [call(0, 51)], undefined, ['silent for longer than the balancer waits']],
    [
      'a request on a closed connection',
      {},
      { keepAlive: 60 },
      [call(0), call(52)],
      undefined,
      ['sent on a connection that the server had closed'],
    ],
    ['nothing where each connection ends', { closesEach: true }, { keepAlive: 5 }, [call(0), call(52)], undefined, []],
    ['what runs at the signal', {}, { drains: false }, [call(9, 5)], 5, ['dropped at the signal']],
    ['what outlasts the drain', {}, { drain: 10 }, [call(9, 40)], 5, ['not finished in the drain time']],
    ['what outlasts the kill', { stop: 20 }, {}, [call(9, 40)], 5, ['killed']],
    ['what comes after the signal', { propagation: 9 }, {}, [call(13)], 5, ['refused after the signal']],
    ['what its route ends', {}, {}, [{ ...call(0, 45), timeout: 50 }], undefined, ['ended by its route']],
    ['nothing that another replica gets', {}, {}, [call(11)], 5, []],
    [
      'nothing that the balancer waits for',
      { balancerFirst: true, deregistration: 50 },
      { drains: false },
      [call(5, 50)],
      5,
      [],
    ],
  ])('loses %s', (_, changedWorld, changedServer, calls, removedAt, lost) => {
    expect(simulate({ ...world, ...changedWorld }, { ...server, ...changedServer }, calls, removedAt)).toEqual(lost);
  });
});

/** Every legal way to stop a replica: drains end 5 s before the kill, and 5 s of the compute's limit stay free. */
function* waysToStop(
  target: TargetProfile,
  server: Server,
  most: number,
): Generator<Partial<World> & { drain: number }> {
  const maxStop = target.maxStopSeconds ?? most + 20;
  const balancerFirst = target.drainOrder === DrainOrder.BALANCER_FIRST;
  const waits = balancerFirst
    ? Math.min(target.maxDeregistrationSeconds ?? most, most)
    : most + Math.ceil(target.propagationSeconds);
  for (let wait = 0; wait <= waits; wait++) {
    for (let drain = 0; drain <= (server.drains ? maxStop - 10 : 0); drain++) {
      yield { deregistration: wait, preStop: wait, stop: drain + 5, drain };
    }
  }
}

describe('a refused plan has no solution', () => {
  test('that another idle time would give', () => {
    fc.assert(
      fc.property(small, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        fc.pre(plan.refusals.some(({ code }) => ['RequestTimeoutTooLong', 'KeepAliveTooShort'].includes(code)));
        const { idle } = target;
        const legal = idle.settable
          ? Array.from({ length: idle.max - idle.min + 1 }, (_, index) => idle.min + index)
          : [idle.standard];
        const works = (seconds: number, closesEach: boolean) => (backend: BackendPlan) => {
          const world = { ...worldOf(plan, backend, target), idle: seconds, closesEach };
          // The end of a replica is another question.
          return callsOf(plan, backend, world).every(
            ({ calls, removedAt }) => removedAt !== undefined || simulate(world, serverOf(backend), calls).length === 0,
          );
        };
        const solution = legal.find((seconds) =>
          plan.backends.every(
            (backend) => works(seconds, false)(backend) || (idle.canCloseEach && works(seconds, true)(backend)),
          ),
        );
        expect(solution).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  test('that another way to stop would give', () => {
    fc.assert(
      fc.property(small, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        const refused = plan.backends.filter((backend) =>
          plan.refusals.some(({ code, path }) => code === 'DrainTooLong' && path === backend.path),
        );
        fc.pre(refused.length > 0);
        for (const backend of refused) {
          const server = serverOf(backend);
          for (const { drain, ...change } of waysToStop(target, server, backend.times.requestTimeout)) {
            const world = { ...worldOf(plan, backend, target), idle: 1000, ...change };
            const lost = callsOf(plan, backend, world).filter(({ removedAt }) => removedAt !== undefined);
            expect(
              lost.some(({ calls, removedAt }) => simulate(world, { ...server, drain }, calls, removedAt).length > 0),
            ).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
