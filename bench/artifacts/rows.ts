import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../measure';
import type { Row } from '../report';
import { compileArtifacts, hashDirectory, opensslRate, peakMemory, processorSeconds, serving } from './programs';
import { publishMemoryRow, publishRows } from './publish-rows';

/** The size of each of two layers, which is small enough for the page cache. */
const SHARD = 512 * 2 ** 20;
const TURNS = 5;

const MEMORY_LIMIT = 128;

/** The cost of locking and publishing models, compared with OpenSSL, Node alone and a fixed amount of memory. */
export async function artifactRows(report: (row: Row) => void): Promise<Row[]> {
  compileArtifacts();
  const scratch = mkdtempSync(join(tmpdir(), 'bench-artifacts-'));
  try {
    const rows: Row[] = [];
    const add = (row: Row) => {
      rows.push(row);
      report(row);
    };
    for (const row of hashRows(scratch)) add(row);
    add(unchangedRow(scratch));
    for (const gigabytes of [2, 20]) add(memoryRow(scratch, gigabytes));
    await publishRows(scratch, writeNoise, 2 * SHARD, add);
    for (const transport of ['http', 'ecr-api'] as const)
      for (const gigabytes of [2, 20]) add(await publishMemoryRow(scratch, gigabytes, transport));
    return rows;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function hashRows(scratch: string): Row[] {
  const directory = join(scratch, 'hash');
  mkdirSync(directory);
  for (const name of ['a', 'b']) writeNoise(join(directory, name), SHARD);
  hashDirectory(directory, 1);
  const runs = Array.from({ length: TURNS }, () => ({
    openssl: (2 * SHARD) / opensslRate(),
    one: hashDirectory(directory, 1),
    two: hashDirectory(directory, 2),
  }));
  rmSync(directory, { recursive: true });
  const one = median(runs.map((run) => run.one.cpu));
  const openssl = median(runs.map((run) => run.openssl));
  // Elapsed time, not processor time, because this row is about running the threads in parallel.
  const ratios = runs.map((run) => run.two.seconds / run.one.seconds);
  const alone = median(runs.map((run) => run.one.seconds));
  return [
    {
      name: 'Hashing 1 GiB of files against OpenSSL in memory',
      ratio: one / openssl,
      limit: 1.25,
      ours: one,
      theirs: openssl,
      unit: 's',
    },
    {
      name: 'Hashing with 2 threads against 1',
      ratio: median(ratios),
      limit: 1 / 1.7,
      ours: alone * median(ratios),
      theirs: alone,
      unit: 's',
    },
  ];
}

/** Locking unchanged files, which are not read. */
function unchangedRow(scratch: string): Row {
  const folder = join(scratch, 'unchanged');
  for (let index = 0; index < 300; index++) {
    const directory = join(folder, 'model', String(index % 10));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${index}.json`), '{}');
  }
  const cache = join(scratch, 'cache');
  const lock = [process.execPath, serving, 'lock', 'model'];
  // The cache does not trust digests of files that are younger than two seconds.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  processorSeconds(lock, folder, cache);
  const runs = Array.from({ length: TURNS }, () => ({
    ours: processorSeconds(lock, folder, cache),
    theirs: processorSeconds([process.execPath, '-e', '0'], folder, cache),
  }));
  const [ours, theirs] = [median(runs.map((run) => run.ours)), median(runs.map((run) => run.theirs))];
  return {
    name: "'serving lock' of 300 unchanged files against bare Node",
    ratio: ours / theirs,
    limit: 5,
    ours,
    theirs,
    unit: 's',
  };
}

function memoryRow(scratch: string, gigabytes: number): Row {
  const folder = join(scratch, `memory-${gigabytes}`);
  mkdirSync(join(folder, 'model'), { recursive: true });
  for (let shard = 0; shard < 4; shard++) {
    const path = join(folder, 'model', `${shard}.bin`);
    writeFileSync(path, '');
    // Sparse files have their full size when they are read, but use no disk space.
    truncateSync(path, (gigabytes * 1e9) / 4);
  }
  const ours = peakMemory(['lock', 'model'], folder, join(scratch, 'cache'));
  rmSync(folder, { recursive: true });
  return {
    name: `Peak memory of locking ${gigabytes} GB`,
    ratio: ours / MEMORY_LIMIT,
    limit: 1,
    ours,
    theirs: MEMORY_LIMIT,
    unit: 'MiB',
  };
}

function writeNoise(path: string, bytes: number): void {
  const block = randomBytes(16 * 2 ** 20);
  const file = openSync(path, 'w');
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
}
