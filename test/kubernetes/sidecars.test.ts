import { Duration, Model, SecretValue, ServerImage, type Sidecar } from '../../src';
import { findObject, manifestsOf, oneBackend, podOf } from './support';

const image = ServerImage.fromRegistry('acme/proxy:1.2.0');
const proxy: Sidecar = { name: 'proxy', image };
const healthCheck = { command: ['/proxy', '--ping'], interval: Duration.seconds(20) };

describe('sidecars', () => {
  test('are native sidecars before the containers that fetch models', () => {
    const { initContainers, containers } = podOf({
      sidecars: [proxy, { name: 'logs', image }],
      model: Model.fromS3('s3://bucket/model/'),
    });
    expect(
      initContainers.map(({ name, restartPolicy }: { name: string; restartPolicy?: string }) => [name, restartPolicy]),
    ).toEqual([
      ['proxy', 'Always'],
      ['logs', 'Always'],
      ['fetch-0', undefined],
    ]);
    expect(containers).toHaveLength(1);
  });

  test('are hardened like the server, with a volume and resources of their own', () => {
    const { initContainers, volumes } = podOf({
      sidecars: [{ ...proxy, args: ['$(A)'], environment: { MODE: '$(B)' } }],
    });
    expect(initContainers[0]).toEqual({
      name: 'proxy',
      image: 'acme/proxy:1.2.0',
      imagePullPolicy: 'IfNotPresent',
      restartPolicy: 'Always',
      args: ['$$(A)'],
      env: [
        { name: 'HOME', value: '/tmp' },
        { name: 'USER', value: 'serving' },
        { name: 'LOGNAME', value: 'serving' },
        { name: 'MODE', value: '$$(B)' },
      ],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 10001,
      },
      volumeMounts: [{ name: 'tmp-proxy', mountPath: '/tmp' }],
    });
    expect(volumes).toContainEqual({ name: 'tmp-proxy', emptyDir: {} });
  });

  test('run as their own user', () => {
    const { initContainers } = podOf({ user: 1000, sidecars: [proxy, { name: 'own', image, user: 2000 }] });
    expect(
      initContainers.map((one: { securityContext: { runAsUser: number } }) => one.securityContext.runAsUser),
    ).toEqual([1000, 2000]);
  });

  const names = [
    { name: 'USER', value: 'serving' },
    { name: 'LOGNAME', value: 'serving' },
  ];
  test.each<[string, Partial<Sidecar>, object[]]>([
    ['of its own', { user: 2000 }, [{ name: 'HOME', value: '/tmp' }, ...names]],
    ['of the server', {}, [{ name: 'HOME', value: '/tmp' }, ...names]],
    [
      'with a name and a home in its environment',
      { environment: { USER: 'me', HOME: '/data' } },
      [
        { name: 'LOGNAME', value: 'me' },
        { name: 'USER', value: 'me' },
        { name: 'HOME', value: '/data' },
      ],
    ],
  ])('have the variables of a user %s, as servers', (_what, options, expected) => {
    const { initContainers } = podOf({ user: 1000, sidecars: [{ ...proxy, ...options }] });
    expect(initContainers[0].env).toEqual(expected);
  });

  test('run as root where the server does not, and the other way around', () => {
    const securityOf = (server: number, user: number) => {
      const { chart } = oneBackend({ user: server, sidecars: [{ ...proxy, user }] });
      const { initContainers } = findObject(chart.toJson(), 'Deployment', 'digits-svm').spec.template.spec;
      const [{ env, securityContext }] = initContainers;
      return { ...securityContext, name: env.find(({ name }: { name: string }) => name === 'USER').value };
    };
    expect(securityOf(1000, 0)).toMatchObject({ runAsUser: 0, runAsNonRoot: false, name: 'root' });
    expect(securityOf(0, 1000)).toMatchObject({ runAsUser: 1000, runAsNonRoot: true, name: 'serving' });
  });

  test('have no default for a variable that is a secret', () => {
    const secrets = { HOME: SecretValue.fromName('proxy', { key: 'home' }) };
    const { initContainers } = podOf({ sidecars: [{ ...proxy, secrets }] }, ['Secret/proxy']);
    expect(initContainers[0].env.map(({ name }: { name: string }) => name)).toEqual(['USER', 'LOGNAME', 'HOME']);
  });

  test('have the /tmp of the image with a writable root file system', () => {
    const { initContainers, volumes } = podOf({ sidecars: [{ ...proxy, readOnlyRootFilesystem: false }] });
    expect(initContainers[0].volumeMounts).toEqual([]);
    expect(volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });

  test('have probes, of which only those of essential ones decide about requests', () => {
    const running = {
      exec: { command: ['/proxy', '--ping'] },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 3,
    };
    const { initContainers } = podOf({
      sidecars: [
        { ...proxy, healthCheck },
        { name: 'logs', image, healthCheck, essential: false },
      ],
    });
    expect(initContainers[0]).toMatchObject({
      startupProbe: { ...running, failureThreshold: 3 },
      readinessProbe: running,
      livenessProbe: running,
    });
    expect(initContainers[1]).not.toHaveProperty('readinessProbe');
    expect(initContainers[1]).toMatchObject({ livenessProbe: running });
  });

  test('add the time to stop to the grace period, which the server does not share', () => {
    const seconds = (sidecars?: Sidecar[]) => podOf({ sidecars }).terminationGracePeriodSeconds;
    const sidecars = [proxy, { name: 'logs', image, stopTimeout: Duration.seconds(25) }];
    expect(seconds(sidecars) - seconds()).toBe(35);
  });

  test('share directories with the server', () => {
    const { containers, initContainers, volumes } = podOf({
      sidecars: [{ ...proxy, sharedDirectories: ['/var/run/app'] }],
    });
    const shared = { name: 'shared-0', mountPath: '/var/run/app' };
    expect(containers[0].volumeMounts).toContainEqual(shared);
    expect(initContainers[0].volumeMounts).toContainEqual(shared);
    expect(volumes).toContainEqual({ name: 'shared-0', emptyDir: {} });
  });

  test('have their ports in both Services', () => {
    const { chart } = oneBackend({ sidecars: [{ ...proxy, ports: [{ name: 'metrics', port: 9100 }] }] });
    for (const name of ['digits-svm', 'digits-svm-pods']) {
      expect(findObject(manifestsOf(chart), 'Service', name).spec.ports).toMatchObject([
        { name: 'http', port: 80 },
        { name: 'metrics', port: 9100, targetPort: 'metrics' },
      ]);
    }
  });
});
