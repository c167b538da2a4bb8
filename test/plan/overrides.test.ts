import type { BackendTimeouts } from '../../src/constructs/backend-timeouts';
import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { GATEWAY, NUMBERED, ROUTER, SHORT_STOP } from '../support/profiles';
import { dropping, keeping, planOf, seconds } from './support';

const asgi = ModelServer.asgi({ app: 'app' });
const set = (timeouts: BackendTimeouts, target = NUMBERED, server = asgi, time = 60) =>
  planOf({ target, backend: { server, timeouts }, endpoint: { requestTimeout: seconds(time) } });

describe('a keep-alive override', () => {
  test('reaches the server', () => {
    const { plan, codes } = set({ keepAlive: seconds(90) });
    const { command, times } = plan.backend('endpoint/backend');
    expect({ codes, keepAlive: times.keepAlive }).toEqual({ codes: [], keepAlive: 90 });
    expect(command[command.indexOf('--timeout-keep-alive') + 1]).toBe('90');
  });

  test('lowers the idle timeout of the balancer as far as requests allow', () => {
    expect(set({ keepAlive: seconds(50) }, NUMBERED, asgi, 30)).toMatchObject({ idle: 40, codes: [] });
    expect(set({ keepAlive: seconds(49) }, NUMBERED, asgi, 30)).toMatchObject({ idle: 40, codes: ['TimeoutOverride'] });
  });

  test('is refused if the server closes first', () => {
    expect(set({ keepAlive: seconds(79) })).toMatchObject({
      rules: ['R1'],
      messages: [
        "'keepAlive' of 'timeouts' (79 s) must be at least 80 s (rule R1), because the idle timeout of an Application Load Balancer is 70 s: the server keeps idle connections longer than the balancer, or closes them after each response; change it, or omit it to use the computed value",
      ],
    });
    expect(set({ keepAlive: seconds(80) }).codes).toEqual([]);
    expect(set({ keepAlive: seconds(100) }, GATEWAY).rules).toEqual(['E1']);
  });

  test('loses nothing if the balancer closes each connection', () => {
    const { times, codes } = set({ keepAlive: seconds(5) }, ROUTER);
    expect({ closeEach: times.closeEach, codes }).toEqual({ closeEach: true, codes: [] });
  });

  test('must be within the limit of the server', () => {
    expect(set({ keepAlive: seconds(61) }, NUMBERED, ModelServer.granian({ app: 'app' }), 10).messages).toEqual([
      "'keepAlive' of 'timeouts' (61 s) must be at most 60 s, the limit of --http1-header-read-timeout of granian (rule R4); change it, or omit it to use the computed value",
    ]);
  });

  test.each([
    [
      keeping(75),
      "'keepAlive' of 'timeouts' (90 s) cannot be configured for llama, whose keep-alive is 75 s; leave it out",
    ],
    [
      ModelServer.node({ command: ['node', 'a.js'], keepAlive: seconds(100) }),
      "'keepAlive' of 'timeouts' (90 s) cannot be configured for Node, whose keep-alive is 100 s; leave it out, or set server.keepAliveTimeout in its code and declare 'keepAlive'",
    ],
  ])('must be supported by the server', (server, message) => {
    const { codes, messages } = set({ keepAlive: seconds(90) }, ROUTER, server);
    expect(codes).toEqual(['TimeoutNotSettable']);
    expect(messages[0]).toContain(message);
  });
});

describe('an idle timeout override', () => {
  const idle = (time: number, target = NUMBERED) =>
    planOf({ target, platform: { idleTimeout: seconds(time) }, backend: { server: keeping(100) } });

  test('configures the balancer', () => {
    expect(idle(80)).toMatchObject({ idle: 80, codes: [] });
    expect(idle(80).ladder.find(({ hop }) => hop === 'balancer idle')).toEqual({
      hop: 'balancer idle',
      seconds: 80,
      rule: 'R2',
      slackSeconds: 20,
      setBy: "'idleTimeout' of the platform",
    });
  });

  test('must exceed requests and stay below the keep-alive of servers', () => {
    expect(idle(69).messages).toEqual([
      "'idleTimeout' of the platform (69 s) must be at least 70 s (rule R2), because the longest request is 60 s: no hop times out on a silent server before the longest request has ended; change it, or omit it to use the computed value",
    ]);
    expect(idle(91).messages).toEqual([
      "'idleTimeout' of the platform (91 s) must be at most 90 s (rule R4), because the keep-alive of llama is 100 s: if the keep-alive of the server is fixed or capped, the balancer closes idle connections before the server does; change it, or omit it to use the computed value",
    ]);
  });

  test('must be supported by the balancer', () => {
    expect(idle(4001)).toMatchObject({ idle: 70, codes: ['TimeoutOverride'] });
    expect(idle(80, GATEWAY)).toMatchObject({ idle: 3600, codes: ['TimeoutNotSettable', 'KeepAliveTooShort'] });
  });
});

