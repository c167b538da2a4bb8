import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCK_SCHEMA } from '../../../src/models/lock/schema';
import { IMAGE } from '../../support/lock/locks';
import { MODEL, modelProject } from '../../support/model-project';
import { writeFiles } from '../../support/scratch';

describe('serving lock', () => {
  const { path, serving, servingIn, program, lockText, lock } = modelProject();

  test('writes the content of a directory to the lock file, and reports it', () => {
    const { status, stdout } = serving('lock', 'models/net', '--to', 'registry.example.com/net', '--source', 'v1');
    expect(status).toBe(0);
    const entry = lock().models['models/net'];
    expect(stdout).toBe(`models/net  ${entry.digest}  9 B in 1 layer\nserving.lock.json was written\n`);
    expect(entry).toMatchObject({ to: 'registry.example.com/net', source: 'v1', variant: 'data', bytes: 9 });
    expect(entry.layers[0].files).toEqual([
      { path: 'config.json', size: 2 },
      { path: 'weights/model.bin', size: 7 },
    ]);
  });

  /** Runs the command with an output that is closed early, as by `| head -1`. */
  const unread = (...args: string[]): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program(), ...args], {
        cwd: path(),
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout?.destroy();
      child.on('error', reject);
      child.on('close', resolve);
    });

  test('finishes its work and keeps its exit code if its output is not read to the end', async () => {
    for (const name of ['a', 'b', 'c']) writeFiles(path(`models/${name}`), { weights: name });
    expect(await unread('lock', 'models/a', 'models/b', 'models/c')).toBe(0);
    expect(Object.keys(lock().models)).toEqual(['models/a', 'models/b', 'models/c']);
    for (const name of ['a', 'b', 'c']) writeFiles(path(`models/${name}`), { weights: 'other' });
    expect(await unread('lock', '--check')).toBe(1);
    expect(await unread('lock', '--variant', 'x', 'models/a')).toBe(2);
  });

  test('writes the same file again, and keeps earlier options', () => {
    serving('lock', 'models/net', '--to', 'registry.example.com/net');
    const before = lockText();
    const { status, stdout } = serving('lock');
    expect(status).toBe(0);
    expect(stdout).toContain('serving.lock.json is up to date\n');
    expect(lockText()).toBe(before);
  });

  test('finds the nearest lock file upward, and names directories relative to it', () => {
    serving('lock', 'models/net');
    writeFiles(path('models/other'), MODEL);
    expect(servingIn('models', 'lock', 'other').status).toBe(0);
    expect(Object.keys(lock().models)).toEqual(['models/net', 'models/other']);
  });

  test('keeps unknown members and unaffected entries', () => {
    serving('lock', 'models/net');
    const content = lock();
    content.policies = [1];
    content.models['models/net'].signature = 'abc';
    content.images = { 'acme/svm:1': IMAGE };
    writeFileSync(path('serving.lock.json'), JSON.stringify(content));
    writeFiles(path('models/net'), { more: 'x' });
    serving('lock', 'models/net');
    expect(lock()).toMatchObject({ policies: [1], images: { 'acme/svm:1': IMAGE } });
    expect(lock().models['models/net']).toMatchObject({ signature: 'abc', bytes: 10 });
  });

  test('hashes large layers in several threads, with the same digests as in one thread', () => {
    for (const [name, size] of [
      ['a', 70e6],
      ['b', 80e6],
    ] as const) {
      const file = path(`models/net/${name}`);
      writeFileSync(file, name);
      truncateSync(file, size);
    }
    const { status, stderr } = serving('lock', 'models/net');
    expect([status, stderr.match(/"event":"read","part":"[ab]"/g)?.length]).toEqual([0, expect.any(Number)]);
    const one = spawnSync(
      process.execPath,
      [
        '-e',
        `
      require('node:os').availableParallelism = () => 1;
      process.argv = [process.argv[0], ${JSON.stringify(program())}, 'lock', 'models/net', '--lock-file', 'one.json'];
      require('node:module').runMain(process.argv[1]);
    `,
      ],
      { cwd: path(), encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: path('no-cache') } },
    );
    expect(one.stdout).toContain(lock().models['models/net'].digest);
  });

  describe('--remove', () => {
    test('removes an entry by its name or its path, and keeps the others', () => {
      writeFiles(path('models/old'), MODEL);
      serving('lock', 'models/net', 'models/old');
      const content = lock();
      content.images = { 'acme/svm:1': IMAGE };
      writeFileSync(path('serving.lock.json'), JSON.stringify(content));
      rmSync(path('models/old'), { recursive: true });
      const before = lock().models['models/net'];
      const removed = servingIn('models', 'lock', '--remove', 'old', '--remove', 'acme/svm:1');
      expect(removed).toMatchObject({ status: 0, stdout: '../serving.lock.json was written\n' });
      expect(lock()).toEqual({ version: 1, models: { 'models/net': before }, images: {}, apps: {} });
    });

    test('is suggested if a locked directory no longer exists', () => {
      serving('lock', 'models/net');
      rmSync(path('models/net'), { recursive: true });
      expect(serving('lock')).toMatchObject({
        status: 3,
        stderr: expect.stringContaining(
          "'models/net' is locked, but its directory does not exist; restore it, or run: serving lock --remove models/net",
        ),
      });
    });

    test.each<[string[], string]>([
      [
        ['--remove', 'models/other'],
        "--remove (models/other) must be a name in 'serving.lock.json'; it has: models/net",
      ],
      [['models/net', '--remove', 'models/net'], '--remove (models/net) conflicts with locking the same name'],
      [['--check', '--remove', 'models/net'], '--remove cannot be combined with --check'],
    ])('refuses %j', (args, message) => {
      serving('lock', 'models/net');
      const before = lockText();
      expect(serving('lock', ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
      expect(lockText()).toBe(before);
    });
  });

  describe('--check', () => {
    const change: Record<string, () => void> = {
      changed: () => writeFiles(path('models/net'), { 'config.json': '[]' }),
      'is new': () => writeFiles(path('models/net'), { 'added.txt': '' }),
      'is missing': () => rmSync(path('models/net/config.json')),
    };

    test('exits with 0 if nothing differs', () => {
      serving('lock', 'models/net');
      expect(serving('lock', '--check')).toMatchObject({
        status: 0,
        stdout: 'serving.lock.json matches the working tree\n',
      });
    });

    test.each([
      ['changed', "models/net: 'config.json' changed\n"],
      ['is new', "models/net: 'added.txt' was added\n"],
      ['is missing', "models/net: 'config.json' was removed\n"],
    ])('exits with 1, names a file that %s, and writes nothing', (kind, line) => {
      serving('lock', 'models/net');
      const before = lockText();
      change[kind]?.();
      expect(serving('lock', '--check')).toMatchObject({ status: 1, stdout: line });
      expect(lockText()).toBe(before);
    });

    test('reports directories that are not locked or do not exist', () => {
      serving('lock', 'models/net');
      writeFiles(path('models/new'), MODEL);
      expect(serving('lock', '--check', 'models/new')).toMatchObject({
        status: 1,
        stdout: 'models/new: not locked\n',
      });
      rmSync(path('models/net'), { recursive: true });
      expect(serving('lock', '--check')).toMatchObject({
        status: 1,
        stdout: 'models/net: the directory does not exist\n',
      });
    });
  });

  describe('a file of a model that looks like credentials', () => {
    test('is refused, unless it is allowed, which the lock file records', () => {
      writeFiles(path('models/net'), { '.netrc': 'password' });
      expect(serving('lock', 'models/net')).toMatchObject({
        status: 1,
        stderr:
          "[CredentialFiles] 'models/net' contains files that look like credentials, which anyone who can pull the image could read: '.netrc'; move them out of the directory, or lock it with --allow-file .netrc to publish that file on purpose\n",
      });
      expect(serving('lock', 'models/net', '--allow-file', '.netrc').status).toBe(0);
      expect(lock().models['models/net'].allowed).toEqual(['.netrc']);
      expect(serving('lock', '--check').status).toBe(0);
      expect(serving('pack', '-o', 'out').status).toBe(0);
      rmSync(path('models/net/.netrc'));
      expect(serving('lock').status).toBe(0);
      expect(lock().models['models/net']).not.toHaveProperty('allowed');
    });

    test('cannot be excluded with an ignore file, which is for apps', () => {
      writeFiles(path('models/net'), { '.servingignore': '*' });
      expect(serving('lock', 'models/net')).toMatchObject({
        status: 3,
        stderr: expect.stringContaining("'.servingignore' is supported only in apps"),
      });
    });

    test.each<[string[], string]>([
      [['lock', 'models/net', '--allow-file', 'w'], '--allow-file (w) matches no file that looks like'],
      [['lock', '--allow-file', 'w'], '--allow-file requires a directory, or --app'],
    ])('must exist to be allowed: %j', (args, message) => {
      expect(serving(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    });
  });

  test('--schema prints the JSON Schema of lock files', () => {
    expect(JSON.parse(serving('lock', '--schema').stdout)).toEqual(JSON.parse(JSON.stringify(LOCK_SCHEMA)));
  });

  test('writes the same bytes for another user, umask, time zone and locale', () => {
    serving('lock', 'models/net');
    const other = mkdtempSync(join(tmpdir(), 'lock-test-other-'));
    try {
      chmodSync(other, 0o777);
      const script = `umask 077 && mkdir -p models/net/weights && printf '{}' >models/net/config.json && printf weights >models/net/weights/model.bin && exec "$0" "$1" lock models/net`;
      const isRoot = process.getuid?.() === 0;
      const result = spawnSync('sh', ['-c', script, process.execPath, program()], {
        cwd: other,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', HOME: other },
        ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
      });
      expect(result.stderr).not.toContain('Error');
      expect(readFileSync(join(other, 'serving.lock.json'), 'utf8')).toBe(lockText());
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
