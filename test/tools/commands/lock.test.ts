import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driftOf } from '../../../src/models/lock/drift';
import { requireLock } from '../../../src/models/lock/read-lock';
import { LOCK_SCHEMA } from '../../../src/models/lock/schema';
import { type Bundle, bundleServing } from '../../support/bundle';
import { IMAGE } from '../../support/lock/locks';
import { writeFiles } from '../../support/scratch';

const MODEL = { 'config.json': '{}', 'weights/model.bin': 'weights' };

describe('serving lock', () => {
  let bundle: Bundle;
  let folder: string;
  const serving = (...args: string[]) => bundle.run(folder, ...args);
  const lockText = () => readFileSync(join(folder, 'serving.lock.json'), 'utf8');
  const lock = () => JSON.parse(lockText());

  beforeAll(() => {
    bundle = bundleServing();
  });
  afterAll(() => bundle.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
    writeFiles(join(folder, 'models/net'), MODEL);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('writes what a directory holds, and says so', () => {
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

  /** Runs it with an output whose reader is gone, as after `| head -1`. */
  const unread = (...args: string[]): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [bundle.file, ...args], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout?.destroy();
      child.on('error', reject);
      child.on('close', resolve);
    });

  test('finishes its work and keeps its exit code where its output is not read to the end', async () => {
    for (const name of ['a', 'b', 'c']) writeFiles(join(folder, `models/${name}`), { weights: name });
    expect(await unread('lock', 'models/a', 'models/b', 'models/c')).toBe(0);
    expect(Object.keys(lock().models)).toEqual(['models/a', 'models/b', 'models/c']);
    for (const name of ['a', 'b', 'c']) writeFiles(join(folder, `models/${name}`), { weights: 'other' });
    expect(await unread('lock', '--check')).toBe(1);
    expect(await unread('lock', '--variant', 'x', 'models/a')).toBe(2);
  });

  test('writes the same again, and keeps what it was told before', () => {
    serving('lock', 'models/net', '--to', 'registry.example.com/net');
    const before = lockText();
    const { status, stdout } = serving('lock');
    expect(status).toBe(0);
    expect(stdout).toContain('serving.lock.json is up to date\n');
    expect(lockText()).toBe(before);
  });

  test('finds the lock file upward and names directories relative to it', () => {
    serving('lock', 'models/net');
    writeFiles(join(folder, 'models/other'), MODEL);
    expect(bundle.run(join(folder, 'models'), 'lock', 'other').status).toBe(0);
    expect(Object.keys(lock().models)).toEqual(['models/net', 'models/other']);
  });

  test('keeps members that it does not know, and the entries that it does not touch', () => {
    serving('lock', 'models/net');
    const content = lock();
    content.policies = [1];
    content.models['models/net'].signature = 'abc';
    content.images = { 'acme/svm:1': IMAGE };
    writeFileSync(join(folder, 'serving.lock.json'), JSON.stringify(content));
    writeFiles(join(folder, 'models/net'), { more: 'x' });
    serving('lock', 'models/net');
    expect(lock()).toMatchObject({ policies: [1], images: { 'acme/svm:1': IMAGE } });
    expect(lock().models['models/net']).toMatchObject({ signature: 'abc', bytes: 10 });
  });

  test('hashes large layers in threads of its own file, to the digests that one thread gives', () => {
    for (const [name, size] of [
      ['a', 70e6],
      ['b', 80e6],
    ] as const) {
      const path = join(folder, 'models/net', name);
      writeFileSync(path, name);
      truncateSync(path, size);
    }
    const { status, stderr } = serving('lock', 'models/net');
    expect([status, stderr.match(/"event":"read","part":"[ab]"/g)?.length]).toEqual([0, expect.any(Number)]);
    const one = spawnSync(
      process.execPath,
      [
        '-e',
        `
      require('node:os').availableParallelism = () => 1;
      process.argv = [process.argv[0], ${JSON.stringify(bundle.file)}, 'lock', 'models/net', '--lock-file', 'one.json'];
      require('node:module').runMain(process.argv[1]);
    `,
      ],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: join(folder, 'no-cache') } },
    );
    expect(one.stdout).toContain(lock().models['models/net'].digest);
  });

  describe('--remove', () => {
    test('takes an entry out by its name or its path, and leaves the others alone', () => {
      writeFiles(join(folder, 'models/old'), MODEL);
      serving('lock', 'models/net', 'models/old');
      const content = lock();
      content.images = { 'acme/svm:1': IMAGE };
      writeFileSync(join(folder, 'serving.lock.json'), JSON.stringify(content));
      rmSync(join(folder, 'models/old'), { recursive: true });
      const before = lock().models['models/net'];
      const removed = bundle.run(join(folder, 'models'), 'lock', '--remove', 'old', '--remove', 'acme/svm:1');
      expect(removed).toMatchObject({ status: 0, stdout: '../serving.lock.json was written\n' });
      expect(lock()).toEqual({ version: 1, models: { 'models/net': before }, images: {}, apps: {} });
    });

    test('is what is advised where a locked directory is gone', () => {
      serving('lock', 'models/net');
      rmSync(join(folder, 'models/net'), { recursive: true });
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
      'is another': () => writeFiles(join(folder, 'models/net'), { 'config.json': '[]' }),
      'is new': () => writeFiles(join(folder, 'models/net'), { 'added.txt': '' }),
      'is gone': () => rmSync(join(folder, 'models/net/config.json')),
    };

    test('exits with 0 where nothing differs', () => {
      serving('lock', 'models/net');
      expect(serving('lock', '--check')).toMatchObject({
        status: 0,
        stdout: 'serving.lock.json matches the working tree\n',
      });
    });

    test.each([
      ['is another', "models/net: 'config.json' changed\n"],
      ['is new', "models/net: 'added.txt' was added\n"],
      ['is gone', "models/net: 'config.json' was removed\n"],
    ])('exits with 1 and names the file where one %s, and writes nothing', (kind, line) => {
      serving('lock', 'models/net');
      const before = lockText();
      change[kind]?.();
      expect(serving('lock', '--check')).toMatchObject({ status: 1, stdout: line });
      expect(lockText()).toBe(before);
    });

    test('says what is not locked, and what is not there', () => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'models/new'), MODEL);
      expect(serving('lock', '--check', 'models/new')).toMatchObject({
        status: 1,
        stdout: 'models/new: not locked\n',
      });
      rmSync(join(folder, 'models/net'), { recursive: true });
      expect(serving('lock', '--check')).toMatchObject({
        status: 1,
        stdout: 'models/net: the directory does not exist\n',
      });
    });
  });

  describe('a file of a model that looks like credentials', () => {
    test('is refused, and published where it is allowed, which the lock file keeps', () => {
      writeFiles(join(folder, 'models/net'), { '.netrc': 'password' });
      expect(serving('lock', 'models/net')).toMatchObject({
        status: 1,
        stderr:
          "[CredentialFiles] 'models/net' contains files that look like credentials, which anyone who can pull the image could read: '.netrc'; move them out of the directory, or lock it with --allow-file .netrc to publish that file on purpose\n",
      });
      expect(serving('lock', 'models/net', '--allow-file', '.netrc').status).toBe(0);
      expect(lock().models['models/net'].allowed).toEqual(['.netrc']);
      expect(serving('lock', '--check').status).toBe(0);
      expect(serving('pack', '-o', 'out').status).toBe(0);
      rmSync(join(folder, 'models/net/.netrc'));
      expect(serving('lock').status).toBe(0);
      expect(lock().models['models/net']).not.toHaveProperty('allowed');
    });

    test('cannot be left out by a file that is for apps', () => {
      writeFiles(join(folder, 'models/net'), { '.servingignore': '*' });
      expect(serving('lock', 'models/net')).toMatchObject({
        status: 3,
        stderr: expect.stringContaining("'.servingignore' is supported only in apps"),
      });
    });

    test.each<[string[], string]>([
      [['lock', 'models/net', '--allow-file', 'w'], '--allow-file (w) matches no file that looks like'],
      [['lock', '--allow-file', 'w'], '--allow-file requires a directory, or --app'],
    ])('must be there to be allowed: %j', (args, message) => {
      expect(serving(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    });
  });

  test('--schema prints the schema of the file', () => {
    expect(JSON.parse(serving('lock', '--schema').stdout)).toEqual(JSON.parse(JSON.stringify(LOCK_SCHEMA)));
  });

  test.each<[string[], number, string]>([
    [['lock'], 2, 'nothing to lock; pass model directories, code with --app, or images with --image'],
    [['lock', 'nowhere'], 3, "/nowhere' does not exist"],
    [['lock', '--to', 'a/b'], 2, '--to requires a directory, or --app'],
    [['lock', 'models/net', '--variant', 'fat'], 2, "--variant ('fat') must be data, shell or baked"],
    [['lock', 'models/net', '--variant', 'shell'], 2, '--variant shell requires --base'],
    [['lock', 'models/net', '--base', 'busybox:1'], 2, '--base requires --variant shell or --variant baked'],
    [['lock', 'models/net', '--to', 's3://'], 2, "'s3://' has no bucket"],
    [
      ['lock', 'models/net', '--to', 'S3://models'],
      2,
      "'S3://models' has no 's3://' in front of the bucket; write it as",
    ],
    [['lock', 'models/net', '--to', ''], 2, "'' has no repository; write it as registry/repository or s3://"],
    [['lock', 'models/net', '--to', '127.0.0.1:5000'], 2, "'127.0.0.1:5000' has no repository; write it as"],
    [['lock', 'models/net', '--to', 'localhost/'], 2, "'localhost/' has no repository; write it as"],
    [['lock', 'models/net', '--to', 'a.io:99999/b'], 2, "'a.io:99999/b' has an invalid registry host ('a.io:99999')"],
    [
      ['lock', 'models/net', '--to', 'acme/net'],
      2,
      "'acme/net' has no registry; write it as registry/repository or s3",
    ],
    [
      ['lock', 'models/net', '--to', 'a.io/b:v1'],
      2,
      "'a.io/b:v1' has a tag or a digest; remove it, because content is published by digest",
    ],
    [
      ['lock', 'models/net', '--to', 'https://a.io/b'],
      2,
      "'https://a.io/b' has a scheme; write it as registry/repository",
    ],
    [['lock', 'models/net', '--to', 's3://models/my nets'], 2, "'s3://models/my nets' has a space; write it as"],
    [
      ['lock', 'models/net', '--to', 's3://models/a/../b'],
      2,
      "'s3://models/a/../b' has a path segment '.' or '..'; write it as",
    ],
    [
      ['lock', 'models/net', '--to', `s3://models/${'a'.repeat(159)}`],
      2,
      'has a prefix of more than 158 bytes; write it',
    ],
    [['lock', 'models/net', '--source', ''], 2, `models["models/net"].source ('') must be one non-empty line of text`],
    [['lock', 'models/net', '--source', 'a\nb'], 2, 'must be one non-empty line of text'],
    [['lock', '--app', 'nope', '--base', '127.0.0.1:1/base'], 3, '--app (nope) must be a directory that exists'],
    [
      ['lock', '--app', 'models', '--base', '127.0.0.1:1/base', '--requirements', 'nofile.txt'],
      3,
      "--requirements (nofile.txt) does not exist in 'models'; create the file there, or remove the option\n",
    ],
    [['lock', 'models/net', '--requirements', 'list.txt'], 2, '--requirements requires --app\n'],
    [['lock', '--requirements', 'list.txt'], 2, '--requirements requires --app\n'],
    [
      ['lock', '--app', 'models', '--base', '127.0.0.1:1/base', '--source', 'v1'],
      2,
      '--source applies to models only; remove the option\n',
    ],
    [['lock', 'models/net', '--lock-file', 'models/net/lock.json'], 2, 'must not be inside the model'],
    [['lock', '--depth', '3'], 2, "Unknown option '--depth'"],
    [['pack', 'models/net'], 2, '--output FOLDER is required'],
    [['pack', 'models/net', '-o', 'out'], 2, '[LockFileNotFound] no serving.lock.json exists in'],
  ])('fails on %j', (args, exitCode, message) => {
    const { status, stderr } = serving(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(exitCode);
  });

  test('has nothing to check without a lock file', () => {
    const { status, stderr } = serving('lock', '--check', '--lock-file', 'other.lock.json');
    expect(stderr).toContain("[LockFileNotFound] the lock file 'other.lock.json' does not exist; run 'serving lock'");
    expect(status).toBe(2);
  });

  test('says that a folder cannot be written', () => {
    const { status, stderr } = serving('lock', 'models/net', '--lock-file', 'no/such/lock.json');
    expect(stderr).toBe("[OutputUnwritable] 'no/such/lock.json' cannot be written: its folder does not exist\n");
    expect(status).toBe(3);
  });

  test('refuses a lock file that a merge left broken', () => {
    writeFileSync(join(folder, 'serving.lock.json'), '<<<<<<< ours\n');
    const { status, stderr } = serving('lock', 'models/net');
    expect(stderr).toContain('[InvalidLockFile] the lock file contains merge conflict markers');
    expect(status).toBe(2);
  });

  describe('code that is named like a model', () => {
    const APP = { ...IMAGE, base: `busybox@sha256:${'a'.repeat(64)}` };

    test.each(['publish', 'verify', 'pack --output out'])('before it is locked, %s names both ways', (command) => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'app'), { 'main.py': '' });
      const [name = '', ...options] = command.split(' ');
      expect(serving(name, 'app', ...options)).toMatchObject({
        status: 2,
        stderr:
          "[NotLocked] 'app' is not in 'serving.lock.json'; if it contains code, run: serving lock --app app --base IMAGE; if it contains a model, run: serving lock app\n",
      });
      expect(serving(name, 'models/other', ...options).stderr).toBe(
        "[NotLocked] 'models/other' is not in 'serving.lock.json'; if it contains a model, run: serving lock models/other; if it contains code, run: serving lock --app models/other --base IMAGE\n",
      );
    });

    test('stays code when its directory is locked again, and is not packed as a model', () => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'app'), { 'main.py': '' });
      writeFileSync(join(folder, 'serving.lock.json'), JSON.stringify({ ...lock(), apps: { app: APP } }));
      expect(serving('lock', 'app', '--variant', 'data')).toMatchObject({
        status: 2,
        stderr: '[ConflictingOptions] --variant applies to models only; remove the option\n',
      });
      expect(serving('lock', 'app', '--to', 's3://models/x').stderr).toBe(
        "[InvalidDestination] --to (s3://models/x) must be a repository in a registry, because 'app' becomes an image\n",
      );
      expect(serving('pack', 'app', '--output', 'out')).toMatchObject({
        status: 2,
        stderr: "[InvalidArguments] 'app' is code, and 'serving pack' supports models only; run: serving publish app\n",
      });
    });
  });

  describe('a public key', () => {
    test.each([
      [
        'nowhere.pem',
        '[InvalidKey] --key (nowhere.pem) does not exist; specify a file with a public key in PEM format\n',
      ],
      [
        'models',
        '[InvalidKey] --key (models) cannot be read (EISDIR); specify a file with a public key in PEM format\n',
      ],
    ])('must be a file: %s', (key, stderr) => {
      serving('lock', 'models/net', '--to', '127.0.0.1:1/net');
      expect(serving('verify', '--key', key)).toMatchObject({ status: 2, stderr });
    });
  });

  describe('pack', () => {
    test.each([
      '/proc/x',
      '/proc/x/y',
      '/sys/x',
    ])('ends where %s cannot be made, before it reads the model', (output) => {
      serving('lock', 'models/net');
      expect(serving('pack', '-o', output)).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(/^\[OutputUnwritable\] '\/(proc|sys)\/x[^']*' cannot be written \(E[A-Z]+\)\n$/),
      });
    });

    test('writes a layout whose blobs have their digests as names, and each once', () => {
      serving('lock', 'models/net');
      expect(serving('pack', '-o', 'out').status).toBe(0);
      const again = serving('pack', '-o', 'out');
      const { digest } = lock().models['models/net'];
      expect(again.stdout).toBe(`models/net  ${digest}  oci:out:models-net\n`);
      expect(again.stderr).not.toContain('"event":"sent"');
      const [entry, ...rest] = JSON.parse(readFileSync(join(folder, 'out/index.json'), 'utf8')).manifests;
      expect(entry).toMatchObject({ digest, annotations: { 'org.opencontainers.image.ref.name': 'models-net' } });
      expect(rest).toEqual([]);
    });

    test('gives directories names of their own, although layouts allow few characters', () => {
      for (const name of ['models-net', 'größe']) writeFiles(join(folder, name), { 'config.json': name });
      serving('lock', 'models/net', 'models-net', 'größe');
      const { stdout, status } = serving('pack', '-o', 'out');
      expect(status).toBe(0);
      const names = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(':').at(-1));
      expect(names).toEqual([
        expect.stringMatching(/^gr-e-[0-9a-f]{6}$/),
        expect.stringMatching(/^models-net-[0-9a-f]{6}$/),
        expect.stringMatching(/^models-net-[0-9a-f]{6}$/),
      ]);
      expect(new Set(names).size).toBe(3);
      const { manifests } = JSON.parse(readFileSync(join(folder, 'out/index.json'), 'utf8'));
      expect(manifests).toHaveLength(3);
      expect(serving('pack', 'models/net', '-o', 'other').stdout).toContain(`oci:other:${names[2]}\n`);
    });

    test('writes a layer again whose bytes are not what its name says', () => {
      serving('lock', 'models/net');
      serving('pack', '-o', 'out');
      const layer = join(folder, 'out/blobs/sha256', lock().models['models/net'].layers[0].digest.slice(7));
      const right = readFileSync(layer);
      writeFileSync(layer, Buffer.alloc(right.length));
      expect(serving('pack', '-o', 'out').status).toBe(0);
      expect(readFileSync(layer).equals(right)).toBe(true);
    });

    test.each(['models/net', 'models/net/out'])('writes nothing into what is locked: %s', (output) => {
      serving('lock', 'models/net');
      expect(serving('pack', '-o', output)).toMatchObject({
        status: 2,
        stderr: `[InvalidOption] --output (${output}) must not be inside 'models/net', which is locked; choose another folder\n`,
      });
    });

    test('refuses a directory that is not what is locked, and names the file', () => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'models/net'), { 'config.json': '[]' });
      const { status, stderr } = serving('pack', '-o', 'out');
      expect(status).toBe(1);
      expect(stderr).toContain(
        "the directory differs from the lock file; restore the files, or run 'serving lock models/net'\nmodels/net: 'config.json' changed",
      );
    });
  });

  describe('the drift of a directory that synthesis warns of', () => {
    const drift = () => driftOf(requireLock({ from: folder }), 'models/net');

    test('is nothing for what was locked, and for a directory that is not there', () => {
      serving('lock', 'models/net');
      expect(drift()).toEqual([]);
      rmSync(join(folder, 'models/net'), { recursive: true });
      expect(drift()).toEqual([]);
    });

    test('names files that are missing, new or of another size', () => {
      serving('lock', 'models/net');
      rmSync(join(folder, 'models/net/config.json'));
      writeFiles(join(folder, 'models/net'), { 'weights/model.bin': 'longer weights', 'a.txt': '' });
      expect(drift()).toEqual(['a.txt', 'config.json', 'weights/model.bin']);
    });

    test('names a file of the same size that was written to, where this machine hashed it', () => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'models/net'), { 'config.json': '[]' });
      const cache = process.env.XDG_CACHE_HOME;
      process.env.XDG_CACHE_HOME = join(bundle.file, '../cache');
      try {
        expect(drift()).toEqual(['config.json']);
      } finally {
        if (cache === undefined) delete process.env.XDG_CACHE_HOME;
        else process.env.XDG_CACHE_HOME = cache;
      }
      expect(drift()).toEqual([]);
    });

    test('is the reason where the directory cannot be packed', () => {
      serving('lock', 'models/net');
      writeFiles(join(folder, 'models/net'), { 'Config.json': '' });
      expect(drift()).toEqual([expect.stringContaining('are the same name on file systems that ignore case')]);
    });
  });

  test('gives the same bytes to another user, umask, time zone and locale', () => {
    serving('lock', 'models/net');
    const other = mkdtempSync(join(tmpdir(), 'lock-test-other-'));
    try {
      chmodSync(other, 0o777);
      const script = `umask 077 && mkdir -p models/net/weights && printf '{}' >models/net/config.json && printf weights >models/net/weights/model.bin && exec "$0" "$1" lock models/net`;
      const isRoot = process.getuid?.() === 0;
      const result = spawnSync('sh', ['-c', script, process.execPath, bundle.file], {
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
