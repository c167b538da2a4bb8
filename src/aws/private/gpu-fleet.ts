// By way of the root, which loads it at first use: few stacks have instances.
import { aws_autoscaling as autoscaling, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { TargetPlatform } from '../../constructs/target-platform';
import { broughtBytes, modelImageBytes } from '../../plan/compute';
import { isBrought } from '../../plan/models';
import { mibOf } from '../../plan/sizes';
import { renderError, ServingError } from '../../private/errors';
import { CpuArchitecture } from '../../workload/resources';
import type { EcsPlatformProps } from '../ecs-platform-props';
import { GpuCapacity } from '../gpu-capacity';
import { type GpuNeed, smallestType, tasksPerInstance } from '../instance-types';
import type { BoundBackend } from './bound-backend';
import { late } from './late';
import { FETCH_MEMORY_MIB } from './model-containers';
import { narrowed, without } from './narrowed-role';
import type { Network } from './network';
import { makeOutboundGroup } from './outbound';
import { rolloutPercents } from './rollout';

/** The root disk where nobody asks for more, and the part of it that images and logs take, in GiB. */
const DEFAULT_ROOT_GIB = 100;
const IMAGES_GIB = 60;

/** What CDK also gives to instances, for tasks without an execution role; ours have one that names the log group. */
const RIGHTS_OF_TASKS = ['ecr:GetAuthorizationToken', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** What the tasks of a backend with a GPU run on. The platform makes no constructs for a capacity provider that exists. */
export interface GpuInstances {
  readonly strategy: ecs.CapacityProviderStrategy;
  readonly autoScalingGroup?: autoscaling.AutoScalingGroup;
  readonly launchTemplate?: ec2.LaunchTemplate;
  readonly capacityProvider?: ecs.AsgCapacityProvider;
}

/** The instances with GPUs: one capacity provider for each instance type, made when the first backend needs it. */
export class GpuFleet {
  private readonly instances = new Map<string, GpuInstances>();
  private readonly users = new Map<string, BoundBackend[]>();
  private readonly types = new Map<string, string>();

  constructor(
    private readonly platform: TargetPlatform,
    private readonly props: EcsPlatformProps,
    private readonly network: Network,
  ) {}

  /** What a backend runs on; undefined for Fargate. */
  public instancesFor(backend: BoundBackend): GpuInstances | undefined {
    if (backend.intent.gpu === undefined) return undefined;
    const capacity = this.capacityFor(backend, needOf(backend));
    const key = capacity.capacityProviderName ?? capacity.instanceType;
    this.types.set(backend.intent.path, capacity.instanceType);
    this.users.set(key, [...(this.users.get(key) ?? []), backend]);
    const known = this.instances.get(key) ?? this.makeInstances(capacity, key);
    this.instances.set(key, known);
    return known;
  }

  /** The type of the instances that a backend runs on; undefined before it has any. */
  public instanceTypeOf(backend: string): string | undefined {
    return this.types.get(backend);
  }

  private capacityFor(backend: BoundBackend, need: GpuNeed): GpuCapacity {
    const { name, gpu, architecture } = backend.intent;
    const wish = `backend '${name}' (${need.gpus} x ${need.product ?? 'any GPU'}, ${need.cpus} virtual CPUs, ${need.memoryMib} MiB)`;
    if (gpu?.resourceName !== 'nvidia.com/gpu') {
      throw new ServingError(
        'Unsupported',
        `'${gpu?.resourceName}' of backend '${name}' is a Kubernetes resource name; use Gpu.nvidia() on AWS`,
        backend.scope,
      );
    }
    if (architecture === CpuArchitecture.ARM64) {
      throw new ServingError(
        'Unsupported',
        `'architecture' (${architecture}) of backend '${name}' is not to be had with a GPU: every instance type that this package knows has ${CpuArchitecture.AMD64}; leave it out`,
        backend.scope,
      );
    }
    const given = this.props.gpuCapacities ?? [];
    const fitting = given.find((capacity) => tasksPerInstance(capacity._type, need) > 0);
    if (fitting !== undefined) return checkDisk(fitting, backend);
    if (given.length > 0) {
      throw new ServingError(
        'InstanceTooSmall',
        `none of 'gpuCapacities' (${given.map((capacity) => capacity.instanceType).join(', ')}) holds ${wish}; add a larger one, or ask for less`,
        backend.scope,
      );
    }
    if (this.props.gpuCapacities !== undefined || this.props.cluster !== undefined) {
      throw new ServingError(
        'GpuOnFargate',
        `${wish} needs a GPU, which Fargate does not have; name the instances of the cluster with 'gpuCapacities'`,
        backend.scope,
      );
    }
    const type = smallestType(need);
    if (type === undefined) {
      throw new ServingError(
        'InstanceTooSmall',
        `no known instance type holds ${wish}; ask for less, or name the instances with 'gpuCapacities'`,
        backend.scope,
      );
    }
    return GpuCapacity.autoScalingGroup({ instanceType: type.name });
  }

  private makeInstances(capacity: GpuCapacity, key: string): GpuInstances {
    if (capacity.capacityProviderName !== undefined) return this.knownInstances(capacity.capacityProviderName);
    const cluster = this.ownCluster(capacity);
    const { minInstances = 0, maxInstances, terminationProtection = false } = capacity._options;
    const scope = this.platform;
    if (maxInstances !== undefined) {
      scope.node.addValidation({ validate: () => this.checkRoom(maxInstances, key, capacity) });
    }
    const launchTemplate = this.makeLaunchTemplate(capacity, key);
    const autoScalingGroup = new autoscaling.AutoScalingGroup(scope, `Gpu-${key.replace('.', '-')}`, {
      vpc: this.network.vpc,
      launchTemplate,
      minCapacity: minInstances,
      maxCapacity: maxInstances ?? late.number(() => Math.max(1, minInstances, this.instancesNeeded(key, capacity))),
      newInstancesProtectedFromScaleIn: terminationProtection,
    });
    const capacityProvider = new ecs.AsgCapacityProvider(autoScalingGroup, 'CapacityProvider', {
      autoScalingGroup,
      enableManagedTerminationProtection: terminationProtection,
      enableManagedDraining: true,
    });
    cluster.addAsgCapacityProvider(capacityProvider);
    const strategy = { capacityProvider: capacityProvider.capacityProviderName, weight: 1 };
    return { strategy, autoScalingGroup, launchTemplate, capacityProvider };
  }

  private knownInstances(capacityProvider: string): GpuInstances {
    if (this.props.cluster === undefined) {
      throw new ServingError(
        'ConflictingProps',
        `capacity provider '${capacityProvider}' in 'gpuCapacities' is one of a cluster that exists, but the platform makes a new cluster; name that with 'cluster'`,
        this.platform,
      );
    }
    return { strategy: { capacityProvider, weight: 1 } };
  }

  /** The cluster, where instances can be added to it: they name it, and it names their capacity provider. */
  private ownCluster(capacity: GpuCapacity): ecs.Cluster {
    const { cluster } = this.network;
    const group = `a new Auto Scaling group ('${capacity.instanceType}') cannot be added to`;
    if (!ecs.Cluster.isCluster(cluster)) {
      throw new ServingError(
        'ForeignResource',
        `${group} an imported cluster; use GpuCapacity.fromCapacityProviderName`,
        this.platform,
      );
    }
    if (Stack.of(cluster) !== Stack.of(this.platform)) {
      throw new ServingError(
        'ForeignResource',
        `${group} a cluster of another stack ('${Stack.of(cluster).node.path}'), because each stack would need the other; construct the platform in that stack, or add the group there and use GpuCapacity.fromCapacityProviderName`,
        this.platform,
      );
    }
    return cluster;
  }

  private makeLaunchTemplate(capacity: GpuCapacity, key: string): ec2.LaunchTemplate {
    const scope = this.platform;
    const id = `Gpu-${key.replace('.', '-')}`;
    const userData = ec2.UserData.forLinux();
    // Tasks cannot reach the credentials of the instance.
    userData.addCommands('echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config');
    return new ec2.LaunchTemplate(scope, `${id}-LaunchTemplate`, {
      instanceType: new ec2.InstanceType(capacity.instanceType),
      machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU),
      role: instanceRole(scope, `${id}-Role`),
      securityGroup: makeOutboundGroup(scope, `${id}-SecurityGroup`, {
        vpc: this.network.vpc,
        description: `Instances ${capacity.instanceType}`,
        outboundPeers: this.props.outboundPeers,
      }),
      userData,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(this.rootVolumeGib(capacity, key), {
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            throughput: 500,
            encrypted: true,
          }),
        },
      ],
    });
  }

  /** The disk as asked for, or enough for the images and the scratch files of the backends that will use it. */
  private rootVolumeGib(capacity: GpuCapacity, key: string): number {
    const asked = capacity._options.rootVolume;
    if (asked !== undefined) return asked.toGibibytes();
    return late.number(() =>
      Math.max(DEFAULT_ROOT_GIB, ...(this.users.get(key) ?? []).map((backend) => diskOf(capacity, backend))),
    );
  }

  /** A group that cannot hold every replica, those of a rollout included, would leave some waiting for ever. */
  private checkRoom(maxInstances: number, key: string, capacity: GpuCapacity): string[] {
    const needed = this.instancesNeeded(key, capacity);
    if (needed <= maxInstances) return [];
    const message = `'maxInstances' (${maxInstances}) of '${key}' must be at least ${needed}, which the replicas of its backends and their rollouts need; raise it, run fewer replicas, or use Rollout.inPlace()`;
    return [renderError('InstanceTooSmall', message, this.platform.node.path)];
  }

  /** The instances that hold every replica of the backends that use them, those of a rollout included. */
  private instancesNeeded(key: string, capacity: GpuCapacity): number {
    const plan = this.platform.plan();
    return (this.users.get(key) ?? []).reduce((total, backend) => {
      const { minReplicas, maxReplicas } = plan.backend(backend.intent.path);
      const replicas = Math.floor((maxReplicas * rolloutPercents(backend.intent.rollout, minReplicas).max) / 100);
      return total + Math.ceil(replicas / tasksPerInstance(capacity._type, needOf(backend)));
    }, 0);
  }
}

