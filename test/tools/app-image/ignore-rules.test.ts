import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { walk } from '../../../src/models/lock/walk';
import { ignoreRules } from '../../../src/tools/app-image/ignore-rules';
import { withScratch, writeFiles } from '../../support/scratch';

/** The files of an app that are published. */
const published = (files: { readonly [path: string]: string }) =>
  withScratch((folder) => {
    writeFiles(folder, files);
    return walk(folder, ignoreRules(folder)).files.map(({ path }) => path);
  });

test('files that tools create next to code are not published by default', () => {
  const ignored = [
    '.git/HEAD',
    'a/.git',
    '__pycache__/a',
    'venv/x',
    'a/node_modules/x',
    '.env',
    '.cache/huggingface/x',
  ];
  const files = Object.fromEntries(ignored.map((path) => [path, '']));
  expect(published({ ...files, 'app.py': '', '.cache/x': '', 'env.py': '' })).toEqual(['.cache/x', 'app.py', 'env.py']);
});

test.each<[rules: string, kept: string[]]>([
  ['*.csv\n', ['Datum/a', 'data/keep/b', 'x.CSV']],
  ['/data/\n', ['Datum/a', 'a.csv', 'x.CSV']],
  ['data/*\n!data/keep\n', ['Datum/a', 'a.csv', 'data/keep/b', 'x.CSV']],
  ['data\n!data/keep\n', ['Datum/a', 'a.csv', 'x.CSV']],
  ['\uFEFF# c\r\na.csv\r\n', ['Datum/a', 'data/keep/b', 'data/x.csv', 'x.CSV']],
  ['**/keep/\n', ['Datum/a', 'a.csv', 'data/x.csv', 'x.CSV']],
])('%j has the meaning that it has in .gitignore', (rules, kept) => {
  const files = { 'a.csv': '', 'x.CSV': '', 'data/x.csv': '', 'data/keep/b': '', 'Datum/a': '' };
  expect(published({ ...files, '.servingignore': rules })).toEqual(kept.sort());
});

test('files that are ignored by default are published if the ignore file includes them', () => {
  expect(published({ '.servingignore': '!venv\n!.servingignore', 'venv/x': '' })).toEqual(['.servingignore', 'venv/x']);
});

test('an ignore file without effect is refused', () => {
  expect(() => published({ 'app.py': '', 'sub/.servingignore': '*' })).toThrow(
    "'sub/.servingignore' has no effect; move its lines to '.servingignore' in the directory of the app",
  );
  withScratch((folder) => {
    symlinkSync('/etc/hostname', join(folder, '.servingignore'));
    expect(() => ignoreRules(folder)).toThrow('must be a file of at most 1048576 bytes, and not a link');
  });
});
