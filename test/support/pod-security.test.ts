import { changed } from './change';
import { checkRestricted, checkRestrictedManifest } from './pod-security';

const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  initContainers: [{ name: 'fetch', securityContext }],
  containers: [{ name: 'server', securityContext, ports: [{ containerPort: 8000 }] }],
  volumes: [
    { name: 'model', image: { reference: 'x' } },
    { name: 'tmp', emptyDir: {} },
  ],
};
const own = 'containers[0].securityContext';

describe('checkRestricted', () => {
  test('accepts a restricted Pod', () => {
    expect(checkRestricted(pod)).toEqual([]);
  });

  test('accepts settings of a container', () => {
    const moved = changed(pod, {
      securityContext: undefined,
      initContainers: undefined,
      [`${own}.runAsNonRoot`]: true,
      [`${own}.runAsUser`]: 10001,
      [`${own}.seccompProfile`]: { type: 'Localhost', localhostProfile: 'x' },
      [`${own}.capabilities.add`]: ['NET_BIND_SERVICE'],
    });
    expect(checkRestricted(moved)).toEqual([]);
  });

  test.each([
    ['escalation', { [`${own}.allowPrivilegeEscalation`]: undefined }, /allowPrivilegeEscalation/],
    [
      'escalation in an init container',
      { 'initContainers[0].securityContext': {} },
      /initContainers\[0\].*allowPrivilege/,
    ],
    ['capabilities', { [`${own}.capabilities`]: undefined }, /must contain ALL/],
    ['a capability in lower case', { [`${own}.capabilities.drop`]: ['all'] }, /must contain ALL/],
    ['an added capability', { [`${own}.capabilities.add`]: ['SYS_ADMIN'] }, /SYS_ADMIN is not allowed/],
    ['root', { 'securityContext.runAsNonRoot': undefined }, /runAsNonRoot/],
    ['root in one container', { [`${own}.runAsNonRoot`]: false }, /runAsNonRoot/],
    ['user 0', { 'securityContext.runAsUser': 0 }, /must not be 0/],
    ['user 0 in one container', { [`${own}.runAsUser`]: 0 }, /must not be 0/],
    ['no seccomp profile', { 'securityContext.seccompProfile': undefined }, /RuntimeDefault or Localhost/],
    ['an unconfined container', { [`${own}.seccompProfile`]: { type: 'Unconfined' } }, /RuntimeDefault or Localhost/],
    ['a host path', { 'volumes[0]': { name: 'x', hostPath: { path: '/' } } }, /hostPath is not allowed/],
    ['the host network', { hostNetwork: true }, /hostNetwork/],
    ['a host port', { 'containers[0].ports[0].hostPort': 80 }, /hostPort/],
    ['privilege', { [`${own}.privileged`]: true }, /privileged/],
    [
      'a probe of another host',
      { 'containers[0].livenessProbe': { httpGet: { host: 'x', port: 1 } } },
      /host: not allowed/,
    ],
    [
      'a hook to another host',
      { 'containers[0].lifecycle.preStop': { tcpSocket: { host: 'x', port: 1 } } },
      /host: not allowed/,
    ],
    ['an unsafe sysctl', { 'securityContext.sysctls': [{ name: 'kernel.msgmax', value: '1' }] }, /kernel\.msgmax/],
    ['an unmasked proc', { [`${own}.procMount`]: 'Unmasked' }, /procMount/],
    ['no AppArmor', { [`${own}.appArmorProfile`]: { type: 'Unconfined' } }, /Unconfined/],
    ['an SELinux user', { [`${own}.seLinuxOptions`]: { user: 'x' } }, /user and role/],
  ])('finds %s', (_what, changes, finding) => {
    expect(checkRestricted(changed(pod, changes)).join('\n')).toMatch(finding);
  });

  test('checks every object with Pods', () => {
    const bad = { containers: [{}] };
    const deployment = { kind: 'Deployment', metadata: { name: 'a' }, spec: { template: { spec: bad } } };
    const cron = {
      kind: 'CronJob',
      metadata: { name: 'a' },
      spec: { jobTemplate: { spec: { template: { spec: bad } } } },
    };
    for (const manifest of [deployment, cron, { kind: 'Pod', metadata: { name: 'a' }, spec: bad }]) {
      expect(checkRestrictedManifest(manifest)).toContainEqual(expect.stringMatching(`${manifest.kind} a containers`));
    }
    expect(checkRestrictedManifest({ kind: 'Service', spec: {} })).toEqual([]);
  });
});
