import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Values on disk, a line each, written immediately: a run that is stopped loses nothing. The last line of a key counts. */
export class Store<T> {
  private readonly values = new Map<string, T>();

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    // A line that was being written when a run was stopped has no end.
    for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
      const [key, value] = JSON.parse(line) as [string, T];
      this.values.set(key, value);
    }
  }

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  all(): T[] {
    return [...this.values.values()];
  }

  set(key: string, value: T): void {
    this.values.set(key, value);
    appendFileSync(this.path, `${JSON.stringify([key, value])}\n`);
  }
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Digests of files, which do not change during a run. */
export class Digests {
  private readonly known = new Map<string, string>();

  constructor(private readonly root: string) {}

  of(files: readonly string[]): string {
    const names = files.join('\n');
    const digest = this.known.get(names) ?? this.compute(files);
    this.known.set(names, digest);
    return digest;
  }

  private compute(files: readonly string[]): string {
    const texts = files.map((file) => {
      const path = join(this.root, file);
      return [file, existsSync(path) ? readFileSync(path, 'utf8') : ''];
    });
    return digestOf(JSON.stringify(texts));
  }
}
