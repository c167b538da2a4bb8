import type { ServerDescriptor } from '../server/descriptor';

/** A flag of a server whose value is one of the computed times. */
export interface TimeFlagIntent {
  /** The flag, such as `--keep-alive`. */
  readonly flag: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
  /** Whether flag and value are one word, such as `--flag=value`. @default false */
  readonly joined?: boolean;
}

/** An environment variable of a server whose value is one of the computed times. */
export interface TimeVariableIntent {
  /** The variable, such as `VLLM_HTTP_TIMEOUT_KEEP_ALIVE`. */
  readonly variable: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
}

/** How a server is started. */
export interface ServerIntent {
  /** The command in exec form, without the flags whose values the plan computes. */
  readonly command: string[];
  /** The flags whose values the plan computes. */
  readonly timeFlags: TimeFlagIntent[];
  /** Words of the command that stand behind those flags. @default - none */
  readonly commandTail?: string[];
  /** The environment variables whose values the plan computes. @default - none */
  readonly timeVariables?: TimeVariableIntent[];
  /** Environment variables that the server reads. */
  readonly environment: Record<string, string>;
  /** Those of them that the user typed, whose values no report shows. @default - none */
  readonly userVariables?: string[];
  /** Environment variables that the user must not set, each with what says the same. @default - none */
  readonly reservedVariables?: Record<string, string>;
  /** The server's behaviour. */
  readonly descriptor: ServerDescriptor;
  /** The path that answers once the server can serve. @default - the application's own */
  readonly healthPath?: string;
  /** How many processes load the model. @default - the server decides */
  readonly workers?: number;
}
