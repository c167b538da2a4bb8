import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { PublishEvent } from '../../../src/tools/artifact/artifact';
import { parseDestination } from '../../../src/tools/destinations/destination';
import { openStore } from '../../../src/tools/destinations/open-store';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { RegistryDouble } from '../../support/stores/registry-double';
import { runNode } from '../support/command-line';
import { startS3 } from '../support/s3-server';

const ROOT = join(__dirname, '../../..');
const PROGRAM = join(ROOT, '.cache/real/publisher/publisher.js');
const MIB = 2 ** 20;

jest.setTimeout(900_000);

beforeAll(() => {
  const options = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' } as const;
  buildSync({ ...options, entryPoints: [join(ROOT, 'test/real/support/publisher.ts')], outfile: PROGRAM });
});

/** Publishes one artifact after the other, and repeatedly kills the publisher. Returns statistics. */
async function killAtRandom(kills: number, destination: (seed: number) => string, run: Run) {
  let [killed, finished, resent, parts] = [0, 0, 0, 0];
  const publish = (seed: number, killAfter?: number) =>
    runNode([PROGRAM, destination(seed), run.transport, String(seed), run.sizes.join(',')], {
      env: run.environment,
      killAfter,
    });
  // The time of an undisturbed run, so that the kills fall within it.
  const { lasted } = await publish(0);
  for (let seed = 1; killed < kills; seed++) {
    // A part that was reported as done or present must never be sent again.
    const arrived = new Set<string>();
    for (;;) {
      const last = killed >= kills;
      const { status, stdout, stderr } = await publish(seed, last ? undefined : Math.random() * lasted);
      const before = new Set(arrived);
      for (const event of eventsOf(stdout)) {
        if (event.event === 'sent' && before.has(event.part)) resent++;
        if (event.event === 'done' || event.event === 'present') arrived.add(event.part);
      }
      if (status === null) {
        killed++;
        continue;
      }
      if (status !== 0) throw new Error(`the publisher failed: ${stderr}`);
      finished++;
      parts += arrived.size;
      break;
    }
  }
  const statistics = { killed, finished, parts, resent };
  process.stdout.write(`${run.transport} ${destination(0)}: ${JSON.stringify(statistics)}\n`);
  return statistics;
}

interface Run {
  readonly transport: string;
  readonly sizes: readonly number[];
  readonly environment?: Record<string, string>;
}

/** The last line of a killed process may be incomplete. */
function eventsOf(stdout: string): PublishEvent[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** The problems with the artifacts in the store. */
async function problemsOf(destination: (seed: number) => string, count: number, run: Run): Promise<string[]> {
  const found: string[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const files = Object.fromEntries(
      run.sizes.map((size, index) => [`${index}.bin`, noise(size, seed * 1000 + index)]),
    );
    const artifact = testArtifact({ files });
    const store = await openStore(parseDestination(destination(seed)));
    found.push(...(await store.verify(artifact.index.digest, artifact)).problems);
    store.close();
  }
  return found;
}

async function withSlowDouble(use: (double: RegistryDouble) => Promise<void>): Promise<void> {
  const double = await new RegistryDouble({
    // Far more than the artifacts that are completed between the kills.
    repositories: Array.from({ length: 1000 }, (_, seed) => `models/${seed}`),
  }).start();
  await use(double).finally(() => double.stop());
}

describe('a publisher that is killed at random moments', () => {
  test('succeeds eventually over HTTP, and sends no complete layer again', async () => {
    await withSlowDouble(async (double) => {
      const destination = (seed: number): string => `${double.host}/models/${seed}`;
      const run = { transport: 'http', sizes: [2 * MIB, MIB, MIB, 500_000, 300_000, 100] };
      const { finished, killed, resent } = await killAtRandom(50, destination, run);
      expect({ killed, resent }).toEqual({ killed: 50, resent: 0 });
      expect(await problemsOf(destination, finished, run)).toEqual([]);
      // The double received each blob once for each artifact that contains it, including configs.
      expect([...double.received.values()].filter((times) => times > finished + 1)).toEqual([]);
    });
  });

  test('succeeds eventually through the ECR API, and resumes in the middle of layers', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    await withSlowDouble(async (double) => {
      const destination = (seed: number): string => `${double.host}/models/${seed}`;
      const environment = {
        AWS_ENDPOINT_URL_ECR: `http://${double.host}`,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'eu-west-1',
        XDG_CACHE_HOME: cache,
      };
      const run = { transport: 'ecr-api', sizes: [11 * MIB, 6 * MIB, 1000], environment };
      const { finished, killed, resent } = await killAtRandom(50, destination, run);
      expect({ killed, resent }).toEqual({ killed: 50, resent: 0 });
      expect(await problemsOf(destination, finished, run)).toEqual([]);
    });
    rmSync(cache, { recursive: true, force: true });
  });

  test('succeeds eventually on S3, and resumes in the middle of files', async () => {
    const server = await startS3('models');
    const before = { ...process.env };
    Object.assign(process.env, server.environment);
    try {
      const destination = (seed: number): string => `s3://models/${seed}`;
      const run = { transport: 's3', sizes: [35 * MIB, 17 * MIB, 1000] };
      const { finished, killed, resent } = await killAtRandom(50, destination, run);
      expect({ killed, resent }).toEqual({ killed: 50, resent: 0 });
      expect(await problemsOf(destination, finished, run)).toEqual([]);
    } finally {
      process.env = before;
      await server.stop();
    }
  });
});
