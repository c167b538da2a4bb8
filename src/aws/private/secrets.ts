// Imported from the root, which loads it at first use: many backends have no secrets.
import { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendBinding } from '../../constructs/bindings';
import { ServingError } from '../../private/errors';
import type { SecretValue } from '../../workload/secret-value';
import { EcsSecret } from '../ecs-secret';
import { readOnlySecret } from './secret-permissions';

/** The ECS secrets of a backend, by environment variable. */
export function containerSecrets(backend: BackendBinding): { [name: string]: ecs.Secret } {
  return Object.fromEntries(
    Object.entries(backend.secrets).map(([name, secret]) => [name, secretOf(backend, `Secret-${name}`, secret)]),
  );
}

/** The ECS secret for a secret of the definition. A secret that two containers read is looked up once. */
export function secretOf(backend: BackendBinding, id: string, secret: SecretValue): ecs.Secret {
  if (EcsSecret.isEcsSecret(secret)) return readOnlySecret(backend.scope, secret._secret);
  if (secret.secretName === undefined) {
    throw new ServingError(
      'ForeignResource',
      `secret '${id}' of backend '${backend.intent.name}' has no name that ECS can read; use SecretValue.fromName or aws.EcsSecret.fromSecret`,
      backend.scope,
    );
  }
  const known = backend.scope.node.tryFindChild(id) as secretsmanager.ISecret | undefined;
  const named = known ?? secretsmanager.Secret.fromSecretNameV2(backend.scope, id, secret.secretName);
  return readOnlySecret(backend.scope, ecs.Secret.fromSecretsManager(named, secret.key));
}
