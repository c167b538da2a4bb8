/** Fuzzes the program that unpacks wheels with generated hostile wheels. Requires Python 3.8 or newer. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UNPACK_WHEELS } from '../../src/tools/app-image/unpack-wheels';
import { Random } from '../support/stores/random';
import { ARCHIVE_DRIVER } from './archive-driver';
import { hostileWheels } from './archive-mutations';
import { type Fuzzer, merge, NOTHING, type Tally } from './fuzzer';

/** The number of archives per Python process, small enough that all fit on a disk. */
const BATCH = 5000;

/** Each archive is smaller than 400 kB, and its content is streamed. */
const MAX_MEBIBYTES = 200;
const MAX_SECONDS = 3;

/** Fuzzes a program that unpacks wheels. The same seed generates the same archives. */
export function fuzzArchives(program: string, { runs, seed }: { readonly runs: number; readonly seed: number }): Tally {
  let tally = NOTHING;
  for (let first = 0; first < runs && tally.failure === undefined; first += BATCH)
    tally = merge(tally, runBatch(program, { seed, first, count: Math.min(BATCH, runs - first) }));
  return tally;
}

/** For `npm run test:fuzz`. */
export const archives: Fuzzer = {
  name: 'archives',
  what: 'archives',
  run: async (options) => fuzzArchives(UNPACK_WHEELS, options),
};

interface Batch {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

function runBatch(program: string, batch: Batch): Tally {
  // In memory if possible, because the disk is not under test.
  const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fuzz-archives-'));
  try {
    const sandbox = join(scratch, 'sandbox');
    for (let index = 0; index < batch.count; index++)
      writeArchives(join(sandbox, String(index)), randomOf(batch, index));
    writeFileSync(join(scratch, 'program.py'), program);
    const found = drive(scratch, sandbox, batch.count);
    const failure = failureOf(found, batch) ?? litterIn(scratch, sandbox);
    const runs = Object.values(found.ends).reduce((sum, count) => sum + count, 0);
    return { runs, ends: found.ends, ...(failure === undefined ? {} : { failure }) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function randomOf({ seed, first }: Batch, index: number): Random {
  return new Random(Math.imul(seed, 1_000_003) + first + index);
}

function writeArchives(folder: string, random: Random): void {
  mkdirSync(join(folder, 'wheels'), { recursive: true });
  for (const [name, bytes] of Object.entries(hostileWheels(random))) writeFileSync(join(folder, 'wheels', name), bytes);
}

interface Found {
  readonly ends: { readonly [end: string]: number };
  /** The first failure of each kind. */
  readonly failures: readonly string[];
  readonly mebibytes: number;
}

function drive(scratch: string, sandbox: string, count: number): Found {
  const args = ['-I', '-c', ARCHIVE_DRIVER, join(scratch, 'program.py'), sandbox, String(count), String(MAX_SECONDS)];
  const ran = spawnSync('python3', args, { encoding: 'utf8', cwd: scratch });
  if (ran.error !== undefined) throw new Error(`cannot run python3: ${ran.error.message}; install Python 3.8 or newer`);
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Found;
}

function failureOf({ failures, mebibytes }: Found, { seed, first }: Batch): string | undefined {
  const memory = mebibytes <= MAX_MEBIBYTES ? [] : [`${mebibytes} MiB of memory`];
  const problems = [...failures, ...memory];
  return problems.length === 0 ? undefined : [`seed ${seed}, batch from archive ${first}:`, ...problems].join('\n');
}

/** Every attempt removes its folder, so no other files may remain. */
function litterIn(scratch: string, sandbox: string): string | undefined {
  const left = [...readdirSync(scratch).sort(), ...readdirSync(sandbox)];
  return left.join() === 'program.py,sandbox' ? undefined : `left outside the target: ${left}`;
}
