import { type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { homeFolder } from '../../private/files/user-folders';
import { remembered } from '../../private/remembered';

/** Files at the root of a project, or of a package in it. */
const PROJECT_FILES = 'package.json cdk.json cdk8s.yaml pyproject.toml setup.py go.mod pom.xml build.gradle'.split(' ');

/** The directory of version control; in a linked working tree it is a file. */
const VERSION_CONTROL = '.git';

/** The mode of a folder such as `/tmp`: every user may create files in it, but not remove those of others. */
const SHARED = 0o1002;

/**
 * The folders in which the lock file of a project may be, from the working directory upward. The last one is the root
 * of the repository; without version control, the outermost folder with a project file, such as the root of a monorepo;
 * without project files, the home directory. Shared folders, other file systems and the root of the file system are
 * excluded, unless they are the working directory.
 */
export function projectFolders(from: string): string[] {
  return foldersOf(resolve(from));
}

/** A project stays where it is while a process runs. */
const foldersOf = remembered(
  (from: string) => from,
  (from): string[] => {
    const reachable = foldersUpward(from);
    const repository = reachable.findIndex((folder) => has(folder, VERSION_CONTROL));
    if (repository >= 0) return reachable.slice(0, repository + 1);
    const outermost = reachable.filter((folder) => PROJECT_FILES.some((name) => has(folder, name))).at(-1);
    return outermost === undefined ? reachable : reachable.slice(0, reachable.indexOf(outermost) + 1);
  },
);

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

/** Why a lock file that was found by the search is not trusted; undefined if it is. */
export function reasonForDistrust(path: string, from: string): string | undefined {
  const [file, folder, working] = [statsOf(path), statsOf(dirname(path)), statsOf(resolve(from))];
  if (folder !== undefined && isShared(folder)) return 'is in a folder that every user can write to';
  if (file === undefined || process.getuid === undefined) return undefined;
  // The owner of the working directory controls the code that runs there, so their lock file adds no risk.
  const trusted = [process.getuid(), 0, working?.uid];
  return trusted.includes(file.uid) ? undefined : `is owned by another user (uid ${file.uid})`;
}

function isShared({ mode }: Stats): boolean {
  return (mode & SHARED) === SHARED;
}

function has(folder: string, name: string): boolean {
  return statsOf(join(folder, name)) !== undefined;
}

function statsOf(path: string): Stats | undefined {
  try {
    // An exception for each missing file would cost more than the call.
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
