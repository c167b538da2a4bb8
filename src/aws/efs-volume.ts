import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as efs from 'aws-cdk-lib/aws-efs';
import { ModelVolume } from '../models/model-volume';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';

const FILE_SYSTEM = {
  kind: 'an efs.IFileSystem',
  member: 'fileSystemId',
  example: "new efs.FileSystem(this, 'Models', { vpc })",
};
const ACCESS_POINT = {
  kind: 'an efs.IAccessPoint',
  member: 'accessPointId',
  example: "fileSystem.addAccessPoint('Models')",
};
const SECURITY_GROUP = {
  kind: 'an ec2.ISecurityGroup',
  member: 'securityGroupId',
  example: "ec2.SecurityGroup.fromSecurityGroupId(this, 'Files', 'sg-1')",
};

/** Options of an Amazon EFS volume. */
export interface EfsVolumeOptions {
  /**
   * The access point, whose root directory is then the root of the volume.
   *
   * @default - the root of the file system
   */
  readonly accessPoint?: efs.IAccessPoint;
}

/**
 * An Amazon EFS file system with models, or for a cache. It is mounted read-only, as a cache read-write, and encrypted in
 * transit, and the task role is allowed to mount it. The security groups of its mount targets must allow the backend. Groups that are defined in the app get an
 * ingress rule, in the backend's stack.
 *
 * @example
 * declare const fileSystem: efs.FileSystem;
 * const model = Model.fromVolume(aws.EfsVolume.fromFileSystem(fileSystem), { directory: 'sentiment/v1' });
 */
export class EfsVolume extends ModelVolume {
  /** A file system that is defined in or imported into the CDK app. */
  public static fromFileSystem(fileSystem: efs.IFileSystem, options: EfsVolumeOptions = {}): EfsVolume {
    checkOptions('aws.EfsVolumeOptions', options, 'options');
    requireShape('fileSystem', fileSystem, FILE_SYSTEM);
    if (options.accessPoint !== undefined) requireShape('accessPoint', options.accessPoint, ACCESS_POINT);
    return new EfsVolume(fileSystem, options.accessPoint);
  }

  /** Whether `x` is an EfsVolume, including one created by another copy of this package. */
  public static isEfsVolume(x: unknown): x is EfsVolume {
    return hasTag('EfsVolume', x);
  }

  private constructor(
    /** @internal */
    public readonly _fileSystem: efs.IFileSystem,
    /** @internal */
    public readonly _accessPoint?: efs.IAccessPoint,
  ) {
    super('aws', fileSystem(_fileSystem));
  }
}

tagClass('EfsVolume', EfsVolume);

/** Options of an Amazon S3 Files volume. */
export interface S3FilesVolumeOptions {
  /** The security groups of its mount targets. Each gets an ingress rule for the backend, in the backend's stack. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * The ARN of the access point, whose root directory is then the root of the volume.
   *
   * @default - the root of the file system
   */
  readonly accessPointArn?: string;
}

/**
 * An Amazon S3 Files file system, which provides the objects of a bucket as files. It is mounted read-only, and the task
 * role is allowed to mount it. ECS supports it on Fargate, not on instances.
 *
 * @example
 * declare const securityGroup: ec2.ISecurityGroup;
 * const volume = aws.S3FilesVolume.fromFileSystemArn(
 *   'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123456789abcdef0',
 *   { securityGroups: [securityGroup] },
 * );
 * const model = Model.fromVolume(volume, { directory: 'sentiment/v1' });
 */
export class S3FilesVolume extends ModelVolume {
  /** The file system with this ARN. */
  public static fromFileSystemArn(fileSystemArn: string, options: S3FilesVolumeOptions): S3FilesVolume {
    checkOptions('aws.S3FilesVolumeOptions', options, 'options');
    requireIdentifier('fileSystemArn', fileSystemArn);
    for (const group of options.securityGroups) requireShape('securityGroups', group, SECURITY_GROUP);
    if (options.accessPointArn !== undefined) requireIdentifier('accessPointArn', options.accessPointArn);
    if (!isUnresolved(fileSystemArn) && !/^arn:[a-z-]+:s3files:[^:]+:\d{12}:file-system\/.+$/.test(fileSystemArn)) {
      throw new ServingError(
        'InvalidModel',
        `'fileSystemArn' ('${fileSystemArn}') must be the ARN of an S3 Files file system, such as 'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-...'`,
      );
    }
    return new S3FilesVolume(fileSystemArn, options.securityGroups, options.accessPointArn);
  }

  /** Whether `x` is an S3FilesVolume, including one created by another copy of this package. */
  public static isS3FilesVolume(x: unknown): x is S3FilesVolume {
    return hasTag('S3FilesVolume', x);
  }

  private constructor(
    /** The ARN of the file system. */
    public readonly fileSystemArn: string,
    /** @internal */
    public readonly _securityGroups: ec2.ISecurityGroup[],
    /** The ARN of the access point; undefined for the root of the file system. */
    public readonly accessPointArn?: string,
  ) {
    super('aws', fileSystemArn.split('/').at(-1) as string);
  }
}

tagClass('S3FilesVolume', S3FilesVolume);

function fileSystem({ fileSystemId, node }: efs.IFileSystem): string {
  return isUnresolved(fileSystemId) ? node.id : fileSystemId;
}
