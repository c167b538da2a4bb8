import { Testing } from 'cdk8s';
import { Backend } from '../../src/constructs/backend';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { ClaimVolume, KubernetesEnvironment, KubernetesPlatform, KubernetesSecret } from '../../src/kubernetes';
import { CacheVolume } from '../../src/models/cache-volume';
import { Model } from '../../src/models/model';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { EnvironmentSource } from '../../src/workload/environment-source';
import { Gpu } from '../../src/workload/gpu';
import { HealthCheck } from '../../src/workload/health-check';
import { Rollout } from '../../src/workload/rollout';
import { ScratchVolume } from '../../src/workload/scratch-volume';
import { SecretValue } from '../../src/workload/secret-value';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, IMAGE } from '../support/definitions';
import { findObject, manifestsOf, newChart, oneBackend, podOf, serverOf } from './support';

describe('objects of a backend', () => {
  test('are a Deployment, two Services and a ServiceAccount with its name', () => {
    const { chart } = oneBackend({ description: 'Reads a digit' }, { endpointName: 'digits' });
    const own = manifestsOf(chart).filter(({ metadata }) => metadata.name.startsWith('digits-svm'));
    expect(own.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount digits-svm',
      'Service digits-svm',
      'Service digits-svm-pods',
      'Deployment digits-svm',
    ]);
    expect(own).toMatchSnapshot();
  });

  test('have name and description as annotations', () => {
    const { chart } = oneBackend({ backendName: 'SVM:v1', description: 'Reads\na digit' });
    expect(findObject(manifestsOf(chart), 'Deployment', 'digits-svm-v1').metadata.annotations).toEqual({
      'serving-constructs/name': 'SVM:v1',
      'serving-constructs/description': 'Reads\na digit',
    });
  });

  test('list replicas with a named port', () => {
    const { spec } = findObject(manifestsOf(oneBackend({ port: 1453 }).chart), 'Service', 'digits-svm-pods');
    expect(spec).toMatchObject({ clusterIP: 'None', ports: [{ name: 'http', targetPort: 'http' }] });
  });

  test('have the other ports of the container in both Services', () => {
    const additionalPorts = [{ name: 'metrics', port: 9000 }];
    const { chart } = oneBackend({ additionalPorts });
    const manifests = manifestsOf(chart);
    for (const name of ['digits-svm', 'digits-svm-pods']) {
      expect(findObject(manifests, 'Service', name).spec.ports).toEqual([
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'metrics', port: 9000, targetPort: 'metrics', protocol: 'TCP' },
      ]);
    }
    expect(serverOf({ additionalPorts }).ports).toEqual([
      { name: 'http', containerPort: 8000, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9000, protocol: 'TCP' },
    ]);
  });

  test('let the server listen on its lowest privileged port', () => {
    const additionalPorts = [{ name: 'metrics', port: 81 }];
    expect(podOf({ additionalPorts }).securityContext.sysctls).toEqual([
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '81' },
    ]);
  });

  test('are in the namespace of the chart', () => {
    const chart = newChart({ namespace: 'models' });
    new KubernetesPlatform(chart, 'Platform');
    new Backend(chart, 'svm', backendOptions());
    expect(manifestsOf(chart).map(({ metadata }) => metadata.namespace)).toEqual(Array(4).fill('models'));
  });

  test('have no PodDisruptionBudget for a single replica', () => {
    const kinds = manifestsOf(oneBackend().chart).filter(({ metadata }) => metadata.name === 'digits-svm');
    expect(kinds.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
  });

  test('do not need a router', () => {
    const chart = newChart();
    new Backend(chart, 'svm', backendOptions());
    expect(manifestsOf(chart).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Service', 'Service', 'Deployment']);
  });
});

