import { writeFileSync } from 'node:fs';
import { IMAGE } from '../../support/lock/locks';
import { modelProject } from '../../support/model-project';
import { writeFiles } from '../../support/scratch';

describe('a directory with code', () => {
  const { path, serving, lock } = modelProject();

  const APP = { ...IMAGE, base: `busybox@sha256:${'a'.repeat(64)}` };

  test.each([
    'publish',
    'verify',
    'pack --output out',
  ])('that is not locked: %s suggests both ways to lock it', (command) => {
    serving('lock', 'models/net');
    writeFiles(path('app'), { 'main.py': '' });
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

  test.each(['publish', 'verify', 'pack --output out'])('that is mistyped: %s suggests the locked name', (command) => {
    serving('lock', 'models/net');
    const [name = '', ...options] = command.split(' ');
    for (const typed of ['models/nte', 'net'])
      expect(serving(name, typed, ...options)).toMatchObject({
        status: 2,
        stderr: `[NotLocked] '${typed}' is not in 'serving.lock.json'; did you mean 'models/net'? Otherwise, if it contains a model, run: serving lock ${typed}; if it contains code, run: serving lock --app ${typed} --base IMAGE\n`,
      });
  });

  test('that is mistyped: --remove suggests the locked name', () => {
    serving('lock', 'models/net');
    expect(serving('lock', '--remove', 'models/nte').stderr).toBe(
      "[NotLocked] --remove (models/nte) must be a name in 'serving.lock.json'; did you mean 'models/net'?\n",
    );
    expect(serving('lock', '--remove', 'other').stderr).toBe(
      "[NotLocked] --remove (other) must be a name in 'serving.lock.json'; it has: models/net\n",
    );
  });

  test('that is locked stays an app when it is locked again, and is not packed as a model', () => {
    serving('lock', 'models/net');
    writeFiles(path('app'), { 'main.py': '' });
    writeFileSync(path('serving.lock.json'), JSON.stringify({ ...lock(), apps: { app: APP } }));
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
