import { ModelServer, servers } from '../../src';

const { DrainBehavior, KeepAliveKind, KnobPlace } = servers;

const flag = (name: string, more: object = {}) => ({ name, place: KnobPlace.FLAG, ...more });
const declare = (change: Partial<servers.ServerDescriptor>, command = ['serve']) =>
  ModelServer.custom({
    command,
    descriptor: {
      name: 'mine',
      drain: DrainBehavior.COMPLETES_REQUESTS,
      keepAlive: KeepAliveKind.SETTABLE,
      keepAliveKnob: flag('--keep-alive'),
      listensWhenReady: true,
      ...change,
    },
  });

describe('a descriptor', () => {
  test('is accepted when it is consistent', () => {
    expect(() =>
      declare({ versions: [{ from: '1.0' }, { from: 'v1.10', drain: DrainBehavior.DROPS_REQUESTS }] }),
    ).not.toThrow();
    expect(() => declare({ keepAlive: KeepAliveKind.UNKNOWN, keepAliveKnob: undefined })).not.toThrow();
    expect(() =>
      declare({ keepAlive: KeepAliveKind.CAPPED, keepAliveKnob: flag('-k', { maxSeconds: 60 }) }),
    ).not.toThrow();
  });

  test.each<[Partial<servers.ServerDescriptor>, string]>([
    [
      { versions: [{ from: 'abc' }] },
      "'descriptor.versions[0].from' ('abc') must start with a number, such as '27.0.1'",
    ],
    [
      { versions: [{ from: '2.0' }, { from: '1.0' }] },
      "'descriptor.versions[1].from' ('1.0') must be newer than the one before it",
    ],
    [{ keepAlive: KeepAliveKind.FIXED, keepAliveKnob: undefined }, "requires 'keepAliveSeconds'"],
    [{ keepAlive: KeepAliveKind.FIXED, keepAliveSeconds: 5 }, "conflicts with a 'keepAliveKnob' that sets it"],
    [
      { keepAliveKnob: undefined },
      "'descriptor.keepAlive' (servers.KeepAliveKind.SETTABLE) requires the 'keepAliveKnob' that sets it",
    ],
    [{ keepAlive: KeepAliveKind.CAPPED }, "requires a 'keepAliveKnob' with 'maxSeconds'"],
    [
      { versions: [{ from: '2', keepAlive: KeepAliveKind.CAPPED }] },
      "'descriptor.versions[0].keepAlive' (servers.KeepAliveKind.CAPPED) requires a 'keepAliveKnob' with 'maxSeconds'",
    ],
    [
      { keepAliveSeconds: Number.POSITIVE_INFINITY },
      "'descriptor.keepAliveSeconds' (Infinity) must be a number between 0",
    ],
    [
      { portVariable: '--port' },
      "'descriptor.portVariable' ('--port') must be the name of an environment variable, such as PORT",
    ],
    [{ lingerSeconds: -5 }, "'descriptor.lingerSeconds' (-5) must be a number between 0"],
    [
      { silentLimit: { seconds: 5, plus: 'idle' } },
      "'descriptor.silentLimit.plus' ('idle') must be 'keepAlive' or 'watchdog'",
    ],
    [{ keepAliveKnob: flag('--ka x') }, "'the flag' ('--ka x') must be a single word"],
    [{ keepAliveKnob: { name: '1 KA=', place: KnobPlace.VARIABLE } }, "'the variable' ('1 KA=') must be a single word"],
    [{ drainKnob: flag('--keep-alive') }, "'the flag' ('--keep-alive') must be unique in the descriptor"],
    [
      { drain: DrainBehavior.DROPS_REQUESTS, drainKnob: flag('--drain') },
      "'descriptor.drainKnob' ('--drain') must not be set when",
    ],
  ])('that is inconsistent is refused: %j', (change, message) => {
    expect(() => declare(change)).toThrow(message);
  });

  test('whose flag is already in the command is refused', () => {
    expect(() => declare({}, ['serve', '--keep-alive=5'])).toThrow(
      "[InvalidDescriptor] 'the flag' ('--keep-alive') must not be in the command, because the computed time is added with it",
    );
  });
});
