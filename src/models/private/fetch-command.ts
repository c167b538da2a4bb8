import { layerEntries } from '../lock/layer-entries';
import type { LockedLayer } from '../lock/lock-file';
import { paddingOf, TAR_END, tarHeader } from '../lock/tar';

/** The directory of the files in the image of a model. */
const PREFIX = 'models/';

/**
 * The maximum length of the check of a model in characters. A task definition has at most 64 KiB for all containers, and an
 * argument of a process 128 KiB.
 */
const LONGEST_CHECK = 24 * 1024;

/** The variable with the URL of another store, which the AWS CLI reads. */
export const ENDPOINT_VARIABLE = 'AWS_ENDPOINT_URL_S3';

/** What a container fetches from S3. */
export interface S3Fetch {
  readonly uri: string;
  /** Whether the URI is one object rather than a prefix. */
  readonly singleObject: boolean;
  /** The file, or the directory with a slash at its end. */
  readonly destination: string;
  /** The layers of the files, if they are locked. @default - unknown */
  readonly layers?: readonly LockedLayer[];
}

/** A process of the fetch image: the program that replaces its entry point, and its arguments. */
export interface FetchCommand {
  readonly program: string[];
  readonly args: string[];
}

/** Up to five attempts: a connection that breaks, or a store that is overloaded, does not end the start of a replica. */
const RETRY = ['do [ "$n" -lt 5 ] || exit 1', 'sleep "$n"', 'n=$((n + 1))', 'done'].join('; ');

/** Repeats the request for one object. */
const OBJECT = `n=1; until aws s3 cp --no-progress "$1" "$2"; ${RETRY}`;

/**
 * Continues with what is missing. The CLI renames a file when it is complete, so a file of the right size is whole, and
 * `--delete` removes the rest of an interrupted one.
 */
const DIRECTORY = [
  `n=1; until aws s3 sync --no-progress --size-only --delete "$1" "$2"; ${RETRY}`,
  '[ -n "$(ls -A "$2")" ] || { echo "no objects exist below $1" >&2; exit 1; }',
];

/**
 * Functions that pack files again as `serving lock` has packed them, so that the digest of a layer checks them: `z` writes
 * zeros, `e` the header of an entry, `r` another header in runs of text and zeros, `d` a directory, `f` a file, and `l`
 * compares. A layer that differs is removed, so that the next attempt fetches it again.
 */
const CHECK = [
  'cd "$2" || exit 1',
  'z() { head -c "$1" /dev/zero; }',
  String.raw`e() { printf %s "$1"; z $((100 - ${'$'}{#1})); printf '%s\000' "$2" 0000000 0000000 "$3" 00000000000 "$4"; printf ' %s' "$5"; z 100; printf 'ustar\00000'; z 64; printf '0000000\0000000000\000'; z 167; }`,
  'r() { while [ $# -gt 1 ]; do printf %s "$1"; z "$2"; shift 2; done; }',
  'd() { e "$1" 0000755 00000000000 "$2" 5; }',
  'f() { cat "./$1"; z "$2"; }',
  `l() { s=$(sha256sum); [ "\${s%% *}" = "$1" ] && return; shift; echo "these files differ from the lock file, and are removed: $*" >&2; rm -f "$@"; return 1; }`,
  'p=; b=0',
].join('\n');

/** The end of a check: waits for the layers, which are read at the same time. */
const CHECKED = [
  'for i in $p; do wait "$i" || b=1; done',
  '[ "$b" = 0 ] || { echo "the model at $1 is damaged or was changed; run: serving verify, serving publish" >&2; exit 1; }',
].join('\n');

/** The command that fetches from S3. */
export function s3FetchCommand({ uri, singleObject, destination, layers }: S3Fetch): FetchCommand {
  const script = singleObject
    ? OBJECT
    : [...DIRECTORY, ...(checkOf(layers) ?? []), ...modesOf(layers, destination)].join('\n');
  return { program: ['sh', '-c'], args: [script, 'fetch', uri, destination] };
}

/** Whether fetched files are compared with the digests of the lock file. */
export function isChecked(layers: readonly LockedLayer[] | undefined): boolean {
  return checkOf(layers) !== undefined;
}

/** The lines that compare files with the digests of their layers; undefined if that is not possible or too long. */
function checkOf(layers: readonly LockedLayer[] = []): string[] | undefined {
  const lines = layers.map(lineOf);
  if (lines.length === 0 || lines.some((line) => line === undefined)) return undefined;
  const check = [CHECK, ...(lines as string[]), CHECKED];
  return check.join('\n').length > LONGEST_CHECK ? undefined : check;
}

/** The line that checks one layer. Empty directories are not in the lock file, so a layer with some cannot be packed again. */
function lineOf({ digest, size, files }: LockedLayer): string | undefined {
  let total = TAR_END.length;
  const words = layerEntries(files, [], PREFIX).map(({ entry, file }) => {
    const header = tarHeader(entry);
    total += header.length + entry.size + paddingOf(entry.size);
    return file === undefined ? headerOf(header) : `${headerOf(header)};f ${quote(file.path)} ${paddingOf(file.size)}`;
  });
  if (total !== size) return undefined;
  const names = files.map(({ path }) => quote(`./${path}`)).join(' ');
  return `{ ${words.join(';')};z ${TAR_END.length}; } | l ${digest.replace('sha256:', '')} ${names} & p="$p $!"`;
}

/** The call that writes a header. Most have the fields of ustar; others are written in runs of text and zeros. */
function headerOf(header: Buffer): string {
  const text = header.toString('latin1');
  const field = (start: number, end: number) => text.slice(start, end).replace(/\0.*$/, '');
  if (header.length > 512) {
    const runs = [...header.toString('utf8').matchAll(/([^\0]*)(\0*)/g)].filter(([run]) => run !== '');
    return `r ${runs.map(([, run = '', zeros = '']) => `${quote(run)} ${zeros.length}`).join(' ')}`;
  }
  const [name, mode, size, sum] = [field(0, 100), field(100, 108), field(124, 136), field(148, 155)];
  return text[156] === '5' ? `d ${quote(name)} ${sum}` : `e ${quote(name)} ${mode} ${size} ${sum} 0`;
}

/** Objects have no modes, so programs of a locked directory become executable again. */
function modesOf(layers: readonly LockedLayer[] = [], destination: string): string[] {
  const programs = layers.flatMap(({ files }) => files).filter(({ executable }) => executable === true);
  if (programs.length === 0) return [];
  return [`chmod 755 ${programs.map(({ path }) => quote(`${destination}${path}`)).join(' ')}`];
}

function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