describe('server', () => {
  test('is started with the command of the plan', () => {
    const { chart, backend } = oneBackend();
    const plan = TargetPlatform.planOf(backend.platform).backend(backend.node.path);
    const [server] = findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec.containers;
    expect(server).toMatchObject({ image: IMAGE, imagePullPolicy: 'IfNotPresent', command: plan.command });
    expect(server).not.toHaveProperty('args');
  });

  test('gets the port, a home directory, the environment and secrets by reference', () => {
    const { env } = serverOf(
      {
        port: 1453,
        server: ModelServer.command({ command: ['serve'], behavior: { drains: true } }),
        environment: { THREADS: '4' },
        secrets: {
          TOKEN: SecretValue.fromName('registry'),
          KEY: SecretValue.fromName('keys', { key: 'public' }),
          OTHER: KubernetesSecret.fromName('other', 'key'),
        },
      },
      ['Secret/registry', 'Secret/keys', 'Secret/other'],
    );
    const secret = (name: string, from: string, key: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: from, key } },
    });
    expect(env).toEqual([
      { name: 'PORT', value: '1453' },
      { name: 'HOME', value: '/tmp' },
      { name: 'USER', value: 'serving' },
      { name: 'LOGNAME', value: 'serving' },
      { name: 'THREADS', value: '4' },
      secret('TOKEN', 'registry', 'TOKEN'),
      secret('KEY', 'keys', 'public'),
      secret('OTHER', 'other', 'key'),
    ]);
  });

  test('gets whole ConfigMaps and Secrets after the variables of the definition, and optional keys', () => {
    const server = serverOf(
      {
        environmentFrom: [
          KubernetesEnvironment.fromConfigMap({ kind: 'ConfigMap', name: 'settings' }, { prefix: 'APP_' }),
          EnvironmentSource.fromSecretKeys('keys', { keys: ['A'] }),
          KubernetesEnvironment.fromSecretName('more', { optional: true }),
        ],
        secrets: { B: KubernetesSecret.fromName('keys', 'b', { optional: true }) },
      },
      ['ConfigMap/settings', 'Secret/keys', 'Secret/more'],
    );
    expect(server.envFrom).toEqual([
      { prefix: 'APP_', configMapRef: { name: 'settings' } },
      { secretRef: { name: 'more', optional: true } },
    ]);
    expect(server.env.slice(-2)).toEqual([
      { name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'A' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'b', optional: true } } },
    ]);
    expect(serverOf()).not.toHaveProperty('envFrom');
  });

  test.each(['1A', 'a-b', 'a b'])('fails with the prefix %p of variables', (prefix) => {
    expect(() => KubernetesEnvironment.fromConfigMapName('settings', { prefix })).toThrow(
      `[InvalidName] 'prefix' ('${prefix}') of environment variables must consist of letters, digits and '_', and must not start with a digit`,
    );
  });

  test('gets no PORT if its command has the port, unless the definition sets it', () => {
    const portOf = (environment?: Record<string, string>) =>
      serverOf({ server: ModelServer.asgi({ app: 'app' }), environment }).env.find(
        ({ name }: { name: string }) => name === 'PORT',
      );
    expect(portOf()).toBeUndefined();
    expect(portOf({ PORT: '8000' })).toEqual({ name: 'PORT', value: '8000' });
  });

  test('has its arguments apart if the definition has', () => {
    const server = ModelServer.command({ command: ['python', '-m'], args: ['serve', '$(A)'] });
    expect(serverOf({ server, healthCheck: HealthCheck.http('/') })).toMatchObject({
      command: ['python', '-m'],
      args: ['serve', '$$(A)'],
    });
  });

  test('starts with the command and arguments of the image if the definition has none', () => {
    const container = serverOf({ server: ModelServer.fromImage(), healthCheck: HealthCheck.http('/') });
    expect(container).not.toHaveProperty('command');
    expect(container).not.toHaveProperty('args');
    expect(container.env[0]).toEqual({ name: 'PORT', value: '8000' });
  });

  test('leaves the command to the image if the definition has only arguments', () => {
    const behavior = { drains: true, readinessPath: '/', drainFlag: '--drain' };
    const container = serverOf({ server: ModelServer.fromImage({ args: ['--model', 'a/b'], behavior }) });
    expect(container).not.toHaveProperty('command');
    expect(container.args).toEqual(['--model', 'a/b', '--drain', '60']);
  });

  test.each([
    [{ user: 1000 }, '/tmp'],
    [{ environment: { HOME: '/home/app' } }, '/home/app'],
  ])('keeps its home directory with %j', (options, home) => {
    const { env } = serverOf(options);
    expect(env.find(({ name }: { name: string }) => name === 'HOME')?.value).toBe(home);
  });

  test('gets text with dollar signs unchanged', () => {
    const shell = ModelServer.shell({ line: 'exec serve --name $(hostname) --id $$ --port $PORT' });
    const { command, env } = serverOf({
      server: shell,
      healthCheck: HealthCheck.http('/'),
      environment: { A: '$(B)', B: '$C' },
    });
    expect(command.at(-1)).toBe('exec serve --name $$(hostname) --id $$$$ --port $$PORT');
    expect(env.slice(-2).map(({ value }: { value: string }) => value)).toEqual(['$$(B)', '$C']);
  });

  test('fails if a secret is invalid for Kubernetes', () => {
    expect(() => oneBackend({ secrets: { TOKEN: SecretValue.fromName('prod/token') } })).toThrow(
      "[InvalidName] the secret 'prod/token' of 'TOKEN' is not a valid name of a Kubernetes Secret",
    );
    expect(() => oneBackend({ secrets: { TOKEN: SecretValue.fromName('token', { key: 'a/b' }) } })).toThrow(
      "[InvalidName] the key 'a/b' of secret 'token' must consist of 1 to 253 letters, digits, '-', '_' and '.'",
    );
    expect(() => KubernetesSecret.fromName('Token', 'key')).toThrow(
      "[InvalidName] 'name' ('Token') of a Secret must consist of",
    );
  });
});

