import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasUnseen } from '../../private/characters';
import { isBelow } from './inside';

/** A directory, or something in it, that cannot be packed. */
export class DirectoryError extends Error {}

/** A file of a directory: its path, where its content is, and how to detect changes. */
export interface WalkedFile {
  /** Relative to the directory, with `/` between its parts. */
  readonly path: string;
  /** The file with the content: for a symbolic link, its target. */
  readonly source: string;
  readonly size: number;
  readonly executable: boolean;
  /** Unchanged for as long as the file is not written to. */
  readonly identity: string;
  /** When the content or metadata last changed, in milliseconds. */
  readonly changedAt: number;
}

/** The content of a directory, sorted by the bytes of the paths. */
export interface WalkedDirectory {
  /** The directory without symbolic links. */
  readonly root: string;
  readonly files: WalkedFile[];
  /** Empty directories. */
  readonly emptyDirectories: string[];
}

/** Files of version control, file managers and download tools: a name, or the end of a path. */
export const IGNORED_IN_MODELS: readonly string[] = ['.git', '.DS_Store', '.cache/huggingface'];

/** What is ignored: names and ends of paths, or a function that is called for each path from the top down. */
export type Ignored = readonly string[] | ((path: string, isDirectory: boolean) => boolean);

/** S3 keys have at most 1,024 bytes, of which prefix and digest use a part. */
const LONGEST_PATH = 800;

/** Lists a directory for packing. Throws for files that cannot be packed identically on every machine. */
export function walk(directory: string, ignored: Ignored = IGNORED_IN_MODELS): WalkedDirectory {
  const root = rootOf(directory);
  const walker = new Walker(root, ignored);
  walker.enter(root, '', []);
  if (walker.files.length === 0) throw new DirectoryError(`the directory '${directory}' contains no files`);
  return {
    root,
    files: walker.files.sort((a, b) => compareBytes(a.path, b.path)),
    emptyDirectories: walker.emptyDirectories.sort(compareBytes),
  };
}

/** Compares by UTF-8 bytes. JavaScript's order differs for characters outside the basic multilingual plane. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Changes whenever a file is written to. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function rootOf(directory: string): string {
  let root: string;
  try {
    root = realpathSync(directory);
  } catch (error) {
    throw new DirectoryError(`the directory '${directory}' ${why(error)}`);
  }
  if (!statSync(root).isDirectory()) throw new DirectoryError(`'${directory}' must be a directory`);
  return root;
}

class Walker {
  public readonly files: WalkedFile[] = [];
  public readonly emptyDirectories: string[] = [];

  constructor(
    private readonly root: string,
    private readonly ignored: Ignored,
  ) {}

  /** Lists the directory at `path`; `above` are its parent directories. */
  public enter(folder: string, path: string, above: readonly string[]): void {
    const spellings = new Map<string, string>();
    let empty = true;
    for (const bytes of this.read(folder, path)) {
      const name = bytes.toString('utf8');
      const inner = path === '' ? name : `${path}/${name}`;
      if (this.isIgnored(inner, join(folder, name))) continue;
      empty = false;
      checkName(inner, name, bytes);
      const folded = fold(name);
      const other = spellings.get(folded);
      if (other !== undefined) {
        throw new DirectoryError(
          `'${inner}' and '${other}' in one directory are the same name on file systems that ignore case or accents; rename one`,
        );
      }
      spellings.set(folded, inner);
      this.add(join(folder, name), inner, [...above, folder]);
    }
    if (empty && path !== '') this.emptyDirectories.push(path);
  }

  private add(place: string, path: string, above: readonly string[]): void {
    let source = place;
    let stats = this.stat(place, path);
    if (stats.isSymbolicLink()) {
      source = this.follow(place, path);
      stats = this.stat(source, path);
    }
    if (stats.isDirectory()) {
      if (above.includes(source)) {
        throw new DirectoryError(`the symbolic link '${path}' points to one of its parent directories; remove it`);
      }
      this.enter(source, path, above);
    } else if (stats.isFile()) {
      this.files.push({
        path,
        source,
        size: Number(stats.size),
        executable: (stats.mode & 0o100n) !== 0n,
        identity: identityOf(stats),
        changedAt: Number((stats.mtimeNs > stats.ctimeNs ? stats.mtimeNs : stats.ctimeNs) / 1_000_000n),
      });
    } else {
      throw new DirectoryError(`'${path}' is ${kindOf(stats)}, which has no content to pack; remove it`);
    }
  }

  /** The target of a link. The link is packed as a copy, because not every store supports links. */
  private follow(place: string, path: string): string {
    let target: string;
    try {
      target = realpathSync(place);
    } catch (error) {
      throw new DirectoryError(`the symbolic link '${path}' is broken (${codeOf(error)}); fix or remove it`);
    }
    if (isBelow(this.root, target)) return target;
    throw new DirectoryError(
      `the symbolic link '${path}' points outside the directory, to '${target}'; copy the file there, for example with 'cp -rL'`,
    );
  }

  private read(folder: string, path: string): Buffer[] {
    try {
      return readdirSync(folder, { encoding: 'buffer' });
    } catch (error) {
      throw new DirectoryError(`the directory '${path || this.root}' ${why(error)}`);
    }
  }

  private stat(place: string, path: string): BigIntStats {
    try {
      return lstatSync(place, { bigint: true });
    } catch (error) {
      throw new DirectoryError(`'${path}' ${why(error)}`);
    }
  }

  private isIgnored(path: string, place: string): boolean {
    if (typeof this.ignored === 'function')
      return this.ignored(path, lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false);
    return this.ignored.some((end) => path === end || path.endsWith(`/${end}`));
  }
}

function checkName(path: string, name: string, bytes: Buffer): void {
  const shown = JSON.stringify(path);
  if (!Buffer.from(name).equals(bytes)) throw new DirectoryError(`the name ${shown} is not UTF-8; rename it`);
  if (hasUnseen(name) || name.includes('\\')) {
    throw new DirectoryError(`the name ${shown} contains a backslash or a control character; rename it`);
  }
  if (name.startsWith('.wh.')) {
    throw new DirectoryError(`the name ${shown} starts with '.wh.', which deletes files in an image; rename it`);
  }
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new DirectoryError(
      `the path ${shown.slice(0, 60)}… has ${Buffer.byteLength(path)} bytes, but at most ${LONGEST_PATH} are supported; shorten it`,
    );
  }
}

/** A name as seen by file systems that ignore case and Unicode normalization. */
function fold(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function kindOf(stats: BigIntStats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a named pipe';
  return 'a device';
}

function why(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error)})`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
