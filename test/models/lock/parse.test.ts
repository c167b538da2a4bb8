import { parseLock } from '../../../src/models/lock/parse';
import { renderLock } from '../../../src/models/lock/render';
import { digest, IMAGE, LOCK, MODEL } from '../../support/lock/locks';

const parse = (value: unknown) => parseLock(JSON.stringify(value), 'serving.lock.json');
const withModel = (change: object) => ({ ...LOCK, models: { 'models/net': { ...MODEL, ...change } } });

const MEND =
  "; restore the file from version control, or delete it and run 'npx serving lock' with all directories and images (at serving.lock.json)";
const MODEL_PLACE = 'models["models/net"]';

describe('a lock file', () => {
  test('is read as it was written', () => {
    expect(parseLock(renderLock(LOCK), 'x')).toEqual(LOCK);
  });

  test('may start with a byte order mark', () => {
    expect(parseLock(`\uFEFF${JSON.stringify(LOCK)}`, 'x')).toEqual(LOCK);
  });

  test('may have members that are unknown to this release', () => {
    const later = { ...withModel({ signature: { key: 'k' } }), policies: [1] };
    expect(parse(later)).toEqual(later);
  });

  test.each([
    '.',
    '..',
    '../weights',
    '../../a/b',
    'models/net',
    'models/net.v1',
    '.hidden/x',
  ])('may contain the directory %j', (directory) => {
    expect(() => parse({ ...LOCK, models: { [directory]: MODEL } })).not.toThrow();
  });

  test.each([
    ['is empty', '', 'the lock file is empty'],
    ['is cut off', '{"version":1,', 'the lock file is not valid JSON ('],
    ['is a list', '[]', 'the lock file (a list of 0) must be a lock file'],
    ['is null', 'null', 'the lock file (null) must be a lock file'],
    [
      'has merge conflict markers',
      '{\n<<<<<<< HEAD\n',
      'the lock file contains merge conflict markers; check out one side',
    ],
    [
      'has a duplicate name',
      '{"version":1,"models":{},"models":{}}',
      "the lock file contains 'models' twice, probably from a merge; keep one of the two",
    ],
    ['has a nested duplicate name', '{"a":[{"b":{"x":1}},{"b":1,"\\u0062":2}]}', "the lock file contains 'b' twice"],
    ['has the name __proto__', '{"a":{"__proto__":{}}}', "the lock file contains the name '__proto__'; remove it"],
    [
      'is nested too deeply',
      `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
      'the lock file is nested more than 32 levels deep',
    ],
    ['is another kind of file', '[default]\nkey = hunter2', 'the lock file is not valid JSON (unexpected character)'],
    ['stops being JSON', '{\n"version": 1,\nhunter2}', 'the lock file is not valid JSON (line 3)'],
    ['has no version', '{"models":{},"images":{},"apps":{}}', "'version' (missing) must be the number 1"],
  ])('that %s is refused', (_, text, message) => {
    expect(() => parseLock(text, 'serving.lock.json')).toThrow(`[InvalidLockFile] ${message}`);
  });

  test('may contain one name in several objects', () => {
    expect(() => parseLock('{"a":{"b":1},"b":{"b":["b","b"]}}', 'x')).toThrow('missing');
  });

  test('of a newer release is refused with what to do', () => {
    expect(() => parse({ version: 2, anything: true })).toThrow(
      "[LockFileTooNew] 'version' (2) must be at most 1: a newer release wrote the lock file; upgrade serving-constructs (at serving.lock.json)",
    );
  });

  test.each<[string, object, string]>([
    ['an option as a name', { name: '--index-url=x' }, 'the normalized name of a package'],
    ['an option after a version', { version: '1 --pre' }, 'the version of a package'],
    ['a line break after a version', { version: '1\nx' }, 'the version of a package'],
    ['a path as a file', { file: '../x.whl' }, 'the name of a wheel'],
    ['a weak digest', { digest: 'md5:00' }, 'a digest'],
  ])('with a package that has %s is refused', (_, change, expected) => {
    const wheel = { name: 'x', version: '1.0+cpu', file: 'x-1.0+cpu-py3-none-any.whl', digest: digest('1'), ...change };
    const packages = { python: '3.12.4', request: digest('2'), wheels: [wheel] };
    const app = { ...IMAGE, base: `python:3@${digest('3')}`, packages };
    expect(() => parse({ ...LOCK, apps: { app } })).toThrow(`must be ${expected}`);
    expect(() => parse({ ...LOCK, apps: { app: { ...app, packages: { ...packages, wheels: [] } } } })).toThrow(
      'a list of at least one wheel',
    );
  });

  test.each<[string, unknown, string]>([
    ['an old version', { ...LOCK, version: 0 }, "'version' (0) must be the number 1"],
    ['a version in quotes', { ...LOCK, version: '1' }, "'version' ('1') must be the number 1"],
    ['no models', { ...LOCK, models: undefined }, "'models' (missing) must be models by their directory"],
    ['models as a list', { ...LOCK, models: [] }, "'models' (a list of 0) must be models by their directory"],
    [
      'an absolute directory',
      { ...LOCK, models: { '/srv/net': MODEL } },
      `'models["/srv/net"]' ('/srv/net') must be a directory relative to the lock file, with '/' between its parts`,
    ],
    [
      'a directory with dots inside',
      { ...LOCK, models: { 'models/../net': MODEL } },
      `'models["models/../net"]' ('models/../net') must be a directory relative`,
    ],
    ['a model that is text', { ...LOCK, models: { net: 'x' } }, "'models.net' ('x') must be a locked model"],
    ['no digest', withModel({ digest: undefined }), `'${MODEL_PLACE}.digest' (missing) must be a digest, 'sha256:'`],
    [
      'an incomplete digest',
      withModel({ digest: 'sha256:ab' }),
      `'${MODEL_PLACE}.digest' ('sha256:ab') must be a digest`,
    ],
    ['no platform', withModel({ platforms: [] }), `'${MODEL_PLACE}.platforms' (a list of 0) must be a list of at`],
    ['no layer', withModel({ layers: [] }), `'${MODEL_PLACE}.layers' (a list of 0) must be a list of at least one`],
    ['an unknown variant', withModel({ variant: 'x' }), `'${MODEL_PLACE}.variant' ('x') must be 'data', 'shell' or`],
    [
      'a shell without a base',
      withModel({ variant: 'shell' }),
      `'${MODEL_PLACE}.base' (missing) must be an image with a digest`,
    ],
    [
      'data with a base',
      withModel({ base: `a@${digest('1')}` }),
      `'${MODEL_PLACE}.base' ('a@${digest('1')}') must be omitted for the variant 'data'`,
    ],
    ['a base by its tag', withModel({ base: 'a:1' }), `'${MODEL_PLACE}.base' ('a:1') must be an image with a digest`],
    ['a wrong sum', withModel({ bytes: 13 }), `'${MODEL_PLACE}.bytes' (13) must be the total size of the files (12)`],
    ['a negative size', withModel({ bytes: -1 }), `'${MODEL_PLACE}.bytes' (-1) must be a whole number of bytes`],
    ['an image with a space', { ...LOCK, images: { 'a b': IMAGE } }, `'images["a b"]' ('a b') must be an image`],
  ])('with %s is refused', (_, value, message) => {
    expect(() => parse(value)).toThrow(`[InvalidLockFile] ${message}`);
    expect(() => parse(value)).toThrow(MEND);
  });

  test.each([
    '../x',
    '/x',
    'a/../../x',
    './x',
    'a//b',
    'a/',
    '',
    'a\\b',
    'a\nb',
  ])('with the file %j is refused', (path) => {
    const layers = [{ ...MODEL.layers[0], files: [{ path, size: 12 }] }];
    expect(() => parse(withModel({ layers }))).toThrow(`[InvalidLockFile] '${MODEL_PLACE}.layers[0].files[0].path'`);
  });

  test.each([
    ['models', `a/${'b/'.repeat(3000)}c`],
    ['models', 'a\u202eb'],
    ['models', 'a\u009b2J'],
    ['images', 'acme/net\u200b:1'],
    ['images', `acme/${'n'.repeat(5000)}`],
  ])('with the name %j %j is refused', (kind, name) => {
    const entry = kind === 'models' ? MODEL : IMAGE;
    expect(() => parse({ ...LOCK, [kind]: { [name]: entry } })).toThrow('[InvalidLockFile]');
  });

  test('with a total size beyond the safe integers is refused', () => {
    const files = ['a', 'b'].map((path) => ({ path, size: Number.MAX_SAFE_INTEGER }));
    const layers = [{ ...MODEL.layers[0], files }];
    expect(() => parse(withModel({ layers, bytes: 1 }))).toThrow('must be at most 2^53 bytes');
  });

  test('with a duplicate file is refused', () => {
    const layers = [...MODEL.layers, ...MODEL.layers];
    expect(() => parse(withModel({ layers, bytes: 24 }))).toThrow(
      `'${MODEL_PLACE}' contains the file 'config.json' twice`,
    );
  });

  test('with a long wrong value is refused in a short message', () => {
    const refused = (() => {
      try {
        return parse({ ...LOCK, models: { ['x'.repeat(5000)]: MODEL, '/': MODEL, net: 'y'.repeat(1e6) } });
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect((refused as string).length).toBeLessThan(400);
  });
});
