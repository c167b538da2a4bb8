import { CATALOG } from '../../scripts/server-catalog';
import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { knobsOf } from '../../src/plan/server/knobs';
import { DrainTimeoutBehavior, Evidence, KnobPlace } from '../../src/plan/server/parts';
import { compareVersions, versionNumbers } from '../../src/servers/versions';

const byName = CATALOG.map((server) => [server.name, server] as const);

test('names are unique', () => {
  expect(new Set(CATALOG.map(({ name }) => name)).size).toBe(CATALOG.length);
});

describe.each(byName)('the descriptor of %s', (_, server) => {
  test('has every field of the documentation', () => {
    for (const field of ['newConnections', 'drainTimeoutBehavior', 'overflow', 'batching', 'modelLocation'] as const)
      expect(server[field]).toBeDefined();
    for (const field of ['streaming', 'webSocket', 'grpc', 'listensWhenReady'] as const)
      expect(typeof server[field]).toBe('boolean');
    expect(server.declared).not.toBe(false);
  });

  test('has a source and evidence', () => {
    expect(server.source).toMatch(/^https:\/\/\S+$/);
    expect([Evidence.MEASURED, Evidence.READ]).toContain(server.evidence);
    expect(versionNumbers(server.verifiedVersion ?? '')).toBeDefined();
    if (server.evidence === Evidence.MEASURED) expect(server.newConnections).not.toBe('unknown');
  });

  test('has sorted versions, none newer than the verified one', () => {
    const numbers = (server.versions ?? []).map(({ from }) => versionNumbers(from) as number[]);
    for (const [index, version] of numbers.entries()) {
      if (index > 0) expect(compareVersions(numbers[index - 1] as number[], version)).toBeLessThan(0);
      expect(
        compareVersions(version, versionNumbers(server.verifiedVersion as string) as number[]),
      ).toBeLessThanOrEqual(0);
    }
  });

  test('has the settings that its kinds require', () => {
    const { keepAlive, keepAliveKnob, keepAliveSeconds, drain, drainKnob, drainTimeoutBehavior } = server;
    if (keepAlive === KeepAliveKind.SETTABLE) expect(keepAliveKnob).toBeDefined();
    if (keepAlive === KeepAliveKind.CAPPED) expect(keepAliveKnob?.maxSeconds).toBeGreaterThan(0);
    if (keepAlive === KeepAliveKind.FIXED) expect(keepAliveSeconds).toBeGreaterThan(0);
    if (drain === DrainBehavior.DROPS_REQUESTS) expect(drainKnob).toBeUndefined();
    if (drainTimeoutBehavior === DrainTimeoutBehavior.NO_BOUND) expect(drainKnob).toBeUndefined();
    for (const [, knob] of knobsOf(server)) {
      expect(knob.maxSeconds ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(knob.defaultSeconds ?? 0);
      expect(knob.name).toMatch(knob.place === KnobPlace.FLAG ? /^--[a-z0-9_-]+$/ : /\S/);
      if (knob.place === KnobPlace.VARIABLE) expect(knob.name).toMatch(/^[A-Z][A-Z0-9_]+$/);
    }
  });

  test('has valid paths and ports', () => {
    const { livenessPath, readinessPath, metrics, port = 8000, otherPorts = [] } = server;
    for (const path of [livenessPath, readinessPath, metrics?.path]) expect(path ?? '/').toMatch(/^\/[\w./-]*$/);
    const ports = [port, ...otherPorts, ...(metrics?.port === undefined ? [] : [metrics.port])];
    expect(new Set(ports).size).toBe(ports.length);
    for (const one of ports) expect(one).toBeGreaterThan(1023);
  });
});
