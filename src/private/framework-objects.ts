/** An object of a framework that a factory of a target takes, where definitions require something neutral. */
interface Wrapped {
  /** A member that identifies it, because an app can contain several copies of a framework. */
  readonly member: string;
  /** The value of the member. @default - any */
  readonly value?: string;
  /** How to pass it. */
  readonly factory: string;
}

const WRAPPED: readonly Wrapped[] = [
  { member: 'bucketArn', factory: "aws.S3Model.fromBucket(bucket, 'prefix/')" },
  { member: 'repositoryUri', factory: "aws.EcrImage.fromRepository(repository, '1.4.2')" },
  { member: 'fileSystemId', factory: 'aws.EfsVolume.fromFileSystem(fileSystem)' },
  { member: 'secretArn', factory: 'aws.EcsSecret.fromSecret(ecs.Secret.fromSecretsManager(secret))' },
  { member: 'kind', value: 'Secret', factory: "kubernetes.KubernetesSecret.fromSecret(secret, 'key')" },
  { member: 'kind', value: 'PersistentVolumeClaim', factory: 'kubernetes.ClaimVolume.fromClaim(claim)' },
];

/** The end of a message about an object of a framework: how to pass it. Empty for other values. */
export function wrapperFor(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const found = WRAPPED.find(({ member, value: expected }) => {
    const actual: unknown = value[member as keyof object];
    return typeof actual === 'string' && (expected === undefined || actual === expected);
  });
  return found === undefined ? '' : `; pass this object with ${found.factory}`;
}