describe('resources', () => {
  test('are requests, with a limit only for memory', () => {
    expect(serverOf({ resources: { cpu: 0.25, memory: Size.gibibytes(1.5) } }).resources).toEqual({
      requests: { cpu: '250m', memory: '1536Mi' },
      limits: { memory: '1536Mi' },
    });
  });

  test('limit the size of every volume', () => {
    const pod = podOf({ resources: { ephemeralStorage: Size.gibibytes(20) } });
    expect(pod.containers[0].resources.limits['ephemeral-storage']).toBe('20480Mi');
    expect(pod.containers[0].resources.requests['ephemeral-storage']).toBe('20480Mi');
    expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '20480Mi' } }]);
  });

  test('include GPUs in requests and limits, shared memory and a toleration', () => {
    const pod = podOf({ gpu: Gpu.nvidia({ count: 2 }) });
    const { requests, limits } = pod.containers[0].resources;
    expect([requests['nvidia.com/gpu'], limits['nvidia.com/gpu']]).toEqual(['2', '2']);
    expect(pod.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists' }]);
    expect(pod.volumes).toContainEqual({ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } });
    expect(pod.containers[0].volumeMounts).toContainEqual({ name: 'shm', mountPath: '/dev/shm' });
    expect(pod).not.toHaveProperty('affinity');
  });

  test('support devices with another resource name', () => {
    const pod = podOf({ gpu: Gpu.custom('amd.com/gpu', 1) });
    expect(pod.containers[0].resources.limits['amd.com/gpu']).toBe('1');
    expect(pod.tolerations).toEqual([{ key: 'amd.com/gpu', operator: 'Exists' }]);
  });
});

