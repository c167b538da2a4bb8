/** The script that unpacks archives, run by a real interpreter with honest and hostile archives. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHIVE_NAME, unpackCommand } from '../../src/models/private/unpack-command';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unpack-'));
  mkdirSync(join(folder, 'model'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...parts: string[]) => join(folder, ...parts);

/** Writes archives with Python: `add(name, content, type, link, mode)` for tar and for zip. Prints them in base64. */
const WRITER = `
import base64, io, json, sys, tarfile, zipfile, stat
def write(kind, script):
    file = io.BytesIO()
    if kind == "zip":
        archive = zipfile.ZipFile(file, "w")
        def add(name, content="", type=None, link="", mode=0o644):
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if type == "link" else stat.S_IFREG) | mode) << 16
            archive.writestr(info, link if type == "link" else content)
    else:
        archive = tarfile.open(fileobj=file, mode="w:" + kind)
        def add(name, content="", type=None, link="", mode=0o644):
            info = tarfile.TarInfo(name)
            info.mode = mode
            info.linkname = link
            info.type = {None: tarfile.REGTYPE, "link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE, "directory": tarfile.DIRTYPE}[type]
            info.size = len(content) if type is None else 0
            archive.addfile(info, io.BytesIO(content.encode()))
    exec(script, {"add": add})
    archive.close()
    return base64.b64encode(file.getvalue()).decode()
print(json.dumps([write(*archive) for archive in json.load(sys.stdin)]))
`;

type Archive = readonly [kind: string, script: string];

/** Every archive of this file. One process writes all of them, because starting it takes longer. */
let archives: ReadonlyMap<string, Buffer>;
beforeAll(() => {
  const all: Archive[] = [
    ...KINDS.map((kind): Archive => [kind, HONEST]),
    ...REFUSED.flatMap(([, script]) => ['gz', 'zip'].map((kind): Archive => [kind, script])),
    ...[LINKS, ONE_FILE, LONG_FILE, ...REFUSED_TARS.map(([, script]) => script)].map(
      (script): Archive => ['gz', script],
    ),
  ];
  const { status, stdout, stderr } = spawnSync('python3', ['-c', WRITER], {
    input: JSON.stringify(all),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const written = JSON.parse(stdout) as string[];
  archives = new Map(all.map((archive, index) => [archive.join(), Buffer.from(written[index] as string, 'base64')]));
});

function write(...archive: Archive): void {
  writeFileSync(at('model', ARCHIVE_NAME), archives.get(archive.join()) as Buffer);
}

function unpack(bytes?: number) {
  const { program, args } = unpackCommand({ destination: `${at('model')}/`, archive: true, bytes });
  const { status, stderr } = spawnSync(program[0] as string, [...program.slice(1), ...args], { encoding: 'utf8' });
  return { status, stderr };
}

const HONEST = `
add("model.bin", "weights")
add("code/run.sh", "#!/bin/sh", mode=0o755)
add("code/deep/a.txt", "a")
add("latest", type="link", link="code/deep")
add("code/up", type="link", link="../model.bin")
`;

const KINDS = ['', 'gz', 'bz2', 'xz', 'zip'];

test.each(KINDS)('an archive of kind %p is unpacked with modes and links', (kind) => {
  write(kind, HONEST);
  expect(unpack()).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(at('model')).sort()).toEqual(['code', 'latest', 'model.bin']);
  expect(readFileSync(at('model/latest/a.txt'), 'utf8')).toBe('a');
  expect(readFileSync(at('model/code/up'), 'utf8')).toBe('weights');
  expect([statSync(at('model/code/run.sh')).mode & 0o777, statSync(at('model/model.bin')).mode & 0o777]).toEqual([
    0o755, 0o644,
  ]);
});

const LINKS = `add("./", type="directory")\nadd("empty/", type="directory")\nadd("a", "a")\nadd("b", type="hard", link="a")`;

test('hard links become copies, and directories stay', () => {
  write('gz', LINKS);
  expect(unpack().status).toBe(0);
  expect(readdirSync(at('model')).sort()).toEqual(['a', 'b', 'empty']);
  expect(lstatSync(at('model/b')).nlink).toBe(1);
});

const ONE_FILE = 'add("a", "a")';

test('an attempt that was interrupted leaves nothing behind', () => {
  mkdirSync(at('model/.serving-unpack'));
  writeFileSync(at('model/.serving-unpack/half'), 'half');
  writeFileSync(at('model/old'), 'old');
  write('gz', ONE_FILE);
  expect(unpack().status).toBe(0);
  expect(readdirSync(at('model'))).toEqual(['a']);
});

const REFUSED: [what: string, script: string, message: string][] = [
  ['an absolute path', 'add("/etc/evil", "x")', "'/etc/evil' leaves the directory"],
  ['a path with ..', 'add("a/../../evil", "x")', "'a/../../evil' leaves the directory"],
  ['a link to an absolute path', 'add("a", type="link", link="/etc")', "the link 'a' points outside, to '/etc'"],
  ['a link above', 'add("d/a", type="link", link="../../evil")', "the link 'd/a' points outside"],
  ['a link with .. after a name', 'add("a", type="link", link="d/../../evil")', "the link 'a' points outside"],
  ['a file below a link', 'add("a", type="link", link=".")\nadd("a/evil", "x")', "'a/evil' is below a file or a link"],
  ['a file over a link', 'add("a", type="link", link="b")\nadd("a", "x")', "'a' occurs twice"],
];

test.each(REFUSED)('%s is refused', (_, script, message) => {
  for (const kind of ['gz', 'zip']) {
    write(kind, script);
    const { status, stderr } = unpack();
    expect({ kind, status, stderr }).toEqual({ kind, status: 1, stderr: expect.stringContaining(message) });
    expect(readdirSync(folder)).toEqual(['model']);
  }
});

const REFUSED_TARS: [what: string, script: string, message: string][] = [
  ['a device', 'add("a", type="device")', "'a' is a device or a pipe"],
  ['a pipe', 'add("a", type="pipe")', "'a' is a device or a pipe"],
  ['a hard link outside', 'add("a", type="hard", link="../evil")', "'../evil' leaves the directory"],
  [
    'a hard link to a link',
    'add("a", type="link", link="b")\nadd("c", type="hard", link="a")',
    'which is no file before it',
  ],
  ['no files', '', 'it contains no files'],
];

test.each(REFUSED_TARS)('%s in a tar is refused', (_, script, message) => {
  write('gz', script);
  expect(unpack()).toEqual({ status: 1, stderr: expect.stringContaining(message) });
});

const LONG_FILE = 'add("a", "x" * 1000)';

test('more bytes than declared are refused', () => {
  write('gz', LONG_FILE);
  expect(unpack(999)).toEqual({
    status: 1,
    stderr: expect.stringContaining("it unpacks to more than 'unpackedSize' (999 bytes)"),
  });
  expect(unpack(1000).status).toBe(0);
});

test.each(['text', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])])('another file is no archive: %p', (content) => {
  writeFileSync(at('model', ARCHIVE_NAME), content);
  expect(unpack()).toEqual({ status: 1, stderr: expect.stringContaining('it is no readable tar or zip archive') });
});

