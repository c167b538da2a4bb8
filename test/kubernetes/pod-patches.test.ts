import { Lazy } from 'cdk8s';
import {
  type BackendOptions,
  CpuArchitecture,
  EnvironmentSource,
  extension,
  Gpu,
  HealthCheck,
  Model,
  ModelServer,
  Rollout,
  Size,
  Warnings,
} from '../../src';
import { PodSettings, type PodSettingsOptions } from '../../src/kubernetes';
import { POD_TYPES } from '../../src/kubernetes/private/pod-fields';
import { patchOf, pathsIn } from '../support/patches';
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
  const lifecycle = { preStop: null };
  const settings = { podPatch: { terminationGracePeriodSeconds: 5 }, containerPatch: { tty: true, lifecycle } };
  expect(warningsOf(patchedBy(settings))).toContain(
    "[Warning at serving/digits/svm] 'podPatch.terminationGracePeriodSeconds' of backend 'svm' replaces the time from the removal of a replica to SIGKILL, so that these rules are not enforced: G (the grace period covers the wait, the drain and the exit); remove it from the patch, or acknowledge this warning [ack: serving-constructs:patchedValue.terminationGracePeriodSeconds]",
  );
  expect(warningsOf(patchedBy({ containerPatch: { lifecycle } }))).toContain(
    "'containerPatch.lifecycle.preStop' of backend 'svm' replaces the wait before SIGTERM, so that these rules are not enforced: P (a stopping replica",
  );
  const acknowledged = patchedBy(settings);
  Warnings.of(acknowledged.backend).acknowledge('serving-constructs:patchedValue.lifecycle.preStop', 'no requests');
  expect(warningsOf(acknowledged)).not.toContain('containerPatch.lifecycle');
});

test('patches that add to the output do not warn, and neither do those that change nothing', () => {
  const settings = {
    podPatch: {
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
      securityContext: { runAsGroup: 5 },
      tolerations: [{ operator: 'Exists' }],
      initContainers: [{ name: 'first', image: 'b' }],
    },
    containerPatch: {
      lifecycle: { postStart: { exec: { command: ['true'] } } },
      securityContext: { seLinuxOptions: { level: 's0' } },
      resources: { limits: { 'hugepages-2Mi': '4Mi' }, claims: [{ name: 'a' }] },
      startupProbe: {},
    },
  };
  expect(warningsOf(patchedBy(settings))).not.toContain('patchedValue');
});

test.each<[string, string, Gpu | undefined]>([
  ['nvidia.com/gpu', 'replaces', Gpu.nvidia()],
  ['nvidia.com/gpu.shared', 'replaces', undefined],
  ['nvidia.com/mig-1g.10gb', 'replaces', undefined],
  ['habana.ai/gaudi', 'replaces', Gpu.custom('habana.ai/gaudi', 1)],
  ['habana.ai/gaudi', 'adds', undefined],
  ['nvidia.com/gpumem', 'adds', Gpu.nvidia()],
  ['rdma/hca_shared_devices', 'adds', Gpu.nvidia()],
])('a patched limit of %s %s the size of the definition', (resource, effect, gpu) => {
  const patch = { containerPatch: { resources: { limits: { [resource]: '1' } } } };
  const warning = `'containerPatch.resources.limits.${resource}' of backend 'svm' replaces the CPU, memory and GPUs of the definition`;
  expect(warningsOf(patchedBy(patch, { gpu, rollout: Rollout.surge() })).includes(warning)).toBe(effect === 'replaces');
});

const RICH: Partial<BackendOptions> = {
  gpu: Gpu.nvidia({ product: 'L4' }),
  environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['a'] })],
  resources: { ephemeralStorage: Size.gibibytes(2), cpuLimit: 2, architecture: CpuArchitecture.AMD64 },
  server: ModelServer.command({ command: ['serve', '--all'], behavior: { drains: true } }),
  port: 80,
};
const RICH_SETTINGS: PodSettingsOptions = {
  nodeSelector: { pool: 'models' },
  priorityClassName: 'a',
  runtimeClassName: 'b',
  schedulerName: 'c',
  imagePullSecrets: ['d'],
};

