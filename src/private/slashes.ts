import { isAbsolute, sep } from 'node:path';
import { ServingError } from './errors';

/**
 * Returns a path that separates directories with `/`. A definition and a lock file mean the same on every system, and in
 * an image a backslash is part of a name. An absolute path of Windows, as `__dirname` contains it, has no other form.
 */
export function requireSlashes(prop: string, path: string): string {
  if (!path.includes('\\') || (sep === '\\' && isAbsolute(path))) return path;
  throw new ServingError('InvalidText', `'${prop}' ('${path}') ${mustHaveSlashes(path)}`);
}

/** What is wrong with a path that contains backslashes, and how to write it. */
export function mustHaveSlashes(path: string): string {
  return `contains a backslash; write '${path.replace(/\\+/g, '/')}'`;
}
