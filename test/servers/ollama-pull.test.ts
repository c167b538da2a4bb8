import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Model, ModelServer } from '../../src';
import { singleBackend } from '../support/definitions';

/** A program that records how it is called. A server becomes ready after its first question, and a pull can fail or hang. */
const OLLAMA = `#!/bin/sh
echo "$OLLAMA_HOST $*" >>"$LOG"
case "$*" in
  serve*) [ "$OLLAMA_HOST" = 0.0.0.0:9999 ] && exit 7; exec sleep 60 ;;
  list) [ -e "$LOG.asked" ] || { touch "$LOG.asked"; exit 1; } ;;
  'pull broken') exit 1 ;;
  'pull slow') exec sleep 60 ;;
esac`;

interface Run {
  readonly code: number | null;
  readonly calls: string[];
}

const commandOf = (pull: string[], options = {}) => {
  const server = ModelServer.ollama({ pull });
  const { platform, backend } = singleBackend({ server, port: 9999, model: undefined, ...options });
  return platform.plan().backend(backend.node.path);
};

/** Runs the command of a server that pulls models. */
async function run(
  pull: string[],
  act: (child: ChildProcess, log: string) => Promise<void> = async () => {},
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'pull-'));
  const program = join(folder, 'ollama');
  const log = join(folder, 'log');
  writeFileSync(program, OLLAMA);
  chmodSync(program, 0o755);
  const { command, environment } = commandOf(pull);
  const [file = '', ...args] = command;
  const env = { PATH: `${folder}:/usr/bin:/bin`, LOG: log, ...environment };
  const child = spawn(file, args, { env, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await act(child, log);
  const code = await ended;
  return { code, calls: readFileSync(log, 'utf8').trim().split('\n') };
}

describe('models that Ollama pulls', () => {
  test('are pulled by a server of the container alone, which then becomes the server at the port', async () => {
    const { code, calls } = await run(['llama3.2:3b', 'hf.co/acme/net-GGUF:Q4_K_M']);
    const own = '127.0.0.1:9999';
    expect(calls.filter((call) => !call.endsWith('list'))).toEqual([
      `${own} serve`,
      `${own} pull llama3.2:3b`,
      `${own} pull hf.co/acme/net-GGUF:Q4_K_M`,
      '0.0.0.0:9999 serve',
    ]);
    expect(calls.filter((call) => call.endsWith('list')).length).toBeGreaterThan(1);
    expect(code).toBe(7);
  }, 30_000);

  test('end the start if one cannot be pulled', async () => {
    const { code, calls } = await run(['broken', 'other']);
    expect(code).toBe(1);
    expect(calls.at(-1)).toBe('127.0.0.1:9999 pull broken');
  }, 30_000);

  test('are given up at SIGTERM', async () => {
    const { code, calls } = await run(['slow'], async (child, log) => {
      const isPulling = () => existsSync(log) && readFileSync(log, 'utf8').includes('pull slow');
      while (!isPulling()) await setTimeout(50);
      child.kill('SIGTERM');
    });
    expect(code).toBe(143);
    expect(calls).not.toContain('0.0.0.0:9999 serve');
  }, 30_000);

  test('leave the command as it is if there are none', () => {
    expect(commandOf([]).command).toEqual(['ollama', 'serve']);
  });

  test.each(['', '-a', 'a b', '$(id)', "a'b", 'a:', '/a', 'a;b'])('fail if %j is no name', (name) => {
    expect(() => commandOf(['llama3.2', name])).toThrow(
      `[InvalidName] 'pull' ('${name}') of the server must contain names of Ollama models, such as 'llama3.2:3b' or 'hf.co/owner/name:Q4_K_M'`,
    );
  });

  test('fail next to a model, whose files cannot be changed', () => {
    expect(() => commandOf(['llama3.2'], { model: Model.fromS3('s3://acme/store/') })).toThrow(
      "[ConflictingProps] 'pull' of the server and models of the backend are mutually exclusive, because a model is mounted read-only; remove one",
    );
  });
});
