import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_USER, type Image, installed, pythonRuntime, SYSTEM_PATH } from '../support/images';
import type { Runtime, Subject } from './subject';

/** The pinned version of a subject's server. */
export function versionOf(runtime: Runtime): string {
  if ('node' in runtime) return runtime.node;
  if ('go' in runtime) return pin('apps/go/go.mod', /^toolchain go(\S+)$/m);
  if (runtime.version !== undefined) return runtime.version;
  return pin(`requirements/${runtime.python}.txt`, new RegExp(`^${runtime.package}==(\\S+)$`, 'im'));
}

function pin(file: string, pattern: RegExp): string {
  const version = pattern.exec(readFileSync(join(__dirname, file), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file} has no line like ${pattern}`);
  return version;
}

/** The image of a subject: its runtime and its files, run by the application user. */
export function imageOf({ runtime, files }: Subject): Image {
  const { folders, path } = programOf(runtime);
  return {
    files: files.map((file) => ({ from: join(__dirname, 'apps', file), to: `/app/${file}` })),
    runtime: folders,
    env: { PATH: path, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
    workingDir: '/app',
    ...APP_USER,
    volumes: [],
    command: [],
  };
}

function programOf(runtime: Runtime): { folders: string[]; path: string } {
  if ('python' in runtime) {
    const { runtime: folders, path } = pythonRuntime(runtime.python);
    return { folders, path };
  }
  const folder = 'node' in runtime ? installed('node', runtime.node) : installed('go', runtime.go);
  return { folders: [folder], path: `${folder}/bin:${SYSTEM_PATH}` };
}
