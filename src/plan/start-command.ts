import type { BackendIntent, ServerIntent, TimeFlagIntent } from './intents';
import type { BackendTimes } from './serving-plan';

/** The command of a backend with the computed times in its flags. */
export function commandOf({ command, timeFlags, commandTail = [] }: ServerIntent, times: BackendTimes): string[] {
  const flags = timeFlags.flatMap(({ flag, joined, ...hole }) =>
    joined ? [`${flag}=${fill(hole, times)}`] : [flag, fill(hole, times)],
  );
  return [...command, ...flags, ...commandTail];
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
