import type { Warning } from '../../constructs/private/warnings';
import type { BackendIntent } from '../../plan/intents';
import { namedPorts } from '../../plan/ports';
import { userOf as setUserOf } from '../../plan/process';
import { slug } from '../../private/names';
import type { ContainerSecurity, PodSecurity } from './manifests';

/** The user of containers whose image is not known to have one. The restricted Pod Security level requires a number above 0. */
export const DEFAULT_USER = 10001;

/** The first port that a process without capabilities may listen on, unless a pod sets another one. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** What the restricted Pod Security level requires of a Pod, and a group that may write to its volumes. */
export function podSecurity(intent: BackendIntent): PodSecurity {
  const user = userOf(intent);
  return {
    runAsNonRoot: user > 0,
    runAsUser: user,
    ...(user > 0 && { fsGroup: user, fsGroupChangePolicy: 'OnRootMismatch' }),
    seccompProfile: { type: 'RuntimeDefault' },
    sysctls: listeningOn(Math.min(intent.port, ...namedPorts(intent).map(({ port }) => port))),
  };
}

/** What the restricted Pod Security level requires of each container. */
export function containerSecurity(intent: BackendIntent, readOnlyRootFilesystem: boolean): ContainerSecurity {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: readOnlyRootFilesystem,
    runAsNonRoot: userOf(intent) > 0,
    runAsUser: userOf(intent),
  };
}

/** Namespaces may refuse Pods that run as root. */
export function rootWarnings({ name, user, sidecars = [] }: BackendIntent): Warning[] {
  const backend = { what: `backend '${name}'`, id: slug(name), user };
  const others = sidecars.map((sidecar) => ({
    what: `sidecar '${sidecar.name}' of ${backend.what}`,
    id: `${backend.id}.${sidecar.name}`,
    user: sidecar.user,
  }));
  return [backend, ...others].filter((one) => one.user === 0).map(rootWarning);
}

function rootWarning({ what, id }: { readonly what: string; readonly id: string }): Warning {
  const message = `${what} runs as root ('user' is 0), which namespaces that enforce the restricted Pod Security Standard refuse, and root has no capabilities; set 'user' to one that can read the files of the image, or acknowledge this warning if the namespace permits root`;
  return { id: `rootUser.${id}`, message };
}

/** containerd 2 allows every port by default; older releases and CRI-O need this sysctl, which Kubernetes considers safe. */
function listeningOn(port: number): PodSecurity['sysctls'] {
  if (port >= FIRST_UNPRIVILEGED_PORT) return undefined;
  return [{ name: 'net.ipv4.ip_unprivileged_port_start', value: String(port) }];
}

/** The user of the containers of a backend. */
export function userOf(intent: BackendIntent): number {
  return setUserOf(intent, { containerUser: DEFAULT_USER }) as number;
}
