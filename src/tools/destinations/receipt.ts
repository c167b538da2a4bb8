import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../private/files/replace-file';
import { isWritable, userCache, whyNoFolder } from '../../private/files/user-folders';
import { readJsonObject } from '../../private/json';
import { scratchFolder } from '../command-line/scratch-folder';

/** The record of a publication, on the machine that published. */
export interface Receipt {
  /** The name of the directory in the lock file. */
  readonly model: string;
  /** The destination. */
  readonly to: string;
  readonly digest: string;
  readonly reference: string;
}

/** Where a receipt was stored, or why it was not. */
export type Kept = { readonly path: string } | { readonly why: string };

/**
 * Records a publication. `cdk deploy` keeps the file among its assets and publishes only if it is missing, so a receipt
 * describes what was published once, not the current content. It is written after publishing, and so must never throw.
 */
export function keepReceipt(receipt: Receipt): Kept {
  const path = pathOf(receipt);
  if (path === undefined) return { why: whyNoFolder('cache') };
  if (!isWritable(dirname(path))) return { why: `'${dirname(path)}' is not writable` };
  try {
    replaceFile(path, render(receipt));
    return { path };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** The path of a receipt. If the cache is not writable, the file is in the folder for temporary files. */
export function receiptFile(receipt: Receipt): string {
  const kept = keepReceipt(receipt);
  if ('path' in kept) return kept.path;
  const path = join(scratchFolder('serving-receipt-'), 'receipt.json');
  replaceFile(path, render(receipt));
  return path;
}

/** The receipt of a publication, or undefined if this machine has none. */
export function readReceipt(what: Omit<Receipt, 'reference'>): Receipt | undefined {
  const path = pathOf(what);
  if (path === undefined) return undefined;
  try {
    return readJsonObject(readFileSync(path)) as Receipt | undefined;
  } catch {
    return undefined;
  }
}

function render(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

function pathOf({ model, to, digest }: Omit<Receipt, 'reference'>): string | undefined {
  const cache = userCache();
  const name = createHash('sha256').update([model, to, digest].join('\n')).digest('hex').slice(0, 32);
  return cache === undefined ? undefined : join(cache, 'receipts', `${name}.json`);
}
