/** The command line on a full disk: what it reports, and that no partial file is used later. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCommandLine, type CommandResult, runNode } from '../support/command-line';

let program: string;
let folder: string;
let disk: string;

beforeAll(() => {
  program = bundleCommandLine();
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'full-'));
  disk = join(folder, 'disk');
  for (const path of [disk, join(folder, 'model')]) mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'full', disk]);
  writeFileSync(join(folder, 'model/weights.bin'), randomBytes(20_000_000));
  expect(await serving('lock', 'model')).toMatchObject({ status: 0 });
});

afterEach(() => {
  execFileSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

function serving(...args: string[]): Promise<CommandResult> {
  return serveWith({}, ...args);
}

function serveWith(env: Record<string, string>, ...args: string[]): Promise<CommandResult> {
  return runNode([program, ...args], { cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'cache'), ...env } });
}

/** Fills the rest of the disk. */
function fill(): void {
  writeFileSync(join(disk, 'rest'), Buffer.alloc(1));
  execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2>/dev/null || true', join(disk, 'rest')]);
}

const resize = (size: string) => execFileSync('mount', ['-o', `remount,size=${size}`, disk]);

test('a layout is not written, has no partial files, and is completed by the same command when there is space', async () => {
  const full = await serving('pack', '--output', 'disk/layout');
  expect(full.status).toBe(3);
  expect(full.stderr.trim().split('\n').at(-1)).toMatch(/cannot be written.*(ENOSPC|no space left)/i);
  for (const name of blobs()) expect(digestOf(name)).toBe(name);
  resize('64m');
  expect(await serving('pack', '--output', 'disk/layout')).toMatchObject({ status: 0 });
  expect(blobs().length).toBeGreaterThan(3);
  for (const name of blobs()) expect(digestOf(name)).toBe(name);
});

test('a cache that cannot be written costs only time', async () => {
  fill();
  const { status, stdout } = await serveWith({ XDG_CACHE_HOME: disk }, 'lock', 'model');
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('is up to date') });
});

test('a lock file that cannot be written stays unchanged', async () => {
  const path = join(disk, 'serving.lock.json');
  expect(await serving('lock', 'model', '--lock-file', path, '--allow-outside')).toMatchObject({ status: 0 });
  const before = readFileSync(path, 'utf8');
  fill();
  writeFileSync(join(folder, 'model/more.bin'), 'more');
  const { status, stderr } = await serving('lock', 'model', '--lock-file', path, '--allow-outside');
  expect(status).toBe(3);
  expect(stderr).toMatch(/'disk\/serving\.lock\.json' cannot be written: ENOSPC/);
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(readdirSync(disk).sort()).toEqual(['rest', 'serving.lock.json']);
});

function blobs(): string[] {
  const path = join(disk, 'layout/blobs/sha256');
  return existsSync(path) ? readdirSync(path).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
}

function digestOf(name: string): string {
  return createHash('sha256')
    .update(readFileSync(join(disk, 'layout/blobs/sha256', name)))
    .digest('hex');
}
