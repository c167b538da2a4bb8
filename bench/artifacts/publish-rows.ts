import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../measure';
import type { Row } from '../report';
import { peakMemory, processorSeconds, serving, sink } from './programs';

const TURNS = 3;
const SPEED_LIMIT = 1 / 2.5;
const CPU_LIMIT = 0.7;
const START_LIMIT = 1.5;
const NO_OP_LIMIT = 5;
/** Peak memory in MiB, over HTTP and through the layer API of ECR. */
const MEMORY_LIMITS = { http: 128, 'ecr-api': 256 } as const;

/** The cost of publishing, compared with skopeo and with Node alone. `write` creates a file with a number of bytes. */
export async function publishRows(
  scratch: string,
  write: (path: string, bytes: number) => void,
  bytes: number,
  add: (row: Row) => void,
): Promise<void> {
  const folder = join(scratch, 'publish');
  const cache = join(scratch, 'publish-cache');
  mkdirSync(join(folder, 'model'), { recursive: true });
  for (const name of ['a.bin', 'b.bin']) write(join(folder, 'model', name), bytes / 2);
  // The cache does not trust digests of files that are younger than two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const run = (args: readonly string[]): Cost => costOf([process.execPath, serving, ...args], folder, cache);
  run(['lock', 'model']);
  run(['pack', '--output', 'layout']);
  const bare = median(Array.from({ length: 5 }, () => costOf([process.execPath, '-e', '0'], folder, cache).cpu));
  const help = median(Array.from({ length: 5 }, () => run(['--help']).cpu));
  add(rowOf("'serving --help' against bare Node", START_LIMIT, help, bare));

  await withSink([], async (host) => {
    const publish = ['publish', '--to', `${host}/model`];
    const copy = [
      'skopeo',
      'copy',
      '--quiet',
      '--preserve-digests',
      '--all',
      '--dest-tls-verify=false',
      'oci:layout',
      `docker://${host}/model:a`,
    ];
    const runs = Array.from({ length: TURNS }, () => ({ ours: run(publish), theirs: costOf(copy, folder, cache) }));
    const gigabytes = `${(bytes / 1e9).toFixed(1)} GB`;
    const of = (side: 'ours' | 'theirs', what: keyof Cost): number => median(runs.map((both) => both[side][what]));
    add(
      rowOf(
        `Publishing ${gigabytes} to a null registry against skopeo, elapsed`,
        SPEED_LIMIT,
        of('ours', 'seconds'),
        of('theirs', 'seconds'),
      ),
    );
    add(
      rowOf(
        `Publishing ${gigabytes} to a null registry against skopeo, processor`,
        CPU_LIMIT,
        of('ours', 'cpu'),
        of('theirs', 'cpu'),
      ),
    );
  });
  const { digest } = JSON.parse(readFileSync(join(folder, 'serving.lock.json'), 'utf8')).models.model as {
    digest: string;
  };
  await withSink([digest, join(folder, 'layout')], async (host) => {
    const ours = median(Array.from({ length: 5 }, () => run(['publish', '--to', `${host}/model`]).cpu));
    add(rowOf('Publishing unchanged models against bare Node', NO_OP_LIMIT, ours, bare));
  });
  rmSync(folder, { recursive: true });
}

/** The peak memory of publishing sparse files to a registry that discards them. */
export async function publishMemoryRow(
  scratch: string,
  gigabytes: number,
  transport: keyof typeof MEMORY_LIMITS,
): Promise<Row> {
  const folder = join(scratch, `publish-${transport}-${gigabytes}`);
  const cache = join(scratch, 'cache');
  mkdirSync(join(folder, 'model'), { recursive: true });
  for (let shard = 0; shard < 4; shard++) {
    const path = join(folder, 'model', `${shard}.bin`);
    writeFileSync(path, '');
    // Different sizes, because equal layers are published once.
    truncateSync(path, (gigabytes * 1e9) / 4 + shard);
  }
  await new Promise((resolve) => setTimeout(resolve, 2500));
  costOf([process.execPath, serving, 'lock', 'model'], folder, cache);
  const limit = MEMORY_LIMITS[transport];
  let ours = 0;
  await withSink([], async (host) => {
    const environment = {
      AWS_ENDPOINT_URL_ECR: `http://${host}`,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_REGION: 'eu-west-1',
    };
    Object.assign(process.env, environment);
    ours = peakMemory(['publish', '--transport', transport, '--to', `${host}/model`], folder, cache);
    for (const name of Object.keys(environment)) delete process.env[name];
  });
  rmSync(folder, { recursive: true });
  const name = `Peak memory of publishing ${gigabytes} GB (${transport})`;
  return { name, ratio: ours / limit, limit: 1, ours, theirs: limit, unit: 'MiB' };
}

interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

function costOf(command: readonly string[], cwd: string, cache: string): Cost {
  const start = performance.now();
  const cpu = processorSeconds(command, cwd, cache);
  return { seconds: (performance.now() - start) / 1000, cpu };
}

async function withSink(published: readonly string[], use: (host: string) => Promise<void>): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [sink, ...published], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (text) => resolve(String(text).trim()));
      child.once('exit', () => reject(new Error('the sink does not start')));
    });
    await use(`127.0.0.1:${port}`);
  } finally {
    child.kill();
  }
}

function rowOf(name: string, limit: number, ours: number, theirs: number): Row {
  return { name, ratio: ours / theirs, limit, ours, theirs, unit: 's' };
}
