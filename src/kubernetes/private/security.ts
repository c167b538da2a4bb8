import type { BackendIntent } from '../../plan/intents';
import type { ContainerSecurity, PodSecurity } from './manifests';

/** The user of a container where nobody said one: the restricted Pod Security level wants a number above 0. */
const DEFAULT_USER = 10001;

/** What the restricted Pod Security level asks of a pod, and a group that may write to its volumes. */
export function podSecurity(intent: BackendIntent): PodSecurity {
  const user = userOf(intent);
  return {
    runAsNonRoot: true,
    runAsUser: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What the restricted Pod Security level asks of each container. */
export function containerSecurity(intent: BackendIntent, readOnlyRoot: boolean): ContainerSecurity {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: readOnlyRoot,
    runAsNonRoot: true,
    runAsUser: userOf(intent),
  };
}

function userOf(intent: BackendIntent): number {
  return intent.user ?? DEFAULT_USER;
}
