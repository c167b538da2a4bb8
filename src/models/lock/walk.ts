import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasUnseen } from '../../private/characters';
import { isBelow } from './inside';

/** A directory, or something in it, that cannot be packed. */
export class DirectoryError extends Error {}

/** A file of a directory: what it is called, where its bytes are, and what tells whether it changed. */
export interface WalkedFile {
  /** Below the directory, with `/` between its parts. */
  readonly path: string;
  /** Where the bytes are: for a symbolic link, what it leads to. */
  readonly source: string;
  readonly size: number;
  readonly executable: boolean;
  /** Equal for as long as nobody wrote to the file. */
  readonly identity: string;
  /** When the content or the status changed last, in milliseconds. */
  readonly changedAt: number;
}

/** What a directory holds, in the order of the bytes of the paths. */
export interface WalkedDirectory {
  /** The directory without symbolic links. */
  readonly root: string;
  readonly files: WalkedFile[];
  /** Directories that hold nothing. */
  readonly emptyDirectories: string[];
}

/** What version control, file managers and downloads leave beside weights: a name, or the end of a path. */
export const IGNORED_IN_MODELS: readonly string[] = ['.git', '.DS_Store', '.cache/huggingface'];

/** What is passed over: names and ends of paths, or a rule that is asked for each path from the top down. */
export type Ignored = readonly string[] | ((path: string, isDirectory: boolean) => boolean);

/** S3 takes keys of 1,024 bytes, of which prefix and digest need some. */
const LONGEST_PATH = 800;

/** Lists a directory for packing; what cannot be packed the same everywhere is an error that names it. */
export function walk(directory: string, ignored: Ignored = IGNORED_IN_MODELS): WalkedDirectory {
  const root = rootOf(directory);
  const walker = new Walker(root, ignored);
  walker.enter(root, '', []);
  if (walker.files.length === 0) throw new DirectoryError(`the directory '${directory}' holds no file`);
  return {
    root,
    files: walker.files.sort((a, b) => compareBytes(a.path, b.path)),
    emptyDirectories: walker.emptyDirectories.sort(compareBytes),
  };
}

/** The order of UTF-8, which differs from that of JavaScript for characters outside the basic plane. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What tells whether a file is still what it was. */
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

  /** Lists a directory that stands at `path`; `above` are the directories that lead to it. */
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
        throw new DirectoryError(`the symbolic link '${path}' leads to a directory that it stands in; remove it`);
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

  /** Where a link leads; its content is packed in its place, because not every store has links. */
  private follow(place: string, path: string): string {
    let target: string;
    try {
      target = realpathSync(place);
    } catch (error) {
      throw new DirectoryError(`the symbolic link '${path}' points nowhere (${codeOf(error)}); repair or remove it`);
    }
    if (isBelow(this.root, target)) return target;
    throw new DirectoryError(
      `the symbolic link '${path}' leaves the directory, to '${target}'; put the file there, for example with 'cp -rL'`,
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
    throw new DirectoryError(`the name ${shown} has a backslash or a control character; rename it`);
  }
  if (name.startsWith('.wh.')) {
    throw new DirectoryError(`the name ${shown} starts with '.wh.', which deletes files in an image; rename it`);
  }
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new DirectoryError(
      `the path ${shown.slice(0, 60)}… has ${Buffer.byteLength(path)} bytes, but at most ${LONGEST_PATH} fit; shorten it`,
    );
  }
}

/** A name as file systems see it that tell neither case nor composed from decomposed characters apart. */
function fold(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function kindOf(stats: BigIntStats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a named pipe';
  return 'a device';
}

function why(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'is not there' : `cannot be read (${codeOf(error)})`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