/** The Pod and the container of the server as rendered without patches, and the fields that these patches replace. */
function replacedBy(options: Partial<BackendOptions>, settings: PodSettingsOptions) {
  const { endpoint, chart } = patchedBy(settings, options);
  const { containers, ...pod } = findObject(chart.toJson(), 'Deployment', 'digits-svm').spec.template.spec;
  const [{ name: _, ...container }] = containers;
  const [backend] = extension.TargetPlatform.planOf(endpoint.platform).backends;
  const patches = backend?.intent.patches ?? [];
  return { pod, container, patches };
}

describe.each([
  ['a plain definition', { healthCheck: HealthCheck.http('/') }, {}],
  ['one with models', { model: Model.fromS3('s3://bucket/net/') }, {}],
  ['one with a GPU, settings and sizes', RICH, RICH_SETTINGS],
])('a patch of the output of %s', (_, options, settings) => {
  const { pod, container } = replacedBy(options, settings);

  test('replaces every value that is set', () => {
    const [podPatch, containerPatch] = [pod, container].map((one) => patchOf(pathsIn(one), null)) as [object, object];
    const { patches } = replacedBy(options, { ...settings, podPatch, containerPatch });
    expect(patches).toHaveLength(pathsIn(pod).length + pathsIn(container).length);
    expect(patches.filter(({ replaces }) => replaces === undefined).map(({ field }) => field)).toEqual([]);
  });

  test('replaces nothing else, except what the plan relies on', () => {
    const unset = (type: string, rendered: Record<string, unknown>) =>
      Object.keys(POD_TYPES[type] as object).filter((field) => !Object.hasOwn(rendered, field));
    const nested = (one: Record<string, never>, name: string, type: string) =>
      unset(type, one[name] ?? {}).map((field) => [name, field]);
    const podPaths = [
      ...unset('V1PodSpec', { ...pod, containers: [] }).map((field) => [field]),
      ...nested(pod, 'securityContext', 'V1PodSecurityContext'),
    ];
    const containerPaths = [
      ...unset('V1Container', { ...container, name: '' }).map((field) => [field]),
      ...nested(container, 'securityContext', 'V1SecurityContext'),
      ...nested(container, 'lifecycle', 'V1Lifecycle'),
      ['resources', 'claims'],
    ];
    const { patches } = replacedBy(options, {
      ...settings,
      podPatch: patchOf(podPaths, 'x'),
      containerPatch: patchOf(containerPaths, 'x'),
    });
    expect(patches).toHaveLength(podPaths.length + containerPaths.length);
    const reliedOn = patches.filter(({ replaces }) => replaces !== undefined).map(({ field }) => field);
    expect(RELIED_ON).toEqual(expect.arrayContaining(reliedOn));
  });
});

/** Fields without a value in some output that the plan relies on. */
const RELIED_ON = [
  'activeDeadlineSeconds',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'resources',
  'serviceAccount',
  'command',
  'args',
  'env',
  'lifecycle.stopSignal',
  'securityContext.privileged',
  'securityContext.procMount',
];

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
    "[UnknownOption] 'podPatch.HostNetwork' is not a field of the Kubernetes API; did you mean 'hostNetwork'?",
  ],
  [
    { podPatch: { affinity: { podAntiAffinity: { preferred: [] } } } },
    "[UnknownOption] 'podPatch.affinity.podAntiAffinity.preferred' is not a field of the Kubernetes API; set one of a newer Kubernetes version with `addJsonPatch` of the Deployment",
  ],
  [
    {
      containerPatch: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', valueFrom: { secretRef: {} } },
        ],
      },
    },
    "[UnknownOption] 'containerPatch.env[1].valueFrom.secretRef' is not a field of the Kubernetes API; did you mean 'secretKeyRef'?",
  ],
  [{ podPatch: { hostname: new Date(0) } }, "[InvalidType] 'podPatch.hostname' (a Date) must be JSON data"],
  [
    { podPatch: { a: { b: [() => 1] } } },
    "[InvalidType] 'podPatch.a.b[0]' (a function that was not called) must be JSON data",
  ],
])('fails for a patch that is invalid (%#)', (options, message) => {
  expect(() => PodSettings.of(options as never)).toThrow(message);
});

test('fails for a patch that contains itself', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => PodSettings.of({ podPatch: { dnsConfig: cycle } })).toThrow("[InvalidType] 'podPatch.dnsConfig.self'");
});
