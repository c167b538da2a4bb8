import type { BackendIntent, ServerIntent, TimeFlagIntent } from './intents';
import type { BackendPlan, BackendTimes } from './serving-plan';

/** How a container starts its server. */
export type StartCommand = Pick<BackendPlan, 'command' | 'args'>;

/** The command of a backend with the computed times in its flags, and other computed words, after its own arguments. */
export function commandOf(
  { command, args, timeFlags, commandTail = [] }: ServerIntent,
  times: BackendTimes,
  words: string[] = [],
): StartCommand {
  const flags = timeFlags.flatMap(({ flag, joined, ...hole }) =>
    joined ? [`${flag}=${fill(hole, times)}`] : [flag, fill(hole, times)],
  );
  const added = [...flags, ...words, ...commandTail];
  return args === undefined
    ? { command: [...command, ...added] }
    : { command: [...command], args: [...args, ...added] };
}

/** The environment of a backend with the computed times in its variables. */
export function environmentOf({ environment, server }: BackendIntent, times: BackendTimes): Record<string, string> {
  const { timeVariables = [] } = server;
  return {
    ...environment,
    ...Object.fromEntries(timeVariables.map(({ variable, ...hole }) => [variable, fill(hole, times)])),
  };
}

function fill({ time, milliseconds }: Pick<TimeFlagIntent, 'time' | 'milliseconds'>, times: BackendTimes): string {
  return String(times[time] * (milliseconds ? 1000 : 1));
}