describe('security', () => {
  test('meets the restricted level, with a numeric user', () => {
    const pod = podOf();
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 10001,
    });
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  });

  test.each([
    ['rayproject/ray:2.58.0', 1000],
    ['vllm/vllm-openai:v0.18.0', 10001],
    ['registry.example.com/app:1', 10001],
  ])('runs %s as user %i', (reference, user) => {
    const pod = podOf({ image: ServerImage.fromRegistry(reference) });
    expect(pod.securityContext).toMatchObject({ runAsUser: user, fsGroup: user, runAsNonRoot: true });
    expect(pod.containers[0].securityContext).toMatchObject({ runAsUser: user });
  });

  test('runs as root if the definition sets that', () => {
    // The checks of manifests refuse it, as the restricted Pod Security Standard does.
    const pod = findObject(oneBackend({ user: 0 }).chart.toJson(), 'Deployment', 'digits-svm').spec.template.spec;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: false, runAsUser: 0 });
    expect(pod.securityContext).not.toHaveProperty('fsGroup');
    expect(pod.containers[0].securityContext).toMatchObject({
      runAsNonRoot: false,
      runAsUser: 0,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('mounts a claim as a cache, and places caches in it', () => {
    const cache = CacheVolume.fromVolume(ClaimVolume.fromName('hub'), { path: '/var/cache/hub/' });
    const server = ModelServer.textEmbeddingsInference({ model: 'acme/bert' });
    const pod = podOf({ cache, server, environment: { TORCH_HOME: '/tmp/torch' } }, ['PersistentVolumeClaim/hub']);
    expect(pod.volumes).toContainEqual({ name: 'cache', persistentVolumeClaim: { claimName: 'hub', readOnly: false } });
    expect(pod.containers[0].volumeMounts).toContainEqual({ name: 'cache', mountPath: '/var/cache/hub' });
    const variables = Object.fromEntries(
      pod.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(variables).toMatchObject({
      XDG_CACHE_HOME: '/var/cache/hub',
      HF_HOME: '/var/cache/hub/huggingface',
      HUGGINGFACE_HUB_CACHE: '/var/cache/hub/huggingface/hub',
      TORCH_HOME: '/tmp/torch',
    });
    const variable = { VLLM_CACHE_ROOT: '/cache/vllm' };
    const own = CacheVolume.fromVolume(ClaimVolume.fromName('hub'), { variables: variable });
    expect(own._intent()).toEqual({ path: '/cache', volume: 'hub', variables: variable });
  });

  test('places the store of Ollama in a cache, unless the definition names another directory', () => {
    const cache = CacheVolume.fromVolume(ClaimVolume.fromName('hub'));
    const storeOf = (server: ModelServer, options = {}) => {
      const { env } = podOf({ server, cache, ...options }, ['PersistentVolumeClaim/hub']).containers[0];
      return env.find(({ name }: { name: string }) => name === 'OLLAMA_MODELS').value;
    };
    expect(storeOf(ModelServer.ollama())).toBe('/cache/ollama');
    expect(storeOf(ModelServer.ollama({ modelsPath: '/store' }))).toBe('/store');
    expect(storeOf(ModelServer.ollama(), { environment: { OLLAMA_MODELS: '/mine' } })).toBe('/mine');
    expect(storeOf(ModelServer.ollama(), { model: Model.fromS3('s3://acme/m/', { path: 'm' }) })).toBe('/models/m');
  });

  test.each<[string, () => unknown, string]>([
    [
      'a variable outside of the volume',
      () => CacheVolume.fromVolume(ClaimVolume.fromName('hub'), { variables: { HF_HOME: '/tmp' } }),
      "[InvalidPath] 'variables.HF_HOME' ('/tmp') must be a directory of the volume, which is mounted at '/cache'",
    ],
    [
      'a name that is not one of a variable',
      () => CacheVolume.fromVolume(ClaimVolume.fromName('hub'), { variables: { 'HF HOME': '/cache' } }),
      "[InvalidName] 'variables' ('HF HOME') must have names of environment variables",
    ],
    [
      'a model at its path',
      () =>
        podOf({
          model: Model.fromS3('s3://acme-models/net/', { path: '/cache/net' }),
          cache: CacheVolume.fromVolume(ClaimVolume.fromName('hub')),
        }),
      "[ConflictingProps] 'cache' ('/cache') overlaps model 'net' ('/cache/net'); set 'path' of the cache",
    ],
    [
      'a scratch directory at its path',
      () =>
        podOf({ scratch: [ScratchVolume.at('/cache')], cache: CacheVolume.fromVolume(ClaimVolume.fromName('hub')) }),
      "[ConflictingProps] 'scratch' ('/cache') overlaps the cache volume ('/cache')",
    ],
  ])('refuses a cache with %s', (_what, define, message) => {
    expect(define).toThrow(message);
  });

  test('mounts an emptyDir at each scratch directory', () => {
    const scratch = [
      ScratchVolume.at('/app/logs'),
      ScratchVolume.at('/app/index', { size: Size.mebibytes(100), inMemory: true }),
    ];
    const pod = podOf({ scratch, resources: { ephemeralStorage: Size.gibibytes(10) } });
    expect(pod.volumes).toEqual([
      { name: 'tmp', emptyDir: { sizeLimit: '10240Mi' } },
      { name: 'scratch-1', emptyDir: { sizeLimit: '10240Mi' } },
      { name: 'scratch-2', emptyDir: { medium: 'Memory', sizeLimit: '100Mi' } },
    ]);
    expect(pod.containers[0].volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'scratch-1', mountPath: '/app/logs' },
      { name: 'scratch-2', mountPath: '/app/index' },
    ]);
    const small = podOf({ scratch: [ScratchVolume.at('/tmp', { size: Size.mebibytes(10) })] });
    expect(small.volumes).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '10Mi' } }]);
  });

  test('uses the user and the root file system of the definition', () => {
    const pod = podOf({ user: 1000, readOnlyRootFilesystem: false });
    expect(pod.volumes.map(({ name }: { name: string }) => name)).not.toContain('tmp');
    expect(pod.containers[0].volumeMounts).toEqual([]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 1000, fsGroup: 1000 });
    expect(pod.containers[0].securityContext).toMatchObject({ runAsUser: 1000, readOnlyRootFilesystem: false });
  });

  test.each([
    [80, [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }]],
    [1023, [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '1023' }]],
    [1024, undefined],
  ])('allows port %d without a capability', (port, sysctls) => {
    const pod = podOf({ port });
    expect(pod.securityContext.sysctls).toEqual(sysctls);
    expect(pod.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'] });
  });
});