describe('a file from a URL', () => {
  const CONTENT = Buffer.alloc(300_000, 'weights');
  const sha256 = createHash('sha256').update(CONTENT).digest('hex');

  /** Downloads from a server that ends each response after so many bytes. */
  async function download(each: number, expected = sha256) {
    const ranges: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const { range } = request.headers;
      ranges.push(range);
      const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      if (from >= CONTENT.length) return response.writeHead(416).end();
      response.writeHead(range === undefined ? 200 : 206, { 'content-length': CONTENT.length - from });
      response.write(CONTENT.subarray(from, from + each), () => {
        if (from + each >= CONTENT.length) response.end();
        else response.destroy();
      });
      return response;
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/net.onnx`;
    const { program, args } = unpackCommand({
      url,
      sha256: expected,
      destination: at('model/net.onnx'),
      archive: false,
    });
    const child = spawn(program[0] as string, [...program.slice(1), ...args]);
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    const [status] = await once(child, 'close');
    server.close();
    return { status, stderr, ranges };
  }

  test('is downloaded further where an attempt ended, and compared with its digest', async () => {
    const { status, ranges } = await download(200_000);
    expect({ status, ranges }).toEqual({ status: 0, ranges: [undefined, 'bytes=200000-'] });
    expect(readFileSync(at('model/net.onnx')).equals(CONTENT)).toBe(true);
    expect(readdirSync(at('model'))).toEqual(['net.onnx']);
  });

  test('of another content stops the start', async () => {
    const { status, stderr } = await download(300_000, '0'.repeat(64));
    expect(status).toBe(1);
    expect(stderr).toContain(`its SHA-256 is not ${'0'.repeat(64)}`);
    expect(readdirSync(at('model'))).toEqual([]);
  });
});
