import type { Random } from '../support/stores/random';
import { type WheelContent, wheelEntries, wheelName } from '../support/wheels/wheel';
import { type ZipEnd, type ZipEntry, zipOf } from '../support/wheels/zip';

/** Parts of paths, most of which are not allowed. */
const PARTS = [
  ...['..', '..', '..', '.', '', 'a', 'b.py', 'bin', 'pkg', 'PKG', '__init__.py', 'sitecustomize.py', 'x.pth'],
  ...['pkg-1.0.data', 'pkg-1.0.dist-info', 'Pkg-1.0.data', 'other-1.0.data', 'other-1.0.dist-info', 'pkg-1.0.data'],
  ...['scripts', 'data', 'purelib', 'platlib', 'headers', 'RECORD', 'entry_points.txt', 'METADATA'],
  ...['C:', 'c:x', '..\\..\\x', '\\\\host\\share', '.wh.x', '.wh..wh..opq', '~', '$HOME', '%2e%2e', '...', ' ', '-e'],
  ...['\0', 'a\0b', '\n', '\r', '\u001b[31m', '\u007f', '\u0085', '\u2028', '\u202e', '\ufeff', '\u00e9', 'e\u0301'],
  ...['\u0130', '\u0131', 'I', 'i', '\u00df', 'ss', '\ufb01', 'fi', '\u212a', 'k', 'x'.repeat(255), 'y'.repeat(256)],
];
const ABSOLUTE = ['/serving-fuzz/', '//serving-fuzz/', '/../serving-fuzz/', '/proc/self/', '/'];

const KINDS = [0, 0o010000, 0o020000, 0o040000, 0o060000, 0o100000, 0o120000, 0o140000, 0o170000];

const NAMES = [
  'run',
  'run',
  'Run',
  '..',
  '.',
  '',
  '../x',
  '../../../x',
  '/serving-fuzz/x',
  'a b',
  'a\\b',
  'a;b',
  '\u00e9',
  '-x',
  'a\u0000',
  'x'.repeat(300),
];
const CODE = [
  ...[
    'pkg',
    'pkg.a',
    'os;import x',
    'os\n import x',
    '__import__("os")',
    'a b',
    '1a',
    'a..b',
    '.a',
    'a.',
    '',
    '\u00e9',
    'a-b',
  ],
  ...['main', 'main()(evil)', 'a.b', 'lambda: 0', 'f [x]', 'f [x];y', 'f # x', 'f\u2028x'],
];

function path(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(5) }, () => random.pick(PARTS));
  return (random.chance(0.15) ? random.pick(ABSOLUTE) : '') + parts.join('/') + (random.chance(0.05) ? '/' : '');
}

function number(random: Random): number {
  return random.pick([0, 1, 2, 30, 46, 100, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe, 0xffffffff, random.below(5000)]);
}

function claims(random: Random): ZipEntry['claims'] {
  return random.pick<() => ZipEntry['claims']>([
    () => ({ size: number(random) }),
    () => ({ compressedSize: number(random) }),
    () => ({ size: number(random), compressedSize: number(random) }),
    () => ({ crc: number(random) }),
    () => ({ method: random.pick([0, 1, 8, 9, 12, 14, 93, 99]) }),
    () => ({ flags: random.below(0x10000) }),
    () => ({ offset: number(random) }),
    () => ({ localName: path(random) }),
  ])();
}

function entry(random: Random): ZipEntry {
  return {
    name: random.chance(0.03) ? random.bytes(1 + random.below(20)) : path(random),
    data: random.chance(0.1) ? '0'.repeat(random.below(60_000)) : 'x'.repeat(random.below(20)),
    deflate: random.chance(0.5),
    mode: random.chance(0.3) ? random.pick(KINDS) | random.below(0o10000) : 0o100644,
    ...(random.chance(0.2) ? { claims: claims(random) } : {}),
  };
}

