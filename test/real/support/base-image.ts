import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../../src/tools/artifact/image';
import { openStore } from '../../../src/tools/destinations/open-store';

/** The Python version of this machine. A base must declare it, so that packages for the base run here. */
export function pythonVersion(): string {
  const script = 'import platform; print(platform.python_version())';
  return execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim();
}

/** Another interpreter of this machine that wheels exist for, from the search path or from pyenv. */
export function otherPython(version: string): { readonly command: string; readonly version: string } {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(pyenv) ? readdirSync(pyenv).map((name) => join(pyenv, name, 'bin/python3')) : [];
  const named = [9, 10, 11, 12, 13].map((minor) => `python3.${minor}`);
  for (const command of [...named, ...installed]) {
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const found = /^Python (3\.(?:9|1[0-3])\.\d+)$/m.exec(stdout ?? '')?.[1];
    if (found !== undefined && found.split('.')[1] !== version.split('.')[1]) return { command, version: found };
  }
  throw new Error('no second Python from 3.9 to 3.13 is installed, on the search path or with pyenv');
}

/** Publishes `python` with a tag, which has only the config of an official Python image. */
export async function publishPythonBase(registry: string, version: string, tag = '3'): Promise<void> {
  const Env = ['PATH=/usr/local/bin:/usr/bin', `PYTHON_VERSION=${version}`];
  const image = buildImage([], { annotations: {}, configure: () => ({ Env, Entrypoint: ['python3'] }) });
  const destination = { kind: 'registry', registry, repository: 'python' } as const;
  const store = await openStore(destination, { push: true, tags: [tag], createRepository: false });
  await store.publish({ name: 'python', files: [], ...image }, () => {});
  store.close();
}
