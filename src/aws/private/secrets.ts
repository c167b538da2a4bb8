// By way of the root, which loads it at first use: many backends have no secrets.
import { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Backend } from '../../backend';
import { EcsSecret } from '../ecs-secret';

/** The secrets of a backend as ECS knows them, by environment variable. */
export function containerSecrets(backend: Backend): { [name: string]: ecs.Secret } {
  const secrets: { [name: string]: ecs.Secret } = {};
  for (const [name, secret] of Object.entries(backend.secrets)) {
    secrets[name] =
      secret instanceof EcsSecret
        ? secret._secret
        : ecs.Secret.fromSecretsManager(
            secretsmanager.Secret.fromSecretNameV2(backend, `Secret-${name}`, secret.secretName as string),
            secret.key,
          );
  }
  return secrets;
}
