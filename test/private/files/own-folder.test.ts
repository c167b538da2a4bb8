import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isForeign, makeOwnFolder } from '../../../src/private/files/own-folder';
import { replaceFile } from '../../../src/private/files/replace-file';
import { withScratch, writeFiles } from '../../support/scratch';

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

describe('a folder of the user', () => {
  test('is accessible only to its owner', () => {
    withScratch((folder) => {
      expect(makeOwnFolder(join(folder, 'a/b'))).toBeUndefined();
      expect(modeOf(join(folder, 'a/b'))).toBe(0o700);
    });
  });

  test.each(['/dev/null/.cache/own', '/proc/own/cache'])('is not created where that is impossible: %s', (path) => {
    expect(makeOwnFolder(path)).toMatch(/^it cannot be created \(/);
  });

  test('is not trusted below a file, without an exception', () => {
    expect([isForeign('/dev/null/.cache/own'), isForeign('/proc/own/cache')]).toEqual([true, false]);
  });

  test('loses the permissions of others that an earlier release set', () => {
    withScratch((folder) => {
      const path = join(folder, 'a');
      mkdirSync(path);
      chmodSync(path, 0o777);
      expect(makeOwnFolder(path)).toBeUndefined();
      expect(modeOf(path)).toBe(0o700);
    });
  });

  test('is not one that all users share, whose mode is unchanged', () => {
    withScratch((folder) => {
      const path = join(folder, 'tmp');
      mkdirSync(path);
      chmodSync(path, 0o1777);
      expect(makeOwnFolder(path)).toBe('it is shared by all users');
      expect(modeOf(path)).toBe(0o777);
    });
  });

  test('is not one of another user', () => {
    withScratch((folder) => {
      const other = lstatSync(folder).uid + 1;
      expect([isForeign(folder), isForeign(folder, other), isForeign(join(folder, 'none'))]).toEqual([
        false,
        true,
        false,
      ]);
      expect(makeOwnFolder(folder, other)).toBe(`it belongs to user ${other - 1} instead of user ${other}`);
    });
  });

  test('is not a link or a file', () => {
    withScratch((folder) => {
      writeFiles(folder, { 'target/x': '', file: '' });
      symlinkSync(join(folder, 'target'), join(folder, 'link'));
      expect(isForeign(join(folder, 'link'))).toBe(true);
      expect(makeOwnFolder(join(folder, 'link'))).toBe('it is a link, not a folder');
      expect(makeOwnFolder(join(folder, 'file'))).toBe('it is a file, not a folder');
    });
  });
});

test('replacing a link with a file does not change the target of the link', () => {
  withScratch((folder) => {
    const path = join(folder, 'a.json');
    writeFileSync(join(folder, 'victim'), 'victim');
    symlinkSync(join(folder, 'victim'), path);
    replaceFile(path, Buffer.from('new'));
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('victim');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'victim']);
  });
});
