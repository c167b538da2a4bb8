import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, stopped } from './registry';

/** A real S3 server for one test. */
export interface S3Server {
  /** Environment variables for clients. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder with one folder per bucket. */
  readonly buckets: string;
  stop(): Promise<void>;
}

const PROGRAM = join(__dirname, '../../../.cache/real/go/versitygw/bin/versitygw');

/** Starts a server on a free port that stores objects as files, with one bucket. */
export async function startS3(bucket: string): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 's3-'));
  const buckets = join(folder, 'buckets');
  mkdirSync(join(buckets, bucket), { recursive: true });
  mkdirSync(join(folder, 'sidecar'));
  const port = await freePort();
  const args = [
    '--port',
    `127.0.0.1:${port}`,
    '--access',
    'test',
    '--secret',
    'secret-of-test',
    '--quiet',
    '--keep-alive',
  ];
  const child = spawn(PROGRAM, [...args, 'posix', '--sidecar', join(folder, 'sidecar'), buckets], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.on('error', (error) => {
    log += error.message;
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const stop = async (): Promise<void> => {
    await stopped(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200 && child.exitCode === null && child.pid !== undefined; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) {
      const environment = {
        AWS_ENDPOINT_URL_S3: url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'secret-of-test',
        AWS_REGION: 'us-east-1',
      };
      return { environment, buckets, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`the S3 server does not start; 'bash test/real/setup.sh' builds it\n${log}`);
}