function entryPoints(random: Random): string {
  const group = () => random.pick(['[console_scripts]', '[console_scripts]', '[gui_scripts]', '[x]', '']);
  const line = () =>
    `${random.pick(NAMES)}${random.pick([' = ', '=', ' ', ' : '])}${random.pick(CODE)}${random.pick([':', ' : ', '', '::'])}${random.pick(CODE)}`;
  return [group(), line(), line(), group(), line()]
    .slice(0, 2 + random.below(4))
    .join(random.pick(['\n', '\n', '\n', '\r', '\u2028']));
}

function record(random: Random): (text: string) => string {
  return random.pick<(text: string) => string>([
    () => '',
    (text) => text.replace(/sha256/g, random.pick(['md5', 'sha1', '', 'sha512', 'blake2b', 'shake_128'])),
    (text) => text + text.replace(/sha256=./g, 'sha256=A'),
    (text) => text.slice(random.below(text.length)),
    (text) => text.replaceAll('"', ''),
    (text) => `${'"'.repeat(random.below(200_000))}${text}`,
    () => 'x'.repeat(random.below(300_000)),
  ]);
}

/** A wheel with some invalid parts, and possibly corrupted bytes. */
function hostileWheel(random: Random, name: string): Buffer {
  const content: WheelContent = {
    name,
    files: { [`${name}/__init__.py`]: '', 'shared.txt': random.pick(['one', 'one', 'two']) },
    ...(random.chance(0.4) ? { entryPoints: entryPoints(random) } : {}),
    ...(random.chance(0.6) ? { entries: Array.from({ length: 1 + random.below(3) }, () => entry(random)) } : {}),
    ...(random.chance(0.1) ? { record: record(random) } : {}),
  };
  const entries = wheelEntries(content);
  if (random.chance(0.05)) entries.push(random.pick(entries));
  if (random.chance(0.05)) entries.splice(random.below(entries.length), 1);
  if (random.chance(0.05)) {
    const at = random.below(entries.length);
    entries[at] = { ...(entries[at] as ZipEntry), claims: claims(random) };
  }
  return damaged(random, zipOf(entries, ending(random)));
}

function ending(random: Random): ZipEnd {
  if (!random.chance(0.06)) return {};
  return random.pick<() => ZipEnd>([
    () => ({ entries: number(random) & 0xffff }),
    () => ({ comment: random.bytes(random.below(100)) }),
    () => ({ comment: Buffer.from('PK\x05\x06'.padEnd(40, '\xff'), 'latin1') }),
    () => ({ prefix: random.bytes(random.below(100)) }),
    () => ({ ...smallEnd(random), zip64: {} }),
    () => ({
      ...smallEnd(random),
      zip64: { entries: number(random), length: number(random), shift: random.pick([0, 0, 1, -56, number(random)]) },
    }),
  ])();
}

/** An end record that claims less than the archive contains. */
function smallEnd(random: Random): ZipEnd {
  return random.chance(0.5) ? {} : { entries: 1, length: 100 };
}

function damaged(random: Random, bytes: Buffer): Buffer {
  if (random.chance(0.85)) return bytes;
  if (random.chance(0.3)) return bytes.subarray(0, random.below(bytes.length));
  const copy = Buffer.from(bytes);
  for (let flips = 1 + random.below(8); flips > 0; flips--) copy[random.below(copy.length)] = random.below(256);
  return copy;
}

/** An archive with more entries or bytes than its size suggests. Generating one is slow, so there are few. */
function bomb(random: Random): Buffer {
  const entries = random.chance(0.5)
    ? [
        {
          name: 'zeros',
          data: Buffer.alloc(70e6),
          deflate: true,
          ...(random.chance(0.5) ? { claims: { size: 100 } } : {}),
        },
      ]
    : Array.from({ length: 3000 }, (_, index): ZipEntry => ({ name: `${'d/'.repeat(index % 200)}${index}` }));
  return zipOf(wheelEntries({ name: 'pkg', entries }), ending(random));
}

/** The wheels of one attempt, by file name. */
export function hostileWheels(random: Random): { readonly [name: string]: Buffer } {
  if (random.chance(0.0004)) return { [wheelName({ name: 'pkg' })]: bomb(random) };
  const names = random.chance(0.15) ? ['pkg', 'other'] : ['pkg'];
  return Object.fromEntries(names.map((name) => [wheelName({ name }), hostileWheel(random, name)]));
}