describe('an override of a stop time', () => {
  test('is used as it is set', () => {
    const timeouts = { deregistrationDelay: seconds(90), drain: seconds(20), stop: seconds(40) };
    expect(set(timeouts)).toMatchObject({ codes: [], times: { deregistration: 90, drain: 20, stop: 40 } });
    const together = { preStop: seconds(80), drain: seconds(20), stop: seconds(40) };
    expect(set(together, ROUTER)).toMatchObject({ codes: [], times: { preStop: 80, drain: 20, stop: 40, grace: 120 } });
  });

  test('leaves enough time for the computed times', () => {
    expect(set({ drain: seconds(20) }, ROUTER)).toMatchObject({
      codes: [],
      times: { preStop: 72, drain: 20, stop: 25 },
    });
    expect(set({ stop: seconds(30) }, ROUTER)).toMatchObject({
      codes: [],
      times: { preStop: 67, drain: 25, grace: 97 },
    });
  });

  test.each([
    [{ deregistrationDelay: seconds(30), drain: seconds(20) }, NUMBERED, asgi, 'D1'],
    [{ deregistrationDelay: seconds(59) }, NUMBERED, asgi, 'D1'],
    [{ deregistrationDelay: seconds(59) }, NUMBERED, dropping(), 'D1'],
    [{ preStop: seconds(31) }, ROUTER, asgi, 'P'],
    [{ preStop: seconds(91) }, ROUTER, dropping(), 'PT'],
    [{ preStop: seconds(71), drain: seconds(20) }, ROUTER, asgi, 'PT'],
    [{ drain: seconds(60), stop: seconds(64) }, ROUTER, asgi, 'D2'],
    [{ stop: seconds(4) }, NUMBERED, asgi, 'D2'],
    [{ drain: seconds(116) }, SHORT_STOP, asgi, 'D2'],
  ])('is refused once, with the broken rule: %j', (timeouts, target, server, rule) => {
    expect(set(timeouts, target, server)).toMatchObject({ codes: ['TimeoutOverride'], rules: [rule] });
  });

  test('is reported with both props if both are set', () => {
    expect(set({ drain: seconds(60), stop: seconds(64) }).messages[0]).toContain(
      "'stop' of 'timeouts' (64 s) must be at least 65 s (rule D2), because 'drain' of 'timeouts' is 60 s",
    );
  });

  test.each([
    [{ preStop: seconds(40) }, NUMBERED, asgi, "set 'deregistrationDelay'"],
    [{ deregistrationDelay: seconds(70) }, ROUTER, asgi, "set 'preStop'"],
    [{ drain: seconds(70) }, NUMBERED, dropping(), 'which drops its requests on SIGTERM; leave it out'],
    [{ drain: seconds(70) }, NUMBERED, keeping(1000), "which drains without a time limit; set 'stop', or leave it out"],
    [{ watchdog: seconds(900) }, NUMBERED, asgi, 'is not supported by uvicorn; leave it out'],
  ])('must be supported by the target and the server: %j', (timeouts, target, server, message) => {
    const { codes, messages } = set(timeouts, target, server);
    expect(codes).toEqual(['TimeoutNotSettable']);
    expect(messages[0]).toContain(message);
  });

  test('is within the limits of the target', () => {
    expect(set({ deregistrationDelay: seconds(3600) }).codes).toEqual([]);
    expect(set({ stop: seconds(121) }, SHORT_STOP).messages).toEqual([
      "'stop' of 'timeouts' (121 s) must be at most 120 s (rule D2), the limit of the compute; change it, or omit it to use the computed value",
    ]);
  });
});

describe('a watchdog override', () => {
  const wsgi = ModelServer.wsgi({ app: 'app' });

  test('exceeds load and requests', () => {
    expect(set({ watchdog: seconds(310) }, NUMBERED, wsgi)).toMatchObject({ codes: [], times: { watchdog: 310 } });
    expect(set({ watchdog: seconds(309) }, NUMBERED, wsgi)).toMatchObject({
      codes: ['TimeoutOverride'],
      rules: ['R8'],
    });
  });

  test('exceeds the idle timeout of the balancer if it also closes silent connections', () => {
    const sync = ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC });
    const watched = (time: number) =>
      planOf({
        target: NUMBERED,
        backend: { server: sync, timeouts: { watchdog: seconds(time) }, loadTimeout: seconds(10) },
      });
    expect(watched(80).codes).toEqual([]);
    expect(watched(79).messages).toEqual([
      "'watchdog' of 'timeouts' (79 s) must be at least 80 s (rule R5), because the idle timeout of an Application Load Balancer is 70 s: the server keeps connections that have not sent any data longer than the balancer does; change it, or omit it to use the computed value",
    ]);
  });
});

describe('callers that bypass the balancer', () => {
  const around = (time: number, target = SHORT_STOP, server = asgi) =>
    planOf({ target, backend: { server, directCallers: true }, endpoint: { requestTimeout: seconds(time) } });

  test.each([
    [110, SHORT_STOP, asgi, []],
    [111, SHORT_STOP, asgi, ['D2']],
    [600, NUMBERED, asgi, []],
    [10, NUMBERED, dropping(), ['D2']],
    [600, ROUTER, asgi, []],
    [600, ROUTER, dropping(), []],
  ])('are protected only by the drain: requests of %i s', (time, target, server, rules) => {
    expect(around(time, target, server).rules).toEqual(rules);
  });

  test('appear in the ledger with the drain time', () => {
    expect(around(60).entries('direct callers')).toMatchObject([{ level: 'left to the application' }]);
  });
});

test('overrides are listed in the ledger and in the ladder', () => {
  const { entries, ladder } = set({ drain: seconds(65), stop: seconds(80) });
  expect(entries('timeout override')).toMatchObject([{ detail: 'set in the definition: drain 65 s, stop 80 s' }]);
  expect(ladder.filter(({ setBy }) => setBy !== undefined)).toMatchObject([
    { hop: 'server drain', seconds: 65, setBy: "'drain' of 'timeouts'" },
    { hop: 'stop timeout', seconds: 80, setBy: "'stop' of 'timeouts'" },
  ]);
});
