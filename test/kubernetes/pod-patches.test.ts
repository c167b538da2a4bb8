import { Lazy } from 'cdk8s';
import { extension, Gpu, Warnings } from '../../src';
import { PodSettings, type PodSettingsOptions } from '../../src/kubernetes';
import { findObject, manifestsOf, oneBackend } from './support';

const patchedBy = (settings: PodSettingsOptions, options = {}) =>
  oneBackend({ targetSettings: [PodSettings.of(settings)], ...options });

/** What validation of the tree writes to standard error. */
function warningsOf({ chart }: ReturnType<typeof patchedBy>): string {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    for (const construct of chart.node.findAll()) construct.node.validate();
    return written.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    written.mockRestore();
  }
}

test('patches are applied last: objects are merged, null removes, lists are replaced', () => {
  const { chart } = patchedBy(
    {
      podPatch: { dnsConfig: { options: [{ name: 'ndots', value: '2' }] }, tolerations: [], enableServiceLinks: null },
      containerPatch: { resources: { limits: { cpu: '2' } }, tty: true },
    },
    { gpu: Gpu.nvidia() },
  );
  const { spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template;
  expect(spec).toMatchObject({ dnsConfig: { options: [{ name: 'ndots', value: '2' }] }, tolerations: [] });
  expect(spec).not.toHaveProperty('enableServiceLinks');
  expect(spec.containers[0]).toMatchObject({
    name: 'server',
    tty: true,
    resources: { limits: { cpu: '2', 'nvidia.com/gpu': '1' } },
  });
});

test('lazy values are resolved', () => {
  const { chart } = patchedBy({ podPatch: { hostname: Lazy.any({ produce: () => 'late' }) } });
  expect(findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec.hostname).toBe('late');
});

test('a patch of what the plan depends on is a warning with the rules, and can be acknowledged', () => {
  const settings = { podPatch: { terminationGracePeriodSeconds: 5 }, containerPatch: { tty: true, lifecycle: {} } };
  expect(warningsOf(patchedBy(settings))).toContain(
    "[Warning at serving/digits/svm] 'podPatch.terminationGracePeriodSeconds' of backend 'svm' replaces the time from the removal of a replica to SIGKILL, so that these rules are not enforced: G (the grace period covers the wait, the drain and the exit); remove it from the patch, or acknowledge this warning [ack: serving-constructs:patchedValue.terminationGracePeriodSeconds]",
  );
  expect(warningsOf(patchedBy({ containerPatch: { lifecycle: {} } }))).toContain(
    "'containerPatch.lifecycle' of backend 'svm' replaces the wait before SIGTERM, so that these rules are not enforced: P (a stopping replica",
  );
  const acknowledged = patchedBy(settings);
  Warnings.of(acknowledged.backend).acknowledge('serving-constructs:patchedValue.lifecycle', 'no requests');
  expect(warningsOf(acknowledged)).not.toContain('containerPatch.lifecycle');
});

test('the ledger lists every patched field', () => {
  const settings = { podPatch: { hostname: 'a' }, containerPatch: { image: 'b', startupProbe: null } };
  const plan = extension.TargetPlatform.planOf(patchedBy(settings).endpoint.platform);
  expect(plan.ledger.filter(({ feature }) => feature === 'patch').map(({ detail }) => detail)).toEqual([
    'podPatch.hostname',
    'containerPatch.image; replaces the image of the definition',
    'containerPatch.startupProbe; replaces the time in which a replica must start, without the rules B3',
  ]);
});

test.each<[object, string]>([
  [
    { podPatch: { containers: [] } },
    "[ConflictingProps] 'podPatch.containers' cannot be patched; use 'containerPatch' for the container of the server",
  ],
  [{ containerPatch: { name: 'a' } }, "[ConflictingProps] 'containerPatch.name' cannot be patched; use 'server'"],
  [
    { podPatch: { HostNetwork: true } },
    "[UnknownOption] 'podPatch.HostNetwork' is not the name of a field; names are written as in 'terminationGracePeriodSeconds'",
  ],
  [{ podPatch: { hostname: new Date(0) } }, "[InvalidType] 'podPatch.hostname' (a Date) must be JSON data"],
  [
    { podPatch: { a: { b: [() => 1] } } },
    "[InvalidType] 'podPatch.a.b.0' (a function that was not called) must be JSON data",
  ],
])('fails for a patch that is invalid (%#)', (options, message) => {
  expect(() => PodSettings.of(options as never)).toThrow(message);
});

test('fails for a patch that contains itself', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => PodSettings.of({ podPatch: { dnsConfig: cycle } })).toThrow("[InvalidType] 'podPatch.dnsConfig.self'");
});
