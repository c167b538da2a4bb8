import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Whether a path is a folder or below it, as both are written. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Where a path leads that leaves a folder, by its words or through symbolic links; undefined where it stays inside. What is
 * not there is judged by the part of its way that is.
 */
export function leavesFolder(folder: string, path: string): string | undefined {
  const target = resolve(folder, path);
  if (!isBelow(folder, target)) return target;
  const [root, real] = [realPath(folder), realPath(target)];
  return isBelow(root, real) ? undefined : real;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), relative(above, path));
  }
}
