import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { BackendBinding } from '../../constructs/bindings';
import type { ModelVolume } from '../../models/model-volume';
import { ServingError } from '../../private/errors';
import { EfsVolume, S3FilesVolume } from '../efs-volume';
import type { BoundBackend, ServedTask } from './bound-backend';
import { acceptsRules } from './outbound';

/** The port of NFS, the protocol of EFS and S3 Files. */
const NFS_PORT = 2049;

/**
 * Mounts the volumes with models into the server container, and allows the task role to mount them.
 *
 * @param firstPosition the number of volumes that the task has already
 */
export function addModelVolumes(
  backend: BoundBackend,
  { definition, server }: ServedTask,
  firstPosition: number,
): void {
  let position = firstPosition;
  backend.models.forEach((model, index) => {
    const { volume, directory } = model._resources;
    if (volume === undefined) return;
    const { name: title, mountPath } = model._intent();
    const enclosing = backend.volumes.find((other) => mountPath.startsWith(`${other.mountPath}/`));
    if (enclosing !== undefined) {
      throw new ServingError(
        'ModelPathClash',
        `'path' ('${mountPath}') of model '${title}' is inside the read-only volume at '${enclosing.mountPath}', which other models are fetched into; set another 'path' for one of them`,
        backend.scope,
      );
    }
    const name = `volume-${index}`;
    const mount: Mount = { backend, title, name, directory, position };
    if (EfsVolume.isEfsVolume(volume)) addEfs(definition, volume, mount);
    else if (S3FilesVolume.isS3FilesVolume(volume)) addS3Files(definition, volume, mount);
    else {
      throw new ServingError(
        'ForeignResource',
        `the volume of model '${title}' cannot be mounted by ECS; use aws.EfsVolume or aws.S3FilesVolume`,
        backend.scope,
      );
    }
    position += 1;
    server.addMountPoints({ sourceVolume: name, containerPath: mountPath, readOnly: true });
  });
}

/** Mounts the volume that outlives the replicas. Only the POSIX user of an access point owns files for every container user. */
export function addCacheVolume(backend: BoundBackend, { definition, server }: ServedTask): void {
  const { cache, intent, scope } = backend;
  if (cache === undefined) return;
  const { _volume: volume } = cache;
  const { path, volume: title } = cache._intent();
  if (!EfsVolume.isEfsVolume(volume) || volume._accessPoint === undefined) {
    throw new ServingError(
      'Unsupported',
      `the cache volume '${title}' of backend '${intent.name}' must be an EFS volume with an access point, whose user owns the files; use aws.EfsVolume.fromFileSystem with 'accessPoint'`,
      scope,
    );
  }
  definition.addVolume({ name: 'cache', efsVolumeConfiguration: configurationOf(volume) });
  volume._fileSystem.grantReadWrite(definition.taskRole);
  server.addMountPoints({ sourceVolume: 'cache', containerPath: path, readOnly: false });
}

/**
 * Allows a backend to connect to its mount targets. The rules are in the backend's stack, so that stacks form no cycle. A group
 * that is imported with `mutable: false` is not changed.
 */
export function reachModelVolumes(
  backend: BackendBinding,
  securityGroup: ec2.ISecurityGroup,
  service: IConstruct,
): void {
  const groups = new Set(
    volumesOf(backend).flatMap((volume) => {
      if (S3FilesVolume.isS3FilesVolume(volume)) return volume._securityGroups;
      if (!EfsVolume.isEfsVolume(volume)) return [];
      service.node.addDependency(volume._fileSystem.mountTargetsAvailable);
      return volume._fileSystem.connections.securityGroups;
    }),
  );
  for (const group of groups) {
    if (!securityGroup.allowAllOutbound)
      securityGroup.addEgressRule(group, ec2.Port.tcp(NFS_PORT), 'Models in volumes');
    if (!acceptsRules(group)) continue;
    // From the group, not its position: a rule that moves to another resource exists twice during an update, which fails.
    new ec2.CfnSecurityGroupIngress(securityGroup, `ToVolume${group.node.addr.slice(-8)}`, {
      ipProtocol: 'tcp',
      fromPort: NFS_PORT,
      toPort: NFS_PORT,
      groupId: group.securityGroupId,
      sourceSecurityGroupId: securityGroup.securityGroupId,
      description: `Models of backend ${backend.intent.slug}`,
    });
  }
}

function volumesOf({ models, cache }: BackendBinding): (ModelVolume | undefined)[] {
  return [...models.map(({ _resources: { volume } }) => volume), cache?._volume];
}

/** How ECS mounts an EFS volume. */
function configurationOf(
  { _fileSystem: { fileSystemId }, _accessPoint: accessPoint }: EfsVolume,
  directory?: string,
): ecs.EfsVolumeConfiguration {
  return {
    fileSystemId,
    rootDirectory: rootOf(directory),
    transitEncryption: 'ENABLED',
    authorizationConfig: { iam: 'ENABLED', accessPointId: accessPoint?.accessPointId },
  };
}

/** The volume of one model in a task. */
interface Mount {
  readonly backend: BackendBinding;
  /** The name of the model. */
  readonly title: string;
  /** The name of the volume. */
  readonly name: string;
  readonly directory?: string;
  /** How many volumes the task has already. */
  readonly position: number;
}

function addEfs(definition: ecs.TaskDefinition, volume: EfsVolume, mount: Mount): void {
  const { _fileSystem: fileSystem, _accessPoint: accessPoint } = volume;
  const { name, directory } = mount;
  checkDirectory(mount, accessPoint);
  definition.addVolume({ name, efsVolumeConfiguration: configurationOf(volume, directory) });
  fileSystem.grantRead(definition.taskRole);
}

function addS3Files(definition: ecs.TaskDefinition, volume: S3FilesVolume, mount: Mount): void {
  const { fileSystemArn, accessPointArn } = volume;
  const { backend, title, name, directory, position } = mount;
  checkDirectory(mount, accessPointArn);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html
  if (!definition.isFargateCompatible) {
    throw new ServingError(
      'Unsupported',
      `the volume of model '${title}' is an S3 Files volume, which ECS supports only on Fargate, but backend '${backend.intent.name}' runs on instances because of its GPU; use Model.fromS3 or aws.EfsVolume`,
      backend.scope,
    );
  }
  definition.addVolume({ name });
  // CDK has no prop for it.
  const task = definition.node.findChild('Resource') as ecs.CfnTaskDefinition;
  task.addPropertyOverride(`Volumes.${position}.S3FilesVolumeConfiguration`, {
    FileSystemArn: fileSystemArn,
    AccessPointArn: accessPointArn,
    RootDirectory: rootOf(directory),
  });
  definition.addToTaskRolePolicy(
    new iam.PolicyStatement({ actions: ['s3files:ClientMount'], resources: [fileSystemArn] }),
  );
}

function rootOf(directory: string | undefined): string | undefined {
  return directory === undefined ? undefined : `/${directory}`;
}

function checkDirectory({ backend, title, directory }: Mount, accessPoint: unknown): void {
  if (accessPoint === undefined || directory === undefined) return;
  throw new ServingError(
    'ConflictingProps',
    `'directory' ('${directory}') of model '${title}' conflicts with the access point of its volume, which determines the directory; remove it, or create an access point for it`,
    backend.scope,
  );
}
