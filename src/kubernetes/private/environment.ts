import type { BackendPlan } from '../../plan/serving-plan';
import type { SecretValue } from '../../workload/secret-value';
import type { EnvVar } from './manifests';
import { TMP_MOUNT } from './volumes';

/**
 * The environment of a server: its own variables, the user's, and secrets by reference. The default user does not exist in
 * the image, so it has neither the home nor the name that libraries look up: `HOME` and `USER` default to `/tmp` and
 * `serving`.
 */
export function environmentOf({ intent, environment }: BackendPlan, secrets: Record<string, SecretValue>): EnvVar[] {
  const { HOME, USER, PORT, ...rest } = environment;
  const defaultOf = (name: string, value: string) =>
    intent.user === undefined && !Object.hasOwn(secrets, name) ? value : undefined;
  const home = HOME ?? defaultOf('HOME', TMP_MOUNT.mountPath);
  const user = USER ?? defaultOf('USER', 'serving');
  return [
    ...(PORT === undefined ? [] : [{ name: 'PORT', value: literal(PORT) }]),
    ...(home === undefined ? [] : [{ name: 'HOME', value: literal(home) }]),
    ...(user === undefined ? [] : [{ name: 'USER', value: literal(user) }]),
    ...Object.entries(rest).map(([name, value]) => ({ name, value: literal(value) })),
    ...Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret)),
  ];
}

/** An environment variable with its value in a Secret. */
export function secretVariable(name: string, { secretName, key = name }: SecretValue): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName as string, key } } };
}

/** The variables of a server that the AWS CLI may need: region, endpoint, and keys if the ServiceAccount has no role. */
export function awsEnvironment(env: EnvVar[]): EnvVar[] {
  return env.filter(({ name }) => name.startsWith('AWS_'));
}

/** Escapes `$`, so that Kubernetes does not expand `$(NAME)` in a text. */
export function literal(text: string): string {
  return text.includes('$(') || text.includes('$$') ? text.replaceAll('$', '$$$$') : text;
}
