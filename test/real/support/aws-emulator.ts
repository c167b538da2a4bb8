import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, stopped } from './registry';

const PYTHON = join(__dirname, '../../../.cache/real/python/aws-emulator/bin/python');

/** The account of the emulator. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** An AWS emulator for one test. It creates the resource types that it supports and ignores the rest. */
export interface AwsEmulator {
  /** Environment variables for the CDK command line and AWS clients. */
  readonly environment: Readonly<Record<string, string>>;
  /** The keys of the objects in a bucket, with their content. */
  objectsOf(bucket: string): Readonly<Record<string, string>>;
  /** The output of a Python script with `boto3`, `json` and `sys`. */
  run(script: string, ...args: string[]): string;
  stop(): Promise<void>;
}

/** Starts moto on a free port, with the resources of `cdk bootstrap`. */
export async function startAws(): Promise<AwsEmulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    // The emulator reads templates from its own bucket only if they have a URL of AWS.
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `https://s3.${REGION}.amazonaws.com`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let log = '';
  child.on('error', (error) => (log += error.message));
  child.stderr.on('data', (text) => (log += text));
  const python = (script: string, ...args: string[]): string => {
    const result = spawnSync(PYTHON, ['-c', `import boto3, json, sys\n${script}`, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (result.status !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  for (let tries = 0; tries < 300 && child.exitCode === null && child.pid !== undefined; tries++) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer !== undefined) {
      try {
        python(BOOTSTRAP, ACCOUNT, REGION);
      } catch (error) {
        await stopped(child);
        throw error;
      }
      return {
        environment,
        objectsOf: (bucket) => JSON.parse(python(OBJECTS, bucket)),
        run: python,
        stop: () => stopped(child),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stopped(child);
  throw new Error(`the emulator of AWS does not start; 'bash test/real/setup.sh' installs it\n${log}`);
}

const BOOTSTRAP = `
account, region = sys.argv[1:]
boto3.client('s3').create_bucket(Bucket=f'cdk-hnb659fds-assets-{account}-{region}')
boto3.client('ssm').put_parameter(Name='/cdk-bootstrap/hnb659fds/version', Value='30', Type='String', Overwrite=True)
`;

const OBJECTS = `
s3 = boto3.client('s3')
keys = [one['Key'] for one in s3.list_objects_v2(Bucket=sys.argv[1]).get('Contents', [])]
print(json.dumps({key: s3.get_object(Bucket=sys.argv[1], Key=key)['Body'].read().decode(errors='replace') for key in keys}))
`;
