import { writeFileSync } from 'node:fs';
import { modelProject } from '../../support/model-project';

describe('the arguments of serving lock', () => {
  const { path, serving } = modelProject();

  test.each<[string[], number, string]>([
    [['lock'], 2, 'nothing to lock; pass model directories, code with --app, or images with --image'],
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
      "'a.io/b:v1' has a tag or a digest; remove it, because content is published by",
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
    [
      ['lock', '--app', 'nope', '--base', '127.0.0.1:1/base'],
      3,
      '--app (nope) must be a directory that exists; correct its path',
    ],
    [
      ['lock', 'models/nte'],
      3,
      "[DirectoryMissing] 'models/nte' must be a directory that exists; did you mean 'models/net'?",
    ],
    [['lock', 'nowhere'], 3, "[DirectoryMissing] 'nowhere' must be a directory that exists; correct its path"],
    [
      ['lock', '--app', 'models/nte', '--base', '127.0.0.1:1/base'],
      3,
      "[DirectoryMissing] --app (models/nte) must be a directory that exists; did you mean 'models/net'?",
    ],
    [
      ['lock', '--app', 'models', '--base', '127.0.0.1:1/base', '--requirements', 'nofile.txt'],
      3,
      "--requirements (nofile.txt) does not exist in 'models'; create the file there, or remove the option\n",
    ],
    [['lock', 'models/net', '--requirements', 'list.txt'], 2, '--requirements requires --app\n'],
    [['lock', 'models/net', '--upgrade'], 2, '--upgrade requires an app with --requirements\n'],
    [['lock', '--requirements', 'list.txt'], 2, '--requirements requires --app\n'],
    [
      ['lock', '--app', 'models', '--base', '127.0.0.1:1/base', '--source', 'v1'],
      2,
      '--source applies to models only; remove the option\n',
    ],
    [['lock', 'models/net', '--lock-file', 'models/net/lock.json'], 2, 'must not be inside the model'],
    [['lock', '--depth', '3'], 2, "unknown option '--depth'"],
  ])('fails on %j', (args, exitCode, message) => {
    const { status, stderr } = serving(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(exitCode);
  });

  test('--check requires a lock file', () => {
    const { status, stderr } = serving('lock', '--check', '--lock-file', 'other.lock.json');
    expect(stderr).toContain("[LockFileNotFound] the lock file 'other.lock.json' does not exist; run 'serving lock'");
    expect(status).toBe(2);
  });

  test('--upgrade cannot be combined with --check', () => {
    serving('lock', 'models/net');
    const { status, stderr } = serving('lock', 'models/net', '--check', '--upgrade');
    expect(stderr).toContain('--upgrade cannot be combined with --check');
    expect(status).toBe(2);
  });

  test('reports a folder that does not exist', () => {
    const { status, stderr } = serving('lock', 'models/net', '--lock-file', 'no/such/lock.json');
    expect(stderr).toBe("[OutputUnwritable] 'no/such/lock.json' cannot be written: its folder does not exist\n");
    expect(status).toBe(3);
  });

  test('refuses a lock file with merge conflict markers', () => {
    writeFileSync(path('serving.lock.json'), '<<<<<<< ours\n');
    const { status, stderr } = serving('lock', 'models/net');
    expect(stderr).toContain('[InvalidLockFile] the lock file contains merge conflict markers');
    expect(status).toBe(2);
  });
});
