import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../support/scratch';
import { publishPythonBase, pythonVersion } from '../support/base-image';
import { bundleCommandLine, type CommandResult, runNode } from '../support/command-line';
import { type PackageIndex, startPackageIndex } from '../support/package-index';
import { type Registry, startRegistry } from '../support/registry';

/** Environment variables; one without a value is unset. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A registry with a base image and a package index, for apps that are locked through the command line. */
export class AppLab {
  static async start(): Promise<AppLab> {
    const program = bundleCommandLine();
    const [registry, index] = [await startRegistry(), await startPackageIndex()];
    await publishPythonBase(registry.host, pythonVersion());
    return new AppLab(program, registry, index);
  }

  private constructor(
    private readonly program: string,
    readonly registry: Registry,
    readonly index: PackageIndex,
  ) {}

  site(): AppSite {
    return new AppSite(this.program, this.registry, this.index);
  }

  async stop(): Promise<void> {
    await this.index.stop();
    await this.registry.stop();
  }
}

/** The machine of one user: a project with an app, a home, and a canary folder that must not change. */
export class AppSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'app-site-'));
  readonly project = join(this.folder, 'project');
  readonly app = join(this.project, 'app');
  readonly canary = join(this.folder, 'canary');
  readonly cache = join(this.folder, 'cache/serving-constructs');

  constructor(
    private readonly program: string,
    private readonly registry: Registry,
    private readonly index: PackageIndex,
  ) {
    mkdirSync(join(this.folder, 'home'));
    mkdirSync(this.canary);
    writeFileSync(join(this.canary, 'kept'), 'kept');
    writeFiles(this.app, { 'app.py': 'app = None\n' });
  }

  write(files: { readonly [path: string]: string | Buffer }): void {
    writeFiles(this.project, files);
  }

  /** `serving lock --app app` in the project, with the packages in `app/requirements.txt` if that exists. */
  lock(env: Variables = {}, ...more: string[]): Promise<CommandResult> {
    const base = ['--base', `${this.registry.host}/python:3`, '--to', `${this.registry.host}/app`];
    const list = existsSync(join(this.app, 'requirements.txt')) ? ['--requirements', 'requirements.txt'] : [];
    return this.serving(['lock', '--app', 'app', ...base, ...list, ...more], env);
  }

  serving(args: readonly string[], env: Variables = {}): Promise<CommandResult> {
    const home = join(this.folder, 'home');
    return runNode([this.program, ...args], {
      cwd: this.project,
      env: {
        HOME: home,
        XDG_CONFIG_HOME: join(home, '.config'),
        XDG_CACHE_HOME: join(this.folder, 'cache'),
        PIP_INDEX_URL: this.index.url,
        PIP_FIND_LINKS: '',
        ...env,
      },
    });
  }

  locked(): { readonly digest: string; readonly layers?: { readonly files: { readonly path: string }[] }[] } {
    return JSON.parse(readFileSync(join(this.project, 'serving.lock.json'), 'utf8')).apps.app;
  }

  /** The content of the canary folder and the entries next to the project. */
  harm(): string[] {
    const beside = readdirSync(this.folder).filter((name) => !['project', 'canary', 'home', 'cache'].includes(name));
    const touched = readdirSync(this.canary).filter((name) => name !== 'kept');
    const changed = readFileSync(join(this.canary, 'kept'), 'utf8') === 'kept' ? [] : ['kept'];
    return [...beside, ...touched, ...changed];
  }

  /** The unpacked packages in the cache. */
  kept(): string[] {
    const packages = join(this.cache, 'packages');
    return existsSync(packages) ? readdirSync(packages).filter((name) => !name.startsWith('draft-')) : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
