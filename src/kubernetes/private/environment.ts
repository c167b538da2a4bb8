import type { BackendPlan } from '../../plan/serving-plan';
import type { SecretValue } from '../../workload/secret-value';
import type { EnvVar } from './manifests';
import { TMP_MOUNT } from './volumes';

/**
 * The environment of a server: the port, what the user said, and secrets by reference. A user that the image does not
 * know has no home and no name, which libraries ask for, so `/tmp` is one and `serving` the other unless they are given.
 */
export function environmentOf({ intent, environment }: BackendPlan, secrets: Record<string, SecretValue>): EnvVar[] {
  const { HOME, USER, PORT = String(intent.port), ...rest } = environment;
  const own = (name: string, value: string) =>
    intent.user === undefined && !Object.hasOwn(secrets, name) ? value : undefined;
  const home = HOME ?? own('HOME', TMP_MOUNT.mountPath);
  const user = USER ?? own('USER', 'serving');
  return [
    { name: 'PORT', value: PORT },
    ...(home === undefined ? [] : [{ name: 'HOME', value: literal(home) }]),
    ...(user === undefined ? [] : [{ name: 'USER', value: literal(user) }]),
    ...Object.entries(rest).map(([name, value]) => ({ name, value: literal(value) })),
    ...Object.entries(secrets).map(([name, secret]) => secretVariable(name, secret)),
  ];
}

/** An environment variable whose value stands in a Secret. */
export function secretVariable(name: string, { secretName, key = name }: SecretValue): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName as string, key } } };
}

/** What the AWS CLI may need of a server's environment: region, endpoint, and keys where the cluster gives no role. */
export function awsEnvironment(env: EnvVar[]): EnvVar[] {
  return env.filter(({ name }) => name.startsWith('AWS_'));
}

/** Keeps the kubelet from reading `$(NAME)` in a text as a reference; `$$` is how it writes `$`. */
export function literal(text: string): string {
  return text.includes('$(') || text.includes('$$') ? text.replaceAll('$', '$$$$') : text;
}
