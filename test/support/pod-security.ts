/**
 * The Pod Security Standard `restricted`, which includes `baseline`, for the spec of a Pod.
 * Source: k8s.io/pod-security-admission, policy version 1.34 and newer.
 */
import { type Data, Findings, isObject, object, objects, strings, text } from './data';

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

function checkContainer(findings: Findings, path: string, container: Data, pod: Data): void {
  const own = object(container.securityContext);
  const at = `${path}.securityContext`;
  findings.expect(own.allowPrivilegeEscalation === false, `${at}.allowPrivilegeEscalation`, 'must be false');
  findings.expect(own.privileged !== true, `${at}.privileged`, 'must not be true');
  const { add, drop } = object(own.capabilities);
  findings.expect(strings(drop).includes('ALL'), `${at}.capabilities.drop`, 'must contain ALL');
  for (const capability of strings(add))
    findings.expect(capability === 'NET_BIND_SERVICE', `${at}.capabilities.add`, `${capability} is not allowed`);
  const nonRoot = own.runAsNonRoot ?? pod.runAsNonRoot;
  findings.expect(nonRoot === true, `${at}.runAsNonRoot`, 'must be true here or in the pod');
  findings.expect(own.runAsUser !== 0, `${at}.runAsUser`, 'must not be 0');
  const seccomp = object(own.seccompProfile ?? pod.seccompProfile).type;
  findings.expect(
    seccomp === 'RuntimeDefault' || seccomp === 'Localhost',
    `${at}.seccompProfile.type`,
    'must be RuntimeDefault or Localhost here or in the pod',
  );
  findings.expect(own.procMount === undefined || own.procMount === 'Default', `${at}.procMount`, 'must be Default');
  checkSeLinux(findings, `${at}.seLinuxOptions`, own.seLinuxOptions);
  checkAppArmor(findings, `${at}.appArmorProfile`, own.appArmorProfile);
  checkWindows(findings, `${at}.windowsOptions`, own.windowsOptions);
  for (const [i, port] of objects(container.ports).entries()) {
    findings.expect(port.hostPort === undefined || port.hostPort === 0, `${path}.ports[${i}].hostPort`, 'not allowed');
  }
  checkHosts(findings, path, container);
}

/** Since 1.34, probes and hooks must not specify another host. */
function checkHosts(findings: Findings, path: string, container: Data): void {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  const { postStart, preStop } = object(container.lifecycle);
  for (const [name, handler] of Object.entries({ livenessProbe, readinessProbe, startupProbe, postStart, preStop })) {
    for (const action of ['httpGet', 'tcpSocket']) {
      const host = text(object(object(handler)[action]).host);
      findings.expect(host === '', `${path}.${name}.${action}.host`, 'not allowed');
    }
  }
}

function checkSeLinux(findings: Findings, path: string, options: unknown): void {
  const { type, user, role } = object(options);
  findings.expect(SELINUX_TYPES.has(text(type)), `${path}.type`, `${type} is not allowed`);
  findings.expect(text(user) === '' && text(role) === '', path, 'user and role are not allowed');
}

function checkAppArmor(findings: Findings, path: string, profile: unknown): void {
  if (isObject(profile)) findings.expect(profile.type !== 'Unconfined', `${path}.type`, 'must not be Unconfined');
}

function checkWindows(findings: Findings, path: string, options: unknown): void {
  findings.expect(object(options).hostProcess !== true, `${path}.hostProcess`, 'must not be true');
}

/** What `restricted` forbids in the spec of a Pod; `subject` identifies it in the findings. */
export function checkRestricted(podSpec: unknown, subject = 'pod'): string[] {
  const findings = new Findings(subject);
  const spec = object(podSpec);
  const pod = object(spec.securityContext);
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    findings.expect(spec[field] !== true, field, 'must not be true');
  findings.expect(pod.runAsUser !== 0, 'securityContext.runAsUser', 'must not be 0');
  findings.expect(pod.runAsNonRoot !== false, 'securityContext.runAsNonRoot', 'must not be false');
  findings.expect(
    object(pod.seccompProfile).type !== 'Unconfined',
    'securityContext.seccompProfile.type',
    'must not be Unconfined',
  );
  checkSeLinux(findings, 'securityContext.seLinuxOptions', pod.seLinuxOptions);
  checkAppArmor(findings, 'securityContext.appArmorProfile', pod.appArmorProfile);
  checkWindows(findings, 'securityContext.windowsOptions', pod.windowsOptions);
  for (const { name } of objects(pod.sysctls))
    findings.expect(SYSCTLS.has(text(name)), 'securityContext.sysctls', `${name} is not allowed`);
  for (const [i, volume] of objects(spec.volumes).entries()) {
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    for (const kind of kinds) findings.expect(VOLUMES.has(kind), `volumes[${i}]`, `${kind} is not allowed`);
  }
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [i, container] of objects(spec[kind]).entries())
      checkContainer(findings, `${kind}[${i}]`, container, pod);
  }
  return findings.all;
}

/** The same for any object with a Pod template; other objects have no findings. */
export function checkRestrictedManifest(manifest: unknown): string[] {
  const { kind, metadata, spec } = object(manifest);
  const subject = `${kind} ${object(metadata).name}`;
  if (kind === 'Pod') return checkRestricted(spec, subject);
  const outer = kind === 'CronJob' ? object(object(spec).jobTemplate).spec : spec;
  const pod = object(object(outer).template).spec;
  return pod === undefined ? [] : checkRestricted(pod, subject);
}
