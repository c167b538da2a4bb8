import { mkdirSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseDestination } from '../../../src/tools/destinations/destination';
import { rememberDestinations } from '../../../src/tools/destinations/known-destinations';
import { keepReceipt, receiptFile } from '../../../src/tools/destinations/receipt';
import { withScratch } from '../../support/scratch';

const before = { ...process.env };
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

const RECEIPT = { model: 'svm', to: 'registry.example.com/models', digest: 'sha256:00', reference: 'x' };

/** User folders that are links, as another user could create them. */
async function withForeignFolders(work: (folder: string) => void): Promise<void> {
  await withScratch(async (folder) => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'serving-constructs'));
    process.env.XDG_CACHE_HOME = folder;
    process.env.XDG_STATE_HOME = folder;
    work(folder);
  });
}

test('a folder of another user is reported as the reason', async () => {
  await withForeignFolders((folder) => {
    const why = `'${join(folder, 'serving-constructs')}' cannot be used: it is a link, not a folder`;
    expect(keepReceipt(RECEIPT)).toEqual({ why });
    expect(rememberDestinations([parseDestination('registry.example.com/models')])).toBe(why);
  });
});

test('a receipt that cannot be stored anywhere is an error with a remedy', async () => {
  await withForeignFolders((folder) => {
    jest.spyOn(os, 'tmpdir').mockReturnValue(join(folder, 'none'));
    expect(() => receiptFile(RECEIPT)).toThrow(
      `the folder for temporary files ('${join(folder, 'none')}') cannot be used (ENOENT); make it writable, or set TMPDIR to another folder`,
    );
  });
});
