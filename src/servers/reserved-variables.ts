import type { ServerDescriptor } from '../plan/server/descriptor';
import type { ServerTime } from '../plan/server/knobs';
import type { ServerStart } from './define-server';

/** The option from which a server gets the value of a flag or variable. */
const OPTIONS: { readonly [name: string]: string } = {
  flags: "'extraArgs' of the server",
  '--port': "'port' of the backend",
  '--http-port': "'port' of the backend",
  '--workers': "'workers' of the server",
  '--interface': "'interfaceType' of the server",
  '--model': "'model' of the server",
  '--model-id': "'model' of the server",
  '--num-shard': "'tensorParallelism' of the server",
  '--parallel': "'maxConcurrency' or 'batching' of the backend",
  '--max-concurrent-requests': "'maxConcurrency' of the backend",
  MLSERVER_HTTP_PORT: "'port' of the backend",
  MLSERVER_PARALLEL_WORKERS: "'workers' of the server",
  MLSERVER_MODEL_MAX_BATCH_SIZE: "'batching' of the backend",
  MLSERVER_MODEL_MAX_BATCH_TIME: "'batching' of the backend",
  NIM_MODEL_PATH: "'model' of the server",
  NIM_SERVER_PORT: "'port' of the backend",
  OLLAMA_HOST: "'port' of the backend",
  OLLAMA_MODELS: "'modelsPath' of the server",
  OLLAMA_NUM_PARALLEL: "'maxConcurrency' or 'batching' of the backend",
};

const TIME_NAMES: { readonly [time in ServerTime]: string } = {
  keepAlive: 'keep-alive',
  drain: 'drain',
  watchdog: 'watchdog',
  request: 'request',
};

interface StartedWith {
  readonly descriptor: ServerDescriptor;
  readonly start: ServerStart;
  /** The words of the command, with the flags of the computed times. */
  readonly words: readonly string[];
  readonly timeVariables: readonly { readonly variable: string; readonly time: ServerTime }[];
}

/** The environment variables that a user must not set, each with the reason and the way out. */
export function reservedVariables({ descriptor, start, words, timeVariables }: StartedWith): Record<string, string> {
  const { environment = {}, changeable = [], typed = [] } = start;
  const flags = words.map((word) => word.replace(/=.*$/, ''));
  const conflicting = Object.entries(descriptor.conflictingVariables ?? {}).map(([variable, flag]) =>
    // A server of an unknown version gets no flag that only some versions support.
    descriptor.versionUnknown && flag.startsWith('-') && !flags.includes(flag) && OPTIONS[flag] === undefined
      ? [variable, `which sets it (${flag}) if 'version' of the server is set; set that instead`]
      : [variable, reasonOf(flag, flag)],
  );
  const owned = Object.keys(environment)
    .filter((name) => name !== 'PORT' && !changeable.includes(name))
    .map((name) => [name, reasonOf(name, typed.includes(name) ? "its 'environment'" : `'${environment[name]}'`)]);
  const times = timeVariables.map(({ variable, time }) => [
    variable,
    reasonOf(variable, `the ${TIME_NAMES[time]} time`),
  ]);
  return Object.fromEntries([...conflicting, ...owned, ...times]);
}

/** Why a variable is reserved, and what to set instead: without an option for it, nothing. */
function reasonOf(name: string, value: string): string {
  const option = OPTIONS[name];
  return option === undefined
    ? `which sets it (${value}); remove it`
    : `which sets it (${value}) from ${option}; set that instead`;
}
