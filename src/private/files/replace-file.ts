import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file atomically: readers see the old or the new content, never a part of it. The draft has an unpredictable
 * name and must not exist, so that no existing link is followed.
 */
export function replaceFile(path: string, content: string | Buffer, mode = 0o666): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, content, { flag: 'wx', mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
