import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs a program and returns its output; an error contains its error output. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A podman with its own storage in a folder, separate from that of the machine. */
export class Podman {
  constructor(private readonly folder: string) {}

  /** Pulls an image for an architecture and returns its ID, without blocking this process. */
  public async pull(reference: string, architecture: string): Promise<string> {
    const args = this.args('pull', '--quiet', '--tls-verify=false', '--arch', architecture, reference);
    return (await promisify(execFile)('podman', args, { encoding: 'utf8' })).stdout.trim();
  }

  /** The container config of an image. */
  public configOf(id: string): { readonly Env: string[]; readonly WorkingDir: string } {
    return JSON.parse(this.run('image', 'inspect', id))[0].Config;
  }

  /** Creates an image without files, from the instructions of a Dockerfile. */
  public create(archive: string, ...instructions: string[]): string {
    const changes = instructions.flatMap((instruction) => ['--change', instruction]);
    return this.run('import', '--quiet', ...changes, archive).trim();
  }

  /** The process that the engine would start for a container with this entry point, if any, and these arguments. */
  public processOf(id: string, entryPoint: readonly string[], args: readonly string[]): string[] {
    const replaced = entryPoint.length === 0 ? [] : ['--entrypoint', JSON.stringify(entryPoint)];
    const container = this.run('create', '--network', 'none', ...replaced, id, ...args).trim();
    const [{ Path, Args }] = JSON.parse(this.run('container', 'inspect', container));
    this.run('rm', container);
    return [Path, ...Args];
  }

  /** Mounts an image like an image volume, and returns the folder. */
  public mount(id: string): string {
    return this.run('image', 'mount', id).trim();
  }

  /** Runs a command in a container of an image, without a network. */
  public exec(id: string, ...command: string[]): string {
    // Podman would raise these limits, which is not allowed if the tests run in a container.
    const limits = ['nofile', 'nproc'].flatMap((name) => ['--ulimit', `${name}=1024:1024`]);
    return this.run('run', '--rm', '--network', 'none', ...limits, id, ...command);
  }

  /** Unmounts and removes everything. */
  public remove(): void {
    this.run('image', 'umount', '--all', '--force');
    this.run('system', 'reset', '--force');
  }

  private run(...args: string[]): string {
    return run('podman', ...this.args(...args));
  }

  private args(...args: string[]): string[] {
    const storage = ['--root', join(this.folder, 'root'), '--runroot', join(this.folder, 'run')];
    return [...storage, '--storage-driver', 'vfs', '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', ...args];
  }
}
