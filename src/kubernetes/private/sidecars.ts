import type { SidecarBinding } from '../../constructs/bindings';
import type { BackendIntent, SidecarCheckIntent, SidecarIntent } from '../../plan/intents';
import { userVariables } from '../../plan/process';
import { sharedDirectories } from '../../plan/sidecars';
import { literal, secretVariable } from './environment';
import type { Container, EnvVar, Probe, Volume, VolumeMount } from './manifests';
import { namedContainerPorts } from './ports';
import { sidecarResources } from './quantities';
import { containerSecurity, userOf } from './security';
import { scratchMounts, scratchVolumes } from './volumes';

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
    securityContext: containerSecurity(asUser(backend, intent), intent.readOnlyRootFilesystem),
    ...(intent.healthCheck !== undefined && probesOf(intent.healthCheck, intent.essential)),
    volumeMounts: [
      ...scratchMounts(intent).map((mount) => ({ ...mount, name: nameOf(mount, intent) })),
      ...sharedMounts(backend).filter(({ mountPath }) => intent.sharedDirectories?.includes(mountPath)),
    ],
  }));
}

/** The directories that the server shares with sidecars. */
export function sharedMounts(backend: BackendIntent): VolumeMount[] {
  return sharedDirectories(backend).map((mountPath, index) => ({ name: `shared-${index}`, mountPath }));
}

/** The writable directories of each sidecar, and the shared ones. */
export function sidecarVolumes(backend: BackendIntent): Volume[] {
  const own = (backend.sidecars ?? []).flatMap((intent) =>
    scratchVolumes(intent, false).map((volume) => ({ ...volume, name: nameOf(volume, intent) })),
  );
  return [...own, ...sharedMounts(backend).map(({ name }) => ({ name, emptyDir: {} }))];
}

/** The name of a volume that belongs to one sidecar. */
function nameOf(volume: { readonly name: string }, { name }: SidecarIntent): string {
  return `${volume.name}-${name}`;
}

/** The backend with the user of a sidecar, which is that of the server unless the sidecar has its own. */
function asUser(backend: BackendIntent, { user = backend.user }: SidecarIntent): BackendIntent {
  return { ...backend, user };
}

function variablesOf(backend: BackendIntent, intent: SidecarIntent, secrets: string[]): EnvVar[] {
  const added = userVariables(intent, userOf(asUser(backend, intent)), secrets);
  return Object.entries({ ...added, ...intent.environment }).map(([name, value]) => ({ name, value: literal(value) }));
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
