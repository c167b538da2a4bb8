import { type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { homeFolder } from '../../private/files/user-folders';

/** What stands at the root of a project, or of a package in it. */
const PROJECT_FILES = 'package.json cdk.json cdk8s.yaml pyproject.toml setup.py go.mod pom.xml build.gradle'.split(' ');

/** The version control of a project; in a linked working tree it is a file. */
const VERSION_CONTROL = '.git';

/** Any user may make files in such a folder, and none may remove those of others: `/tmp` is one. */
const SHARED = 0o1002;

/**
 * The folders in which the lock file of a project may stand, from the working directory upward. The last one is the root of
 * its version control. Without version control it is the outermost folder that has a project file, so that the root of a
 * monorepo counts; without any, the home. Never a folder that is shared, nor one of another file system, nor the root of
 * the file system, unless it is the working directory.
 */
export function projectFolders(from: string): string[] {
  const reachable = foldersUpward(resolve(from));
  const repository = reachable.findIndex((folder) => has(folder, VERSION_CONTROL));
  if (repository >= 0) return reachable.slice(0, repository + 1);
  const outermost = reachable.filter((folder) => PROJECT_FILES.some((name) => has(folder, name))).at(-1);
  return outermost === undefined ? reachable : reachable.slice(0, reachable.indexOf(outermost) + 1);
}

function foldersUpward(start: string): string[] {
  const folders = [start];
  const device = statsOf(start)?.dev;
  const home = homeFolder();
  for (let folder = start; folder !== home; ) {
    const above = dirname(folder);
    const stats = statsOf(above);
    if (above === folder || dirname(above) === above || stats === undefined) break;
    if (stats.dev !== device || isShared(stats)) break;
    folders.push(above);
    folder = above;
  }
  return folders;
}

/** Why a lock file that was found, and not named, is not used; undefined where it may be. */
export function distrustOf(path: string, from: string): string | undefined {
  const [file, folder, working] = [statsOf(path), statsOf(dirname(path)), statsOf(resolve(from))];
  if (folder !== undefined && isShared(folder)) return 'is in a folder that every user may write to';
  if (file === undefined || process.getuid === undefined) return undefined;
  // Who owns the working directory owns the code that runs there, so a lock file of theirs adds nothing.
  const trusted = [process.getuid(), 0, working?.uid];
  return trusted.includes(file.uid) ? undefined : `belongs to another user (uid ${file.uid})`;
}

function isShared({ mode }: Stats): boolean {
  return (mode & SHARED) === SHARED;
}

function has(folder: string, name: string): boolean {
  return statsOf(join(folder, name)) !== undefined;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