describe('rollout', () => {
  const strategyOf = (rollout: Rollout) =>
    findObject(manifestsOf(oneBackend({ rollout, replicas: 3 }).chart), 'Deployment', 'digits-svm').spec.strategy;

  test('starts new replicas before it stops old ones', () => {
    expect(strategyOf(Rollout.surge({ percent: 25 }))).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 },
    });
  });

  test('stops one old replica first when in place', () => {
    expect(strategyOf(Rollout.inPlace()).rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  test('allows the time that a new replica may need', () => {
    const { spec } = findObject(
      manifestsOf(oneBackend({ loadTimeout: Duration.minutes(20) }).chart),
      'Deployment',
      'digits-svm',
    );
    expect(spec).toMatchObject({ minReadySeconds: 10, progressDeadlineSeconds: 1510, replicas: 1 });
  });

  test('spreads the replicas of each version', () => {
    expect(podOf().topologySpreadConstraints).toEqual(
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'serving-constructs/backend': 'digits-svm' } },
        matchLabelKeys: ['pod-template-hash'],
      })),
    );
  });
});

test('later declarations change existing objects', () => {
  const { chart, endpoint, backend } = oneBackend();
  const before = Testing.synth(chart);
  endpoint.addBackend('late', backendOptions());
  backend.autoscale({ maxReplicas: 3, targets: [ScalingTarget.cpuUtilization(50)] });
  const after = manifestsOf(chart);
  expect(before.map((manifest) => manifest.metadata.name)).not.toContain('digits-late');
  expect(findObject(after, 'Deployment', 'digits-late').spec.replicas).toBe(1);
  expect(findObject(after, 'Deployment', 'digits-svm').spec).not.toHaveProperty('replicas');
});
