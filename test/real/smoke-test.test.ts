/**
 * Whether a smoke test keeps requests from a bad model: the start-up probe of the manifest and the container of the template,
 * run as processes next to a real server.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer, request } from 'node:http';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, HealthCheck, ModelServer, ServerImage, ServingEndpoint } from '../../src';

const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** A model: what it answers to the sample, and after how long. */
interface Model {
  readonly status?: number;
  readonly answer?: string;
  readonly delay?: number;
}

const GOOD = { answer: '{"predictions": [1]}' };

const MODELS: readonly [name: string, model: Model, ready: boolean, reason: RegExp][] = [
  ['a good model', GOOD, true, /^$/],
  ['a good model that takes a second', { ...GOOD, delay: 1000 }, true, /^$/],
  ['an error', { ...GOOD, status: 500 }, false, /status 500 instead of 200/],
  ['another success', { ...GOOD, status: 204 }, false, /status 204 instead of 200/],
  ['an answer that is no JSON', { answer: 'ok' }, false, /JSONDecodeError/],
  ['a list instead of an object', { answer: '[1]' }, false, /the answer is not of type object/],
  ['an answer without predictions', { answer: '{"error": 1}' }, false, /the answer has no predictions/],
  ['no prediction', { answer: '{"predictions": []}' }, false, /the answer.predictions has 0 elements/],
  ['two predictions', { answer: '{"predictions": [1, 1]}' }, false, /the answer.predictions has 2 elements/],
  ['a label', { answer: '{"predictions": ["a"]}' }, false, /the answer.predictions\[0\] is not of type integer/],
  ['a truth', { answer: '{"predictions": [true]}' }, false, /the answer.predictions\[0\] is not of type integer/],
  ['not a number', { answer: '{"predictions": [NaN]}' }, false, /ValueError/],
  ['a class that does not exist', { answer: '{"predictions": [3]}' }, false, /\(3\) is out of range/],
  ['a model that is too slow', { ...GOOD, delay: 3500 }, false, /TimeoutError|timed out/],
];

let model: Model = GOOD;
let healthy = true;
let bodies: string[] = [];
const server = createServer((incoming, response) => {
  if (incoming.url === '/ready') return response.writeHead(healthy ? 200 : 500).end();
  let body = '';
  incoming.on('data', (chunk) => {
    body += chunk;
  });
  incoming.on('end', () => {
    bodies.push(`${incoming.method} ${incoming.url} ${incoming.headers['content-type']} ${body}`);
    setTimeout(() => response.writeHead(model.status ?? 200).end(model.answer), model.delay ?? 0);
  });
  return undefined;
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
beforeEach(() => {
  model = GOOD;
  healthy = true;
  bodies = [];
});
afterAll(() => server.close());

function define(scope: Construct): void {
  new ServingEndpoint(scope, 'iris').addBackend('v1', {
    image: ServerImage.fromRegistry('registry.example.com/iris:1'),
    server: ModelServer.command({ command: ['serve'], behavior: { drains: true, interpreter: PYTHON } }),
    healthCheck: HealthCheck.http('/ready', { timeout: Duration.seconds(2) }),
    port,
    smokeTest: {
      path: '/predict',
      json: { x: "a 'quoted' $(text)" },
      timeout: Duration.seconds(2),
      answer: {
        schema: {
          type: 'object',
          required: ['predictions'],
          properties: {
            predictions: {
              type: 'array',
              minItems: 1,
              maxItems: 1,
              items: { type: 'integer', minimum: 0, maximum: 2 },
            },
          },
        },
      },
    },
  });
}

/** The start-up probe, as the kubelet runs it: it replaces `$$`. */
function startupProbe(): string[] {
  const chart = Testing.chart();
  define(chart);
  const deployment = Testing.synth(chart).find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'iris-v1',
  );
  const [container] = deployment.spec.template.spec.containers;
  return container.startupProbe.exec.command.map((word: string) => word.replaceAll('$$', '$'));
}

/** The container that answers the health checks of the target group, and its port. */
function gate(): { readonly words: string[]; readonly port: number } {
  const stack = new Stack(new CdkApp(), 'Iris');
  define(stack);
  const template = Template.fromStack(stack);
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const [group] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
  const { EntryPoint = [], Command = [] } = task?.Properties.ContainerDefinitions[1] ?? {};
  return { words: [...EntryPoint, ...Command], port: Number(group?.Properties.HealthCheckPort) };
}

/** Runs a command while the server of this process answers. */
function run([program = '', ...args]: string[]): Promise<{ readonly code: number | null; readonly reason: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let reason = '';
  child.stderr.on('data', (chunk) => {
    reason += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, reason })));
}

function statusOf(at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: at, path: '/ready' }, (response) => {
      response.resume();
      resolve(response.statusCode as number);
    });
    sent.on('error', reject).end();
  });
}

async function until(condition: () => Promise<boolean> | boolean, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await Promise.resolve(condition()).catch(() => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe('the start-up probe', () => {
  test.each(MODELS)('of %s', async (_, given, ready, reason) => {
    model = given;
    const result = await run(startupProbe());
    expect(result.reason).toMatch(reason);
    expect(result.code).toBe(ready ? 0 : 1);
    expect(bodies).toEqual([`POST /predict application/json {"x":"a 'quoted' $(text)"}`]);
  });

  test('sends no sample before the server is ready', async () => {
    healthy = false;
    expect(await run(startupProbe())).toEqual({
      code: 1,
      reason: expect.stringContaining('the health check has status 500'),
    });
    expect(bodies).toEqual([]);
  });

  test('fails if nothing listens', () => {
    const [program = '', ...args] = startupProbe().map((word) => word.replace(`"port":${port}`, '"port":1'));
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('ConnectionRefusedError') });
  });
});

describe('the container in the task', () => {
  let child: ChildProcess;
  let output = '';

  function start(): number {
    const { words, port: at } = gate();
    const [program = '', ...args] = words;
    output = '';
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    return at;
  }

  afterEach(async () => {
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    await closed;
  });

  test('answers as the server does once the model is good, and asks for one sample', async () => {
    const at = start();
    expect(await until(async () => (await statusOf(at)) === 200, 20)).toBe(true);
    healthy = false;
    expect(await statusOf(at)).toBe(500);
    healthy = true;
    model = { status: 500 };
    expect(await statusOf(at)).toBe(200);
    expect(bodies).toHaveLength(1);
  });

  test.each(
    MODELS.filter(([, , ready]) => !ready).map(([name, bad, , reason]) => [name, bad, reason] as const),
  )('never becomes healthy with %s', async (_, bad, reason) => {
    model = bad;
    const at = start();
    // The outcome of one attempt, and the answer after it.
    expect(await until(() => reason.test(output), 20)).toBe(true);
    expect(await statusOf(at)).toBe(503);
  });

  test('becomes healthy when the model gets good', async () => {
    model = { status: 500 };
    const at = start();
    expect(await until(() => output.includes('status 500'), 20)).toBe(true);
    expect(await statusOf(at)).toBe(503);
    model = GOOD;
    expect(await until(async () => (await statusOf(at)) === 200, 20)).toBe(true);
  });
});
