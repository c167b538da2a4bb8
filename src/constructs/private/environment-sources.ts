import type { EnvironmentSource } from '../../workload/environment-source';
import type { SecretValue } from '../../workload/secret-value';

/** The secrets that sources list, by variable. Later sources take precedence. */
export function listedSecrets(sources: readonly EnvironmentSource[] = []): { [variable: string]: SecretValue } {
  return Object.assign({}, ...sources.map(({ _secrets }) => _secrets));
}

/** The options of the environment of a container. */
export interface EnvironmentOptions {
  readonly environment?: { readonly [name: string]: string };
  readonly secrets?: { readonly [name: string]: SecretValue };
  readonly environmentFrom?: readonly EnvironmentSource[];
}

/** All secrets of a container by variable: its own, and those of its sources that it does not set itself. */
export function secretsOf({ environment = {}, secrets, environmentFrom }: EnvironmentOptions): {
  [variable: string]: SecretValue;
} {
  const listed = Object.entries(listedSecrets(environmentFrom)).filter(([name]) => !Object.hasOwn(environment, name));
  return { ...Object.fromEntries(listed), ...secrets };
}

/** The names of the sources whose variables are unknown at synthesis. */
export function sourceNames(sources?: readonly EnvironmentSource[]): string[] | undefined {
  const whole = wholeSources(sources);
  return whole.length === 0 ? undefined : whole.map(({ sourceName }) => sourceName);
}

/** The sources whose variables are unknown at synthesis. */
export function wholeSources(sources: readonly EnvironmentSource[] = []): EnvironmentSource[] {
  return sources.filter(({ _secrets }) => _secrets === undefined);
}
