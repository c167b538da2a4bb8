import type { BackendPlan } from '../../plan/serving-plan';

/**
 * The start of a container in the terms of ECS: `entryPoint` is the `command` of Kubernetes, and `command` its `args`. An
 * entry point also removes the CMD of the image, so that a program without arguments gets none. Lists without elements are
 * omitted, because an empty one could replace that of the image.
 */
export function startOf({ command, args }: Pick<BackendPlan, 'command' | 'args'>): {
  readonly entryPoint?: string[];
  readonly command?: string[];
} {
  const [entryPoint, rest] = args === undefined ? [command.slice(0, 1), command.slice(1)] : [command, args];
  return {
    ...(entryPoint.length > 0 && { entryPoint }),
    ...(rest.length > 0 && { command: rest }),
  };
}
