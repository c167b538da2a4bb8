import { ServingError } from '../../private/errors';

/** The assumed version of a cluster: the oldest release of Kubernetes that still gets fixes. */
export const DEFAULT_VERSION = '1.35';

/** The first releases that mount a directory of an image volume; older ones ignore `subPath`: containerd#11578, cri-o#8909. */
const IMAGE_SUB_PATH: { readonly [runtime: string]: readonly [major: number, minor: number] } = {
  containerd: [2, 2],
  'cri-o': [1, 33],
};

/** Whether a container runtime, as nodes report it, mounts only the declared directory of an image volume. */
export function mountsImageDirectories(runtime: string): boolean {
  const [, name = '', major, minor] = /^([a-z-]+):\/\/v?(\d{1,4})\.(\d{1,4})(?:[.+~-].*)?$/.exec(runtime) ?? [];
  const first = IMAGE_SUB_PATH[name];
  if (first === undefined) {
    throw new ServingError(
      'InvalidName',
      `'containerRuntime' ('${runtime}') must be the runtime of the nodes as 'kubectl get nodes -o wide' prints it, such as 'containerd://2.2.0' or 'cri-o://1.33.0'`,
    );
  }
  return Number(major) > first[0] || (Number(major) === first[0] && Number(minor) >= first[1]);
}

/** The minor number of a version such as `1.35`. */
export function minorVersion(version: string): number {
  const minor = /^1\.(\d{1,3})(?:\.\d+)?$/.exec(version)?.[1];
  if (minor === undefined || Number(minor) < 30) {
    throw new ServingError(
      'InvalidNumber',
      `'kubernetesVersion' ('${version}') must be Kubernetes 1.30 or newer, such as '${DEFAULT_VERSION}'`,
    );
  }
  return Number(minor);
}
