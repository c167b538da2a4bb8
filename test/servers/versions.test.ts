import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../src/plan/server/descriptor';
import { GUNICORN_ASGI, GUNICORN_GTHREAD } from '../../src/servers/catalog/gunicorn';
import { KSERVE } from '../../src/servers/catalog/kserve';
import { RAY_SERVE } from '../../src/servers/catalog/ray-serve';
import { UVICORN, UVICORN_WORKERS } from '../../src/servers/catalog/uvicorn';
import { VLLM } from '../../src/servers/catalog/vllm';
import { descriptorFor, versionOfImage } from '../../src/servers/versions';

describe('a version', () => {
  test.each<[ServerDescriptor, string, object]>([
    [GUNICORN_GTHREAD, '26.2.0', { drain: DrainBehavior.WAITS_FULL_PERIOD }],
    [GUNICORN_GTHREAD, '27.0.0', { drain: DrainBehavior.WAITS_FULL_PERIOD }],
    [GUNICORN_GTHREAD, '27.0.1', { drain: DrainBehavior.COMPLETES_REQUESTS, lingerSeconds: 2 }],
    [GUNICORN_ASGI, '26.2.0', { keepAlive: KeepAliveKind.NEVER_CLOSES, announcesClose: false }],
    [GUNICORN_ASGI, '27.0.1', { keepAlive: KeepAliveKind.SETTABLE, announcesClose: true }],
    [RAY_SERVE, '2.40.0-py311', { keepAliveKnob: expect.objectContaining({ defaultSeconds: 5 }) }],
    [RAY_SERVE, '2.60.0-py311-gpu', { keepAliveKnob: expect.objectContaining({ defaultSeconds: 90 }) }],
    [UVICORN_WORKERS, '0.36.1', { watchdogKnob: undefined }],
    [UVICORN_WORKERS, '0.37.0', { watchdogKnob: expect.objectContaining({ name: '--timeout-worker-healthcheck' }) }],
    [KSERVE, '0.19.0', { keepAlive: KeepAliveKind.FIXED, keepAliveSeconds: 5 }],
    [KSERVE, '0.20', { keepAlive: KeepAliveKind.SETTABLE }],
    [VLLM, '0.17.1', { drain: DrainBehavior.DROPS_REQUESTS, drainKnob: undefined }],
    [
      VLLM,
      'v0.18.0',
      { drain: DrainBehavior.COMPLETES_REQUESTS, drainKnob: expect.objectContaining({ name: '--shutdown-timeout' }) },
    ],
  ])('of %o %s has its own behavior', (server, version, behavior) => {
    const resolved = descriptorFor(server, version);
    expect(resolved).toMatchObject(behavior);
    expect(resolved).not.toHaveProperty('versions');
    expect(resolved.versionNote).toBeUndefined();
  });

  test('that is unknown gets the most cautious behavior', () => {
    const resolved = descriptorFor(GUNICORN_GTHREAD);
    expect(resolved).toMatchObject({ drain: DrainBehavior.WAITS_FULL_PERIOD, lingerSeconds: 2 });
    expect(resolved.versionNote).toBe(
      'its version is unknown; versions from 27.0.1 on behave differently, and the most cautious behavior is assumed',
    );
    expect(descriptorFor(VLLM)).toMatchObject({ drain: DrainBehavior.DROPS_REQUESTS, drainKnob: undefined });
    expect(descriptorFor(KSERVE)).toMatchObject({ keepAlive: KeepAliveKind.FIXED, keepAliveKnob: undefined });
  });

  test('that is not a number gets it too', () => {
    expect(descriptorFor(GUNICORN_GTHREAD, 'nightly')).toMatchObject({
      drain: DrainBehavior.WAITS_FULL_PERIOD,
      versionNote: expect.stringContaining("its version ('nightly') is not a number"),
    });
  });

  test('newer than the verified one gets the behavior of that one, with a note', () => {
    expect(descriptorFor(GUNICORN_GTHREAD, '28.1')).toMatchObject({
      drain: DrainBehavior.COMPLETES_REQUESTS,
      versionNote: 'version 28.1 is newer than the verified 27.0.1, whose behavior is assumed',
    });
  });

  test('does not matter if nothing changed between versions', () => {
    expect(descriptorFor(UVICORN, 'anything')).toEqual(UVICORN);
  });
});

test.each([
  ['vllm/vllm-openai:v0.18.1', 'v0.18.1'],
  ['docker.io/vllm/vllm-openai:v0.18.1', 'v0.18.1'],
  [`vllm/vllm-openai:v0.18.1@sha256:${'0a'.repeat(32)}`, 'v0.18.1'],
  ['vllm/vllm-openai:nightly', undefined],
  ['acme/vllm-openai:0.18.1', undefined],
  ['vllm/vllm-openai-cpu:0.18.1', undefined],
  [undefined, undefined],
])('the image %s has the version %s', (reference, version) => {
  expect(versionOfImage(VLLM, reference)).toBe(version);
});
