import type { BackendPlan } from '../../plan/serving-plan';

/**
 * The start of a container in the terms of ECS: `entryPoint` is the `command` of Kubernetes, and `command` its `args`. An
 * entry point also removes the CMD of the image, so that a program without arguments gets none.
 */
export function startOf({ command, args }: Pick<BackendPlan, 'command' | 'args'>): {
  readonly entryPoint: string[];
  readonly command: string[];
} {
  return args === undefined
    ? { entryPoint: command.slice(0, 1), command: command.slice(1) }
    : { entryPoint: command, command: args };
}