/**
 * The disk of an instance full of a backend's replicas, in GiB: images and logs, images of models packed and unpacked, and
 * for each replica its scratch files and the models that are brought to it.
 */
function diskOf(capacity: GpuCapacity, backend: BoundBackend): number {
  const models = backend.modelPlans;
  const scratch = Math.max(backend.intent.ephemeralStorageMib ?? 0, mibOf(broughtBytes(models)));
  const replicas = tasksPerInstance(capacity._type, needOf(backend));
  return IMAGES_GIB + Math.ceil((mibOf(2 * modelImageBytes(models)) + scratch * replicas) / 1024);
}

function checkDisk(capacity: GpuCapacity, backend: BoundBackend): GpuCapacity {
  const { rootVolume } = capacity._options;
  const disk = diskOf(capacity, backend);
  if (rootVolume === undefined || disk === IMAGES_GIB || rootVolume.toGibibytes() >= disk) return capacity;
  throw new ServingError(
    'InstanceTooSmall',
    `'rootVolume' (${rootVolume}) of '${capacity.instanceType}' must be at least ${disk} GiB: images take ${IMAGES_GIB} GiB, the rest is 'ephemeralStorage' or models of backend '${backend.intent.name}'`,
    backend.scope,
  );
}

/** The role of the instances: what their agent needs, and nothing that the execution roles of the tasks have. */
function instanceRole(scope: TargetPlatform, id: string): iam.IRole {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  return narrowed(role, (statement) => without(RIGHTS_OF_TASKS, statement));
}

/** What a task needs. ECS counts the memory of containers that have ended, too. */
function needOf(backend: BoundBackend): GpuNeed {
  const { gpu, cpu, memoryMib } = backend.intent;
  const brought = backend.modelPlans.filter(({ delivery }) => isBrought(delivery)).length;
  return {
    gpus: gpu?.count ?? 0,
    cpus: cpu,
    memoryMib: memoryMib + brought * FETCH_MEMORY_MIB,
    product: gpu?.product,
  };
}
