import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CATALOG } from '../../scripts/server-catalog';
import type { BackendOptions, BatchingOptions } from '../../src';
import { Duration, ModelServer, servers } from '../../src';
import { LedgerTopic } from '../../src/plan/serving-plan';
import { planOf } from '../plan/support';
import { NUMBERED } from '../support/profiles';
import { SERVERS } from './servers';

const { DrainBehavior, KeepAliveKind, KnobPlace, TimeUnit } = servers;
const BATCHING: BatchingOptions = { maxBatchSize: 16, maxDelay: Duration.millis(50) };

/** The start of a backend with options. */
function started(server: ModelServer, backend: Partial<BackendOptions>) {
  const { plan } = planOf({ target: NUMBERED, backend: { server, ...backend } });
  const { command, args = [], environment } = plan.backend('endpoint/backend');
  return { words: [...command, ...args], environment, plan };
}

/** The words after a flag. */
const wordsAfter = (words: string[], flag: string, count = 1) => words.slice(words.indexOf(flag) + 1).slice(0, count);

describe('batching', () => {
  test('becomes variables of MLServer, which a model overrides', () => {
    const { environment, plan } = started(ModelServer.mlServer({ workers: 0 }), { batching: BATCHING });
    expect(environment).toMatchObject({
      MLSERVER_MODEL_MAX_BATCH_SIZE: '16',
      MLSERVER_MODEL_MAX_BATCH_TIME: '0.05',
    });
    expect(plan.ledger.find(({ feature }) => feature === LedgerTopic.BATCHING)).toMatchObject({
      level: 'left to the application',
      detail:
        'MLServer without workers runs batches of at most 16 after a wait of at most 0.05 s (MLSERVER_MODEL_MAX_BATCH_SIZE, MLSERVER_MODEL_MAX_BATCH_TIME); max_batch_size and max_batch_time in the model-settings.json of a model take precedence',
    });
  });

  test('waits for 10 ms by default', () => {
    const { environment } = started(ModelServer.mlServer(), { batching: { maxBatchSize: 4 } });
    expect(environment.MLSERVER_MODEL_MAX_BATCH_TIME).toBe('0.01');
  });

  test('becomes a file of TensorFlow Serving, which the command writes', () => {
    const server = ModelServer.tensorflowServing({ modelName: 'resnet', modelPath: '/models/resnet' });
    const { words } = started(server, { batching: BATCHING });
    expect(words).toEqual([
      ...['sh', '-c', 'printf %s "$0" >/tmp/batching_parameters.txt && exec "$@"'],
      'max_batch_size { value: 16 } batch_timeout_micros { value: 50000 }',
      ...['tensorflow_model_server', '--port=8500', '--rest_api_port=8501', '--model_name=resnet'],
      ...['--model_base_path=/models/resnet', '--enable_batching'],
      ...['--batching_parameters_file=/tmp/batching_parameters.txt', '--rest_api_timeout_in_ms=70000'],
    ]);
    expect(started(server, {}).words[0]).toBe('tensorflow_model_server');
  });

  test('leaves TensorFlow Serving as the process that the shell started', () => {
    const server = ModelServer.tensorflowServing({ modelName: 'resnet', modelPath: '/models/resnet' });
    const { words } = started(server, { batching: BATCHING });
    const folder = mkdtempSync(join(tmpdir(), 'batching-'));
    const program = join(folder, 'tensorflow_model_server');
    writeFileSync(program, `#!/bin/sh\ncat ${folder}/batching_parameters.txt\necho\necho "$$" "$@"\n`, { mode: 0o755 });
    const [shell = '', ...rest] = words.map((word) => word.replaceAll('/tmp/', `${folder}/`));
    const { stdout, pid } = spawnSync(shell, rest, {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const [text, call] = stdout.split('\n');
    expect(text).toBe('max_batch_size { value: 16 } batch_timeout_micros { value: 50000 }');
    expect(call).toMatch(new RegExp(`^${pid} --port=8500 .* --rest_api_timeout_in_ms=70000$`));
    rmSync(folder, { recursive: true });
  });

  test.each<[string, ModelServer]>([
    ['--max-num-seqs', ModelServer.vllm({ model: 'a/b' })],
    ['--max-running-requests', ModelServer.sglang({ model: 'a/b' })],
    ['--parallel', ModelServer.llamaCpp({ model: '/m.gguf' })],
    ['--max-batch-requests', ModelServer.textEmbeddingsInference({ model: 'a/b' })],
  ])('becomes %s of a server that adds requests to a running batch', (flag, server) => {
    const { words, plan } = started(server, { batching: { maxBatchSize: 16 }, maxConcurrency: 64 });
    expect(wordsAfter(words, flag)).toEqual(['16']);
    expect(words.filter((word) => word === flag)).toHaveLength(1);
    expect(plan.backend('endpoint/backend').ladder.hops.map(({ hop }) => hop)).not.toContain('batch wait');
    expect(() => started(server, { batching: BATCHING })).toThrow(
      /\[Unsupported\] 'maxDelay' \(0\.05 s\) of 'batching' is not supported by .*, which adds requests to its batches without a delay; leave it out/,
    );
  });

  test('is the concurrency of a server with one setting for both, unless it is set', () => {
    const vllm = ModelServer.vllm({ model: 'a/b' });
    expect(wordsAfter(started(vllm, { maxConcurrency: 64 }).words, '--max-num-seqs')).toEqual(['64']);
    expect(started(vllm, {}).words).not.toContain('--max-num-seqs');
    const { environment } = started(ModelServer.ollama(), { batching: { maxBatchSize: 3 }, maxConcurrency: 9 });
    expect(environment.OLLAMA_NUM_PARALLEL).toBe('3');
    const embeddings = ModelServer.textEmbeddingsInference({ model: 'a/b' });
    expect(started(embeddings, { maxConcurrency: 64 }).words).not.toContain('--max-batch-requests');
  });

  test('is set by the settings of a custom descriptor', () => {
    const custom = (batching: servers.BatchingBehavior, args?: string[]) =>
      ModelServer.custom({
        ...(args === undefined ? { command: ['serve'] } : {}),
        descriptor: {
          name: 'mine',
          drain: DrainBehavior.COMPLETES_REQUESTS,
          keepAlive: KeepAliveKind.NEVER_CLOSES,
          listensWhenReady: true,
          readinessPath: '/ready',
          batching,
        },
      });
    const how = 'by flags';
    const sizeKnob = { name: '--batch', place: KnobPlace.FLAG, joined: true };
    const delayKnob = { name: 'BATCH_MS', place: KnobPlace.VARIABLE, unit: TimeUnit.MILLISECONDS };
    const { words, environment } = started(custom({ how, sizeKnob, delayKnob }), { batching: BATCHING });
    expect(words).toEqual(['serve', '--batch=16']);
    expect(environment.BATCH_MS).toBe('50');
    const inFile = { ...sizeKnob, name: 'batch', place: KnobPlace.FILE };
    expect(() => started(custom({ how, sizeKnob: inFile }), { batching: BATCHING })).toThrow(
      "[Unsupported] 'batching' is not supported by mine, whose batching is: by flags; leave it out, and configure it in the application or with its own settings",
    );
    expect(() => started(custom({ how, sizeKnob }, []), { batching: { maxBatchSize: 2 } })).toThrow(
      "[ConflictingProps] '--batch=16'".replace('16', '2'),
    );
  });

  test('of a catalog server is rendered, or refused with what to use instead', () => {
    const refused = SERVERS.filter(({ server }) => {
      const context = { port: 9999, models: [{ path: '/models/m' }], batching: { maxBatchSize: 7 } };
      try {
        const { command, args = [], environment } = server._intent(context);
        expect([...command, ...args, ...Object.values(environment)].join(' ')).toMatch(/\b7\b/);
        return false;
      } catch (error) {
        expect(String(error)).toMatch(/\[Unsupported\] 'batching' is not supported by .*; leave it out, and \S/);
        return true;
      }
    }).map(({ name }) => name);
    const able = CATALOG.filter(({ batching }) => batching?.sizeKnob !== undefined).map(({ name }) => name);
    expect(
      SERVERS.map(({ name }) => name)
        .filter((name) => !refused.includes(name))
        .sort(),
    ).toEqual(expect.arrayContaining(able.sort()));
    for (const name of ['Triton', 'Ray Serve', 'BentoML', 'LitServe', 'KServe']) expect(refused).toContain(name);
  });

  test('in flags or variables of the user conflicts with the option', () => {
    const batching = { maxBatchSize: 16 };
    const extraArgs = ['--max-num-seqs=8'];
    expect(() => started(ModelServer.vllm({ model: 'a/b', extraArgs }), { batching })).toThrow(
      "[ConflictingProps] '--max-num-seqs=8' in 'extraArgs' conflicts with a flag that the command of vLLM already has",
    );
    expect(started(ModelServer.vllm({ model: 'a/b', extraArgs }), {}).words).toContain('--max-num-seqs=8');
    const environment = { MLSERVER_MODEL_MAX_BATCH_SIZE: '8' };
    expect(() => started(ModelServer.mlServer(), { batching, environment })).toThrow(
      "'MLSERVER_MODEL_MAX_BATCH_SIZE' in 'environment' conflicts with 'server', which sets it ('16') from 'batching' of the backend; set that instead",
    );
    expect(() => started(ModelServer.mlServer(), { environment })).not.toThrow();
  });

  test('is a row of the ladder, compared with the shortest request timeout', () => {
    const server = ModelServer.mlServer({ workers: 0 });
    const solved = (seconds: number, batching: BatchingOptions) =>
      planOf({
        target: NUMBERED,
        platform: { idleTimeout: Duration.seconds(3) },
        endpoint: { requestTimeout: Duration.seconds(seconds) },
        backend: { server, batching },
      });
    const wait = solved(2, BATCHING).ladder.find(({ hop }) => hop === 'batch wait');
    expect(wait).toEqual({ hop: 'batch wait', seconds: 0.05, rule: 'R10', slackSeconds: 1.95 });
    const { plan } = solved(2, { maxBatchSize: 2, maxDelay: Duration.seconds(2) });
    expect(plan.refusals).toContainEqual({
      code: 'RequestTimeoutTooShort',
      path: 'endpoint/backend',
      rule: 'R10',
      message:
        "'requestTimeout' (2 s) must be longer than 'maxDelay' of 'batching' (2 s) (rule R10), because a request waits for its batch before the model runs; lower 'maxDelay', or raise 'requestTimeout'",
    });
    const codes = solved(2, { maxBatchSize: 2, maxDelay: Duration.millis(1999) }).codes;
    expect(codes).not.toContain('RequestTimeoutTooShort');
  });
});
