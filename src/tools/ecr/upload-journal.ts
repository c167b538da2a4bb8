import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../private/files/replace-file';
import { cacheFolder, isWritable, userCache } from '../../private/files/user-folders';
import { readJsonObject } from '../../private/json';

/** An unfinished upload: what another process needs to resume it. */
export interface JournalEntry {
  readonly uploadId: string;
  readonly partSize: number;
  /** The bytes that the store has confirmed. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Stores may drop an upload at any time; after a day it is not worth trying. */
const MAX_AGE = 24 * 3600 * 1000;

/** The folder of the journal, in the cache of the user. */
export function journalFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(userCache(environment) ?? cacheFolder(), 'uploads');
}

/**
 * The unfinished uploads. An entry belongs to the process whose ID is in the file name. Another process takes it over only
 * after that one has exited, so two publishers never send parts of the same upload.
 */
export class UploadJournal {
  constructor(
    private readonly folder: string,
    private readonly pid = process.pid,
  ) {}

  /** Takes over the entry of a key, unless a running process owns it. */
  claim(key: string): JournalEntry | undefined {
    for (const { name, pid } of this.entries(key)) {
      if (pid !== this.pid && isRunning(pid)) continue;
      const entry = this.take(name, key);
      if (entry === undefined) continue;
      const age = Date.now() - entry.startedAt;
      if (age >= 0 && age < MAX_AGE) return entry;
      this.remove(key);
    }
    return undefined;
  }

  /** Writes atomically: a killed process leaves the old or the new entry. Without one, the upload is not resumed. */
  write(key: string, entry: JournalEntry): void {
    if (!isWritable(this.folder)) return;
    try {
      replaceFile(this.pathOf(key), JSON.stringify(entry), 0o600);
    } catch {
      // A full disk must not fail the upload.
    }
  }

  remove(key: string): void {
    try {
      rmSync(this.pathOf(key), { force: true });
    } catch {
      // If the folder is read-only by now, the entry expires.
    }
  }

  private entries(key: string): { name: string; pid: number }[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names.flatMap((name) => {
      const [, owner, pid] = /^(.+)\.(\d+)$/.exec(name) ?? [];
      return owner === key ? [{ name, pid: Number(pid) }] : [];
    });
  }

  /** Renames an entry to this process. Of several processes that try, one succeeds. */
  private take(name: string, key: string): JournalEntry | undefined {
    try {
      renameSync(join(this.folder, name), this.pathOf(key));
      const { uploadId, partSize, offset, startedAt } = readJsonObject(readFileSync(this.pathOf(key))) ?? {};
      if (typeof uploadId === 'string' && isCount(partSize) && isCount(offset) && isCount(startedAt))
        return { uploadId, partSize, offset, startedAt };
    } catch {
      // Taken by another process, or damaged: the upload restarts.
    }
    return undefined;
  }

  private pathOf(key: string): string {
    return join(this.folder, `${key}.${this.pid}`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
