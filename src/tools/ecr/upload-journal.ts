import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../private/files/replace-file';
import { cacheFolder, isWritable, userCache } from '../../private/files/user-folders';
import { readJsonObject } from '../../private/json';

/** An upload that was begun: what is needed to go on with it in another process. */
export interface JournalEntry {
  readonly uploadId: string;
  readonly partSize: number;
  /** The bytes that the store has confirmed. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Stores may forget an upload at any time; after a day it is not worth asking. */
const MAX_AGE = 24 * 3600 * 1000;

/** Where uploads are noted, in the cache of the user. */
export function journalFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(userCache(environment) ?? cacheFolder(), 'uploads');
}

/**
 * The uploads that were begun and not ended. An entry belongs to the process that is in its file's name: only when that
 * one is gone does another take it over, so that two publishers never send parts of one upload.
 */
export class UploadJournal {
  constructor(
    private readonly folder: string,
    private readonly pid = process.pid,
  ) {}

  /** The entry of a key that nobody works on, which is this process's from now on. */
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

  /** A process that is killed leaves the old entry or the new one. An upload that cannot be noted only cannot be resumed. */
  write(key: string, entry: JournalEntry): void {
    if (!isWritable(this.folder)) return;
    try {
      replaceFile(this.pathOf(key), JSON.stringify(entry), 0o600);
    } catch {
      // A full disk must not end the upload.
    }
  }

  remove(key: string): void {
    try {
      rmSync(this.pathOf(key), { force: true });
    } catch {
      // In a folder that is read-only by now, the entry expires.
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

  /** Renames an entry to this process; of several that try it, one succeeds. */
  private take(name: string, key: string): JournalEntry | undefined {
    try {
      renameSync(join(this.folder, name), this.pathOf(key));
      const { uploadId, partSize, offset, startedAt } = readJsonObject(readFileSync(this.pathOf(key))) ?? {};
      if (typeof uploadId === 'string' && isCount(partSize) && isCount(offset) && isCount(startedAt))
        return { uploadId, partSize, offset, startedAt };
    } catch {
      // Taken by another, or damaged: the upload begins anew.
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
