import { execFileSync } from 'node:child_process';
import { buildImage } from '../../../src/tools/artifact/image';
import { openStore } from '../../../src/tools/destinations/open-store';

/** The Python version of this machine. A base must declare it, so that packages for the base run here. */
export function pythonVersion(): string {
  const script = 'import platform; print(platform.python_version())';
  return execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim();
}

/** Publishes `python:3`, which has only the config of an official Python image. */
export async function publishPythonBase(registry: string, version: string): Promise<void> {
  const Env = ['PATH=/usr/local/bin:/usr/bin', `PYTHON_VERSION=${version}`];
  const image = buildImage([], { annotations: {}, configure: () => ({ Env, Entrypoint: ['python3'] }) });
  const destination = { kind: 'registry', registry, repository: 'python' } as const;
  const store = await openStore(destination, { push: true, tags: ['3'], createRepository: false });
  await store.publish({ name: 'python', files: [], ...image }, () => {});
  store.close();
}
