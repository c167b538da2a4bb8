/** The root file system of an emulated container, as a script that runs before the server starts. */
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Image } from './images';

/** A directory or file of this machine that is mounted in the container. */
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/** The settings of a container for its engine. */
export interface ContainerDescription {
  readonly image: Image;
  /** The whole command; empty for that of the image. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: number;
  readonly port: number;
  readonly mounts: readonly Mount[];
  readonly readOnlyRootFilesystem: boolean;
  /** The capabilities that root has. @default - none */
  readonly capabilities?: readonly string[];
}

/** The address of every container in its own network namespace. */
export const ADDRESS = '10.88.0.2';
/** The host name of every container, which `/etc/hosts` resolves. */
export const HOSTNAME = 'container';
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const ETC = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'services',
  'ssl',
  'alternatives',
];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

/** The script that PID 1 runs before it becomes the server. `root` is an empty folder. */
export function startScript(description: ContainerDescription, root: string): string {
  const { image, mounts, readOnlyRootFilesystem, workingDir = image.workingDir } = description;
  const layout = new RootLayout(root);
  return [
    'set -eu',
    `hostname ${HOSTNAME}`,
    'ip link set lo up',
    `ip address add ${ADDRESS}/32 dev lo`,
    `mount -t tmpfs -o mode=755 image ${quote(root)}`,
    ...layout.system(image),
    ...layout.accounts(image),
    ...layout.devices(),
    ...layout.files(image),
    ...mounts.flatMap(({ hostPath, containerPath, readOnly }) => layout.bind(hostPath, containerPath, readOnly)),
    `mkdir ${layout.at('/.old')}`,
    `cd ${quote(root)}`,
    'pivot_root . .old',
    'cd /',
    'umount -l /.old',
    'rmdir /.old',
    ...(readOnlyRootFilesystem ? ['mount -o remount,ro /'] : []),
    `cd ${quote(workingDir)}`,
    'exec "$@"',
    '',
  ].join('\n');
}

/** The shell lines that create each part of a root file system in a folder. */
class RootLayout {
  constructor(private readonly root: string) {}

  /** A path of the container, as a word of the script. */
  public at(path: string): string {
    return quote(join(this.root, path));
  }

  public bind(from: string, to: string, readOnly: boolean): string[] {
    const target = this.at(to);
    const isFolder = statSync(from).isDirectory();
    return [
      ...(isFolder ? [`mkdir -p ${target}`] : [`mkdir -p ${this.at(dirname(to))}`, `touch ${target}`]),
      `mount --bind ${quote(from)} ${target}`,
      ...(readOnly ? [`mount -o remount,bind,ro ${target}`] : []),
    ];
  }

  /** The programs and libraries of this machine, and the runtime of the image. */
  public system({ runtime }: Image): string[] {
    const folders = SYSTEM.filter((path) => existsSync(path)).flatMap((path) =>
      isLink(path) ? [`ln -s ${quote(readlinkSync(path))} ${this.at(path)}`] : this.bind(path, path, true),
    );
    return [...folders, ...runtime.flatMap((path) => this.bind(path, path, true))];
  }

  /** `/etc`, with the users of the image and the name of the container. */
  public accounts({ users }: Image): string[] {
    const passwd = [...users].map(([id, { name, group, home }]) => `${name}:x:${id}:${group}::${home}:/bin/sh`);
    const groups = [...users.values()].map(({ name, group }) => `${name}:x:${group}:`);
    return [
      `mkdir -p ${this.at('/etc')}`,
      ...ETC.filter((name) => existsSync(`/etc/${name}`)).map((name) => `cp -a /etc/${name} ${this.at('/etc')}/`),
      `printf '%s\\n' ${passwd.map(quote).join(' ')} > ${this.at('/etc/passwd')}`,
      `printf '%s\\n' ${groups.map(quote).join(' ')} > ${this.at('/etc/group')}`,
      `printf '127.0.0.1 localhost\\n${ADDRESS} ${HOSTNAME}\\n' > ${this.at('/etc/hosts')}`,
    ];
  }

  /** `/proc`, `/dev` and the folders for temporary files. */
  public devices(): string[] {
    const at = (path: string) => this.at(path);
    return [
      `mkdir -p ${at('/proc')} ${at('/dev')} ${at('/tmp')} ${at('/run')} ${at('/var/tmp')}`,
      `chmod 1777 ${at('/tmp')} ${at('/var/tmp')}`,
      `mount -t proc proc ${at('/proc')}`,
      `mount -t tmpfs -o mode=755 dev ${at('/dev')}`,
      ...DEVICES.flatMap((name) => [`touch ${at(`/dev/${name}`)}`, `mount --bind /dev/${name} ${at(`/dev/${name}`)}`]),
      `ln -s /proc/self/fd ${at('/dev/fd')}`,
      ...['stdin', 'stdout', 'stderr'].map((name, index) => `ln -s /proc/self/fd/${index} ${at(`/dev/${name}`)}`),
      `mkdir ${at('/dev/shm')}`,
      `mount -t tmpfs -o mode=1777,size=64m shm ${at('/dev/shm')}`,
    ];
  }

  /** The homes, the working directory and the files of the image. */
  public files({ users, workingDir, files }: Image): string[] {
    const homes = [...users.values()].filter(({ home }) => home !== '/');
    return [
      ...homes.flatMap(({ home, group }) => [`mkdir -p ${this.at(home)}`, `chown ${group}:${group} ${this.at(home)}`]),
      `mkdir -p ${this.at(workingDir)}`,
      ...files.flatMap(({ from, to }) => [
        `mkdir -p ${this.at(dirname(to))}`,
        `cp -r --no-preserve=ownership ${quote(from)} ${this.at(to)}`,
      ]),
    ];
  }
}

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
