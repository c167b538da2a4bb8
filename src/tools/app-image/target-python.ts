/** The interpreter and the processor that packages are installed for. */
export interface TargetPython {
  /** The version, such as `3.12.4`, or `3.12` if the patch release is unknown. */
  readonly version: string;
  /** The architecture as named by OCI, such as `amd64`. */
  readonly architecture: string;
}

/** The architectures of images, and their names in wheel tags. */
const MACHINES: { readonly [architecture: string]: string } = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * The C libraries that wheels may require. Debian 10 and newer provide all of them. Wheels that are built for no specific
 * library (`linux`) are not in the public index, but in those of vendors.
 */
const LIBRARIES = [
  'manylinux2014',
  ...[17, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18].map((minor) => `manylinux_2_${minor}`),
  'linux',
];

/** Whether wheels exist for an architecture. */
export function hasWheels(architecture: string): boolean {
  return Object.hasOwn(MACHINES, architecture);
}

/** A target in messages. */
export function shownTarget({ version, architecture }: TargetPython): string {
  return `Python ${version} on linux/${architecture}`;
}

/** The options of `pip download` that select wheels of a target. */
export function tagOptions({ version, architecture }: TargetPython): string[] {
  const platforms = LIBRARIES.flatMap((library) => ['--platform', `${library}_${MACHINES[architecture]}`]);
  return ['--implementation', 'cp', '--python-version', version, ...platforms];
}

/**
 * The values of environment markers of a target, such as `platform_machine`. pip itself evaluates markers for the machine
 * that runs it, also if it is asked for wheels of another platform.
 */
export function markersOf({ version, architecture }: TargetPython): { readonly [name: string]: string } {
  const full = /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
  return {
    implementation_name: 'cpython',
    implementation_version: full,
    os_name: 'posix',
    platform_machine: MACHINES[architecture] as string,
    platform_python_implementation: 'CPython',
    platform_release: '',
    platform_system: 'Linux',
    platform_version: '',
    python_full_version: full,
    python_version: full.split('.').slice(0, 2).join('.'),
    sys_platform: 'linux',
  };
}
