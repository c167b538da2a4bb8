import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs a program, and returns what it prints; an error has what it complains of. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A podman with storage of its own in a folder, which leaves the machine's alone. */
export class Podman {
  constructor(private readonly folder: string) {}

  /** Pulls an image for an architecture, and returns its id. */
  public pull(reference: string, architecture: string): string {
    return this.run('pull', '--quiet', '--tls-verify=false', '--arch', architecture, reference).trim();
  }

  /** Mounts an image as a volume of a container would be, and returns where. */
  public mount(id: string): string {
    return this.run('image', 'mount', id).trim();
  }

  /** Runs a command in a container of an image, without a network. */
  public exec(id: string, ...command: string[]): string {
    // A container that runs the tests may not raise these limits, as podman would.
    const limits = ['nofile', 'nproc'].flatMap((name) => ['--ulimit', `${name}=1024:1024`]);
    return this.run('run', '--rm', '--network', 'none', ...limits, id, ...command);
  }

  /** Unmounts and removes everything. */
  public remove(): void {
    this.run('image', 'umount', '--all', '--force');
    this.run('system', 'reset', '--force');
  }

  private run(...args: string[]): string {
    const storage = ['--root', join(this.folder, 'root'), '--runroot', join(this.folder, 'run')];
    return run(
      'podman',
      ...storage,
      '--storage-driver',
      'vfs',
      '--runtime',
      'runc',
      '--cgroup-manager',
      'cgroupfs',
      ...args,
    );
  }
}
