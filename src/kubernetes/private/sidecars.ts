import type { SidecarBinding } from '../../constructs/bindings';
import type { BackendIntent, SidecarCheckIntent, SidecarIntent } from '../../plan/intents';
import { sharedDirectories } from '../../plan/sidecars';
import { literal, secretVariable } from './environment';
import type { Container, EnvVar, Probe, Volume, VolumeMount } from './manifests';
import { namedContainerPorts } from './ports';
import { sidecarResources } from './quantities';
import { containerSecurity } from './security';
import { TMP_MOUNT } from './volumes';

/**
 * Native sidecars: init containers that are started again whenever they exit. The kubelet starts the next container when one
 * has started, with a startup probe when that has succeeded, and stops them in reverse order after the server.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function sidecarContainers(backend: BackendIntent, sidecars: readonly SidecarBinding[]): Container[] {
  return sidecars.map(({ intent, image, secrets }) => ({
    name: intent.name,
    image: image.reference as string,
    imagePullPolicy: 'IfNotPresent',
    restartPolicy: 'Always',
    command: intent.command.length === 0 ? undefined : intent.command.map(literal),
    args: intent.args?.map(literal),
    env: [
      ...variablesOf(backend, intent, Object.keys(secrets)),
      ...Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret)),
    ],
    ports: intent.ports.length === 0 ? undefined : namedContainerPorts(intent.ports),
    resources: sidecarResources(intent),
    securityContext: containerSecurity(
      { ...backend, user: intent.user ?? backend.user },
      intent.readOnlyRootFilesystem,
    ),
    ...(intent.healthCheck !== undefined && probesOf(intent.healthCheck, intent.essential)),
    volumeMounts: [
      { ...TMP_MOUNT, name: tmpName(intent) },
      ...sharedMounts(backend).filter(({ mountPath }) => intent.sharedDirectories?.includes(mountPath)),
    ],
  }));
}

/** The directories that the server shares with sidecars. */
export function sharedMounts(backend: BackendIntent): VolumeMount[] {
  return sharedDirectories(backend).map((mountPath, index) => ({ name: `shared-${index}`, mountPath }));
}

/** The writable directory of each sidecar, and the shared ones. */
export function sidecarVolumes(backend: BackendIntent): Volume[] {
  const names = [...(backend.sidecars ?? []).map(tmpName), ...sharedMounts(backend).map(({ name }) => name)];
  return names.map((name) => ({ name, emptyDir: {} }));
}

function tmpName({ name }: SidecarIntent): string {
  return `tmp-${name}`;
}

/** The variables of a sidecar. As for a server, those of its user have defaults unless the definition sets a user. */
function variablesOf(backend: BackendIntent, { environment, user }: SidecarIntent, secrets: string[]): EnvVar[] {
  const defaults =
    user === undefined && backend.user === undefined ? { HOME: TMP_MOUNT.mountPath, USER: 'serving' } : {};
  const variables = Object.entries({ ...defaults, ...environment }).filter(([name]) => !secrets.includes(name));
  return variables.map(([name, value]) => ({ name, value: literal(value) }));
}

/** Only an essential sidecar makes its replica unready; any is started again when it is unhealthy. */
function probesOf(
  check: SidecarCheckIntent,
  essential: boolean,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const probe: Omit<Probe, 'failureThreshold'> = {
    exec: { command: check.command },
    periodSeconds: check.intervalSeconds,
    timeoutSeconds: check.timeoutSeconds,
  };
  const running: Probe = { ...probe, failureThreshold: check.unhealthyThreshold };
  return {
    startupProbe: { ...probe, failureThreshold: Math.max(1, Math.ceil(check.startSeconds / check.intervalSeconds)) },
    readinessProbe: essential ? running : undefined,
    livenessProbe: running,
  };
}
