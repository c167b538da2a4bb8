import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../lock/layer-cache';

/** What a publication leaves behind on the machine that it was made on. */
export interface Receipt {
  /** The name of the directory in the lock file. */
  readonly model: string;
  /** Where it was put. */
  readonly to: string;
  readonly digest: string;
  readonly reference: string;
}

/**
 * Notes that something was published, and returns the file. `cdk deploy` keeps that file among its assets and publishes
 * only where it has none, so it says what was done once, and not what is there today.
 */
export function writeReceipt(receipt: Receipt): string {
  const path = pathOf(receipt);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(receipt, null, 2)}\n`);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

/** The receipt of a publication, or nothing when this machine has none. */
export function readReceipt(what: Omit<Receipt, 'reference'>): Receipt | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(what), 'utf8')) as Receipt;
  } catch {
    return undefined;
  }
}

function pathOf({ model, to, digest }: Omit<Receipt, 'reference'>): string {
  const name = createHash('sha256').update([model, to, digest].join('\n')).digest('hex').slice(0, 32);
  return join(cacheFolder(), 'receipts', `${name}.json`);
}
