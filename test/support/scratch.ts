import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A cache file that can be neither read nor created, because its parent is not a folder. */
export const NO_CACHE = join(__filename, 'cache.json');

/** A folder for one test, which is removed afterward. */
export function withScratch<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const result = run(folder);
    if (result instanceof Promise) return result.finally(remove) as T;
    remove();
    return result;
  } catch (error) {
    remove();
    throw error;
  }
}

/** Writes files by their path relative to a folder, and returns the folder. */
export function writeFiles(folder: string, files: { readonly [path: string]: string | Buffer }): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
