import { userVariables } from '../../plan/process';
import type { BackendPlan } from '../../plan/serving-plan';
import type { EnvironmentSource } from '../../workload/environment-source';
import type { SecretValue } from '../../workload/secret-value';
import { KubernetesEnvironment } from '../kubernetes-environment';
import type { EnvFromSource, EnvVar } from './manifests';
import { userOf } from './security';

/** The environment of a server: what its user needs, its own variables, those of the definition, and secrets by reference. */
export function environmentOf({ intent, environment }: BackendPlan, secrets: Record<string, SecretValue>): EnvVar[] {
  const { PORT, ...rest } = environment;
  const added = userVariables(intent, userOf(intent), Object.keys(secrets));
  return [
    ...(PORT === undefined ? [] : [{ name: 'PORT', value: literal(PORT) }]),
    ...Object.entries({ ...added, ...rest }).map(([name, value]) => ({ name, value: literal(value) })),
    ...Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret)),
  ];
}

/** An environment variable with its value in a Secret. */
export function secretVariable(name: string, { secretName, key = name, _isOptional: optional }: SecretValue): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName as string, key, optional } } };
}

/** The ConfigMaps and Secrets whose keys become variables. In a Pod, later sources take precedence. */
export function environmentSources(sources: readonly EnvironmentSource[]): EnvFromSource[] | undefined {
  const objects = sources.filter(KubernetesEnvironment._isKubernetesEnvironment);
  if (objects.length === 0) return undefined;
  return objects.map(({ _kind, _objectName: name, _prefix: prefix, _isOptional: optional }) => ({
    prefix,
    [_kind === 'Secret' ? 'secretRef' : 'configMapRef']: { name, optional },
  }));
}

/** Escapes `$`, so that Kubernetes does not expand `$(NAME)` in a text. */
export function literal(text: string): string {
  return text.includes('$(') || text.includes('$$') ? text.replaceAll('$', '$$$$') : text;
}
