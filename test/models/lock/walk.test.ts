import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DirectoryError, walk } from '../../../src/models/lock/walk';
import { withScratch, writeFiles } from '../../support/scratch';

const pathsOf = (folder: string) => walk(folder).files.map(({ path }) => path);

function refusalOf(make: (folder: string) => void): string {
  return withScratch((scratch) => {
    const folder = join(scratch, 'model');
    mkdirSync(folder);
    make(folder);
    try {
      walk(folder);
    } catch (error) {
      if (error instanceof DirectoryError) return error.message.replaceAll(scratch, '<scratch>');
      throw error;
    }
    return 'accepted';
  });
}

describe('the files of a directory', () => {
  test('are sorted by their bytes', () => {
    withScratch((folder) => {
      // U+FF5E sorts before U+10400 in UTF-8, and after it in UTF-16.
      writeFiles(folder, { 'b/c': '', b0: '', 'b-': '', C: '', '\uFF5E': '', '\u{10400}': '' });
      expect(pathsOf(folder)).toEqual(['C', 'b-', 'b/c', 'b0', '\uFF5E', '\u{10400}']);
    });
  });

  test('exclude files of version control, file managers and download tools', () => {
    withScratch((folder) => {
      writeFiles(folder, {
        w: '',
        '.git/HEAD': '',
        'sub/.DS_Store': '',
        '.cache/huggingface/x': '',
        '.cache/other': '',
      });
      expect(pathsOf(folder)).toEqual(['.cache/other', 'w']);
    });
  });

  test('include the targets of symbolic links inside the directory', () => {
    withScratch((folder) => {
      writeFiles(folder, { 'blobs/1': 'weights', 'v1/x': '' });
      symlinkSync('blobs/1', join(folder, 'model.bin'));
      symlinkSync('v1', join(folder, 'latest'));
      const { files } = walk(folder);
      expect(files.map(({ path }) => path)).toEqual(['blobs/1', 'latest/x', 'model.bin', 'v1/x']);
      expect(files[2]).toMatchObject({ size: 7, source: files[0]?.source });
    });
  });

  test('may be reached through a symbolic link', () => {
    withScratch((scratch) => {
      writeFiles(scratch, { 'real/w': '' });
      symlinkSync('real', join(scratch, 'link'));
      expect(pathsOf(join(scratch, 'link'))).toEqual(['w']);
    });
  });

  test('are listed together with empty directories', () => {
    withScratch((folder) => {
      writeFiles(folder, { w: '' });
      mkdirSync(join(folder, 'ensemble/1'), { recursive: true });
      expect(walk(folder).emptyDirectories).toEqual(['ensemble/1']);
    });
  });
});

describe('a directory is refused', () => {
  test.each<[string, (folder: string) => void, string]>([
    ['without files', () => {}, "the directory '<scratch>/model' contains no files"],
    ['with empty directories only', (folder) => mkdirSync(join(folder, 'a')), "'<scratch>/model' contains no files"],
    [
      'with a link that points outside',
      (folder) => {
        writeFiles(folder, { '../other': '' });
        symlinkSync('../other', join(folder, 'w'));
      },
      "the symbolic link 'w' points outside the directory, to '<scratch>/other'; copy the file there, for example with 'cp -rL'",
    ],
    [
      'with a link to a sibling whose name has the same prefix',
      (folder) => {
        writeFiles(folder, { '../model2/w': '' });
        symlinkSync('../model2', join(folder, 'w'));
      },
      "the symbolic link 'w' points outside the directory",
    ],
    [
      'with a broken link',
      (folder) => symlinkSync('gone', join(folder, 'w')),
      "the symbolic link 'w' is broken (ENOENT); fix or remove it",
    ],
    [
      'with a link to itself',
      (folder) => symlinkSync('w', join(folder, 'w')),
      "the symbolic link 'w' is broken (ELOOP)",
    ],
    [
      'with a link to a directory above it',
      (folder) => {
        mkdirSync(join(folder, 'a'));
        symlinkSync('..', join(folder, 'a/up'));
      },
      "the symbolic link 'a/up' points to one of its parent directories; remove it",
    ],
    [
      'with a named pipe',
      (folder) => execFileSync('mkfifo', [join(folder, 'pipe')]),
      "'pipe' is a named pipe, which has no content to pack; remove it",
    ],
    [
      'with names that differ only in case',
      (folder) => writeFiles(folder, { 'sub/Model.bin': '', 'sub/model.bin': '' }),
      'are the same name on file systems that ignore case or accents; rename one',
    ],
    [
      'with names that differ only in Unicode composition',
      (folder) => writeFiles(folder, { 'caf\u00e9': '', 'cafe\u0301': '' }),
      'are the same name on file systems that ignore case or accents',
    ],
    [
      'with a newline in a name',
      (folder) => writeFiles(folder, { 'a\nb': '' }),
      'the name "a\\nb" contains a backslash or a control character; rename it',
    ],
    ['with a backslash in a name', (folder) => writeFiles(folder, { 'a\\b': '' }), 'contains a backslash or a control'],
    [
      'with the name of a whiteout',
      (folder) => writeFiles(folder, { 'sub/.wh.w': '' }),
      'the name "sub/.wh.w" starts with \'.wh.\', which deletes files in an image; rename it',
    ],
    [
      'with a name that is not UTF-8',
      (folder) =>
        renameSync(writeFiles(folder, { w: '' }).concat('/w'), Buffer.from(`${folder}/\xff`, 'latin1') as never),
      'is not UTF-8; rename it',
    ],
    [
      'with a path that is too long',
      (folder) => writeFiles(folder, { [['d', 'e', 'f', 'g'].map((name) => name.repeat(200)).join('/')]: '' }),
      'bytes, but at most 800 are supported; shorten it',
    ],
  ])('%s', (_, make, message) => {
    expect(refusalOf(make)).toContain(message);
  });

  test('with a socket', async () => {
    await withScratch(async (folder) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
      expect(() => walk(folder)).toThrow("'socket' is a socket, which has no content to pack; remove it");
      await new Promise((resolve) => server.close(resolve));
    });
  });

  test('that does not exist', () => {
    expect(() => walk('/no/such/place')).toThrow("the directory '/no/such/place' does not exist");
  });

  test('that is a file', () => {
    withScratch((folder) => {
      writeFileSync(join(folder, 'w'), '');
      expect(() => walk(join(folder, 'w'))).toThrow("/w' must be a directory");
    });
  });
});
