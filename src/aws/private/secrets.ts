// By way of the root, which loads it at first use: many backends have no secrets.
import { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Backend } from '../../constructs/backend';
import { ServingError } from '../../private/errors';
import type { SecretValue } from '../../workload/secret-value';
import { EcsSecret } from '../ecs-secret';
import { readOnlySecret } from './secret-rights';

/** The secrets of a backend as ECS knows them, by environment variable. */
export function containerSecrets(backend: Backend): { [name: string]: ecs.Secret } {
  return Object.fromEntries(
    Object.entries(backend.secrets).map(([name, secret]) => [name, secretOf(backend, `Secret-${name}`, secret)]),
  );
}

/** A secret as ECS knows it. */
export function secretOf(backend: Backend, id: string, secret: SecretValue): ecs.Secret {
  if (EcsSecret.isEcsSecret(secret)) return readOnlySecret(backend, secret._secret);
  if (secret.secretName === undefined) {
    throw new ServingError(
      'ForeignResource',
      `secret '${id}' of backend '${backend.intent.name}' has no name and is no EcsSecret, so ECS cannot read it; use SecretValue.fromName or aws.EcsSecret.fromSecret`,
      backend,
    );
  }
  const named = secretsmanager.Secret.fromSecretNameV2(backend, id, secret.secretName);
  return readOnlySecret(backend, ecs.Secret.fromSecretsManager(named, secret.key));
}
