import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file whole: a reader finds the old one or the new one, and never half of one. The draft has a name that nobody
 * can guess and must be new, so that a link which was put there is not followed.
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
