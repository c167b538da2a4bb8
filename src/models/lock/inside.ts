import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Whether a path is a folder or below it, without resolving symbolic links. */
export function isBelow(folder: string, path: string): boolean {
  const route = relative(folder, path);
  return route !== '..' && !route.startsWith(`..${sep}`) && !isAbsolute(route);
}

/**
 * The target of a path that leaves a folder, by `..` or through symbolic links; undefined if it stays inside. For a
 * path that does not exist, its existing part decides.
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
