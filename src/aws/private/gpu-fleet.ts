// Imported from the root, which loads it at first use: few stacks have instances.
import { aws_autoscaling as autoscaling, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { TargetPlatform } from '../../constructs/target-platform';
import { modelImageBytes, transferredBytes } from '../../plan/compute';
import { describeGpus, NVIDIA_GPU } from '../../plan/gpus';
import type { GpuIntent } from '../../plan/intents';
import { isTransferred } from '../../plan/models';
import { replicaUse } from '../../plan/sidecars';
import { mibOf } from '../../plan/sizes';
import { renderError, ServingError } from '../../private/errors';
import { CpuArchitecture } from '../../workload/resources';
import type { EcsPlatformProps } from '../ecs-platform-props';
import { GpuCapacity } from '../gpu-capacity';
import { type GpuNeed, smallestType, tasksPerInstance } from '../instance-types';
import type { BoundBackend } from './bound-backend';
import { type CapacityUse, instancesFor, otherWay } from './capacity-use';
import { isOffered, namesOf, unknownGpu } from './gpu-advice';
import { late } from './late';
import { FETCH_MEMORY_MIB } from './model-containers';
import { narrowed, without } from './narrowed-role';
import { makeCluster, type Network } from './network';
import { makeOutboundGroup } from './outbound';

/** The default size of the root volume, and the part of it that images and logs use, in GiB. */
const DEFAULT_ROOT_GIB = 100;
const IMAGES_GIB = 60;

/** Permissions that CDK grants instances for tasks without an execution role. All our tasks have one. */
const TASK_ACTIONS = ['ecr:GetAuthorizationToken', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** The instances of a backend with a GPU. There are no constructs for an existing capacity provider. */
export interface GpuInstances {
  readonly strategy: ecs.CapacityProviderStrategy;
  /** The cluster that they belong to. */
  readonly cluster: ecs.ICluster;
  readonly autoScalingGroup?: autoscaling.AutoScalingGroup;
  readonly launchTemplate?: ec2.LaunchTemplate;
  readonly capacityProvider?: ecs.AsgCapacityProvider;
}

/**
 * The GPU instances: one capacity provider for each instance type, created when the first backend needs it.
 *
 * Each has a cluster of its own, unless the platform has an existing one. A cluster has one list of its providers, and ECS does
 * not remove a provider from it while tasks use it, which they do until the end of an update. With clusters of their own,
 * providers and the services on them are added and removed together.
 */
export class GpuFleet {
  private readonly instances = new Map<string, GpuInstances>();
  private readonly users = new Map<string, BoundBackend[]>();
  private readonly capacities = new Map<string, GpuCapacity>();

  constructor(
    private readonly platform: TargetPlatform,
    private readonly props: EcsPlatformProps,
    private readonly network: Network,
  ) {
    // All of them, whether or not a backend needs them: a backend can then move to another one before it is removed.
    for (const capacity of props.cluster === undefined ? [] : (props.gpuCapacities ?? [])) {
      if (capacity.capacityProviderName === undefined) this.makeInstancesOnce(capacity);
    }
  }

  /** The instances that a backend runs on; undefined for Fargate. */
  public instancesFor(backend: BoundBackend): GpuInstances | undefined {
    if (backend.intent.gpu === undefined) return undefined;
    const capacity = this.capacityFor(backend, needOf(backend));
    const key = capacity.capacityProviderName ?? capacity.instanceType;
    this.capacities.set(backend.intent.path, capacity);
    this.users.set(key, [...(this.users.get(key) ?? []), backend]);
    return this.makeInstancesOnce(capacity);
  }

  private makeInstancesOnce(capacity: GpuCapacity): GpuInstances {
    const key = capacity.capacityProviderName ?? capacity.instanceType;
    const instances = this.instances.get(key) ?? this.makeInstances(capacity, key);
    this.instances.set(key, instances);
    return instances;
  }

  /** The capacity that a backend runs on; undefined until it has any. */
  public capacityOf(backend: string): GpuCapacity | undefined {
    return this.capacities.get(backend);
  }

  private capacityFor(backend: BoundBackend, need: GpuNeed): GpuCapacity {
    const { name, architecture } = backend.intent;
    const gpu = backend.intent.gpu as GpuIntent;
    const gpus = describeGpus(gpu, 'any GPU');
    const request = `backend '${name}' (${gpus}, ${need.cpus} vCPUs, ${need.memoryMib} MiB)`;
    refuseOtherDevices(gpu, backend);
    if (architecture === CpuArchitecture.ARM64) {
      throw new ServingError(
        'Unsupported',
        `'architecture' (${architecture}) of backend '${name}' is not supported with a GPU, because every supported instance type is ${CpuArchitecture.AMD64}; remove it`,
        backend.scope,
      );
    }
    const configured = this.props.gpuCapacities ?? [];
    const fitting = configured.find((capacity) => tasksPerInstance(capacity._type, need) > 0);
    if (fitting !== undefined) return checkDisk(fitting, backend);
    if (!isOffered(need, configured)) {
      throw new ServingError('UnknownGpu', unknownGpu(need, configured, request), backend.scope);
    }
    if (configured.length > 0) {
      throw new ServingError(
        'InstanceTooSmall',
        `none of 'gpuCapacities' (${namesOf(configured)}) is large enough for ${request}; add a larger one, or request less`,
        backend.scope,
      );
    }
    if (this.props.gpuCapacities !== undefined || this.props.cluster !== undefined) {
      throw new ServingError(
        'GpuOnFargate',
        `${request} requires a GPU, which Fargate does not support; add the GPU instances of the cluster to 'gpuCapacities'`,
        backend.scope,
      );
    }
    const type = smallestType(need);
    if (type === undefined) {
      throw new ServingError(
        'InstanceTooSmall',
        `no supported instance type is large enough for ${request}; request fewer GPUs, less CPU or less memory`,
        backend.scope,
      );
    }
    return GpuCapacity.autoScalingGroup({ instanceType: type.name });
  }

  private makeInstances(capacity: GpuCapacity, key: string): GpuInstances {
    if (capacity.capacityProviderName !== undefined) return this.existingInstances(capacity.capacityProviderName);
    const { minInstances = 0, maxInstances, terminationProtection = false } = capacity._options;
    if (maxInstances !== undefined) {
      this.platform.node.addValidation({ validate: () => this.checkCapacity(maxInstances, key, capacity) });
    }
    const scope = new Construct(this.platform, `Gpu-${key.replace('.', '-')}`);
    const cluster = this.clusterFor(capacity, scope);
    const launchTemplate = this.makeLaunchTemplate(capacity, key, scope);
    const autoScalingGroup = new autoscaling.AutoScalingGroup(scope, 'AutoScalingGroup', {
      vpc: this.network.vpc,
      vpcSubnets: this.network.tasks.subnets.selection,
      launchTemplate,
      minCapacity: minInstances,
      maxCapacity: maxInstances ?? late.number(() => Math.max(1, minInstances, this.instancesNeeded(key, capacity))),
      newInstancesProtectedFromScaleIn: terminationProtection,
    });
    this.network.tasks.startAfterRoutes(autoScalingGroup);
    const capacityProvider = new ecs.AsgCapacityProvider(scope, 'CapacityProvider', {
      autoScalingGroup,
      enableManagedTerminationProtection: terminationProtection,
      enableManagedDraining: true,
    });
    cluster.addAsgCapacityProvider(capacityProvider);
    const strategy = { capacityProvider: capacityProvider.capacityProviderName, weight: 1 };
    return { strategy, cluster, autoScalingGroup, launchTemplate, capacityProvider };
  }

  private existingInstances(capacityProvider: string): GpuInstances {
    if (this.props.cluster === undefined) {
      throw new ServingError(
        'ConflictingProps',
        `capacity provider '${capacityProvider}' in 'gpuCapacities' belongs to an existing cluster, but the platform creates a new one; set 'cluster'`,
        this.platform,
      );
    }
    return { strategy: { capacityProvider, weight: 1 }, cluster: this.network.cluster };
  }

  /** The existing cluster, if instances can be added to it: they refer to it, and it refers to their capacity provider. */
  private clusterFor(capacity: GpuCapacity, scope: Construct): ecs.Cluster {
    const { cluster } = this.props;
    if (cluster === undefined) return makeCluster(scope, this.network.vpc);
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
        `${group} a cluster of another stack ('${Stack.of(cluster).node.path}'), because the stacks would depend on each other; create the platform in that stack, or add the group there and use GpuCapacity.fromCapacityProviderName`,
        this.platform,
      );
    }
    return cluster;
  }

  private makeLaunchTemplate(capacity: GpuCapacity, key: string, scope: Construct): ec2.LaunchTemplate {
    const userData = ec2.UserData.forLinux();
    // Blocks tasks from the credentials of the instance role.
    userData.addCommands('echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config');
    return new ec2.LaunchTemplate(scope, 'LaunchTemplate', {
      instanceType: new ec2.InstanceType(capacity.instanceType),
      machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.GPU),
      role: instanceRole(scope, 'Role'),
      securityGroup: makeOutboundGroup(scope, 'SecurityGroup', {
        vpc: this.network.vpc,
        description: 'GPU instances',
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

  /** The configured size, or enough for the images and scratch files of all backends that use the instances. */
  private rootVolumeGib(capacity: GpuCapacity, key: string): number {
    const { rootVolume } = capacity._options;
    if (rootVolume !== undefined) return rootVolume.toGibibytes();
    return late.number(() =>
      Math.max(DEFAULT_ROOT_GIB, ...(this.users.get(key) ?? []).map((backend) => diskOf(capacity, backend))),
    );
  }

  /** If a group cannot run all replicas, including those of a rollout, some stay pending forever. */
  private checkCapacity(maxInstances: number, key: string, capacity: GpuCapacity): string[] {
    const uses = this.usesOf(key, capacity);
    const needed = instancesFor(uses);
    if (needed <= maxInstances) return [];
    const message = `'maxInstances' (${maxInstances}) of '${key}' must be at least ${needed} for the replicas of its backends, including those of a rollout; raise it${otherWay(uses, maxInstances)}`;
    return [renderError('InstanceTooSmall', message, this.platform.node.path)];
  }

  /** The number of instances for all replicas of the backends that use them, including those of a rollout. */
  private instancesNeeded(key: string, capacity: GpuCapacity): number {
    return instancesFor(this.usesOf(key, capacity));
  }

  private usesOf(key: string, capacity: GpuCapacity): CapacityUse[] {
    const plan = this.platform.plan();
    return (this.users.get(key) ?? []).map((backend) => {
      const { name, rollout, path } = backend.intent;
      const { minReplicas, maxReplicas } = plan.backend(path);
      return {
        name,
        rollout,
        minReplicas,
        maxReplicas,
        perInstance: tasksPerInstance(capacity._type, needOf(backend)),
      };
    });
  }
}

/**
 * The disk that an instance needs when it runs as many replicas of a backend as fit, in GiB: images and logs, model images
 * compressed and extracted, and for each replica its scratch files and the models that are fetched or copied to it.
 */
function diskOf(capacity: GpuCapacity, backend: BoundBackend): number {
  const models = backend.modelPlans;
  const scratch = Math.max(backend.intent.ephemeralStorageMib ?? 0, mibOf(transferredBytes(models)));
  const replicas = tasksPerInstance(capacity._type, needOf(backend));
  return IMAGES_GIB + Math.ceil((mibOf(2 * modelImageBytes(models)) + scratch * replicas) / 1024);
}

function checkDisk(capacity: GpuCapacity, backend: BoundBackend): GpuCapacity {
  const { rootVolume } = capacity._options;
  const disk = diskOf(capacity, backend);
  if (rootVolume === undefined || disk === IMAGES_GIB || rootVolume.toGibibytes() >= disk) return capacity;
  throw new ServingError(
    'InstanceTooSmall',
    `'rootVolume' (${rootVolume}) of '${capacity.instanceType}' must be at least ${disk} GiB: ${IMAGES_GIB} GiB for images, the rest for 'ephemeralStorage' or the models of backend '${backend.intent.name}'`,
    backend.scope,
  );
}

/** The instance role, with the permissions of the agent and without those of the tasks' execution roles. */
function instanceRole(scope: Construct, id: string): iam.IRole {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  return narrowed(role, (statement) => without(TASK_ACTIONS, statement));
}

/** Only whole NVIDIA GPUs can be requested by number from the container agent. */
function refuseOtherDevices({ resourceName, mig, shared }: GpuIntent, { intent: { name }, scope }: BoundBackend): void {
  const smaller = "request a smaller GPU, such as Gpu.nvidia({ product: 'L4' }), or run the backend on Kubernetes";
  const part = mig !== undefined ? `'mig' ('${mig}')` : shared === true ? "'shared' (true)" : undefined;
  if (part !== undefined) {
    const message = `${part} of backend '${name}' is not supported on ECS, where tasks get whole GPUs; ${smaller}`;
    throw new ServingError('Unsupported', message, scope);
  }
  if (resourceName === NVIDIA_GPU) return;
  throw new ServingError(
    'Unsupported',
    `'${resourceName}' of backend '${name}' is not supported on ECS, where tasks get NVIDIA GPUs; use Gpu.nvidia(), or run the backend on Kubernetes`,
    scope,
  );
}

/** The resources that a task needs. ECS also counts the memory of containers that have exited. */
function needOf(backend: BoundBackend): GpuNeed {
  const { gpu } = backend.intent;
  const { cpu, memoryMib } = replicaUse(backend.intent);
  const brought = backend.modelPlans.filter(({ delivery }) => isTransferred(delivery)).length;
  return {
    gpus: gpu?.count ?? 0,
    cpus: cpu,
    memoryMib: memoryMib + brought * FETCH_MEMORY_MIB,
    product: gpu?.product,
    models: gpu?.models,
    gpuMemoryMib: gpu?.memoryMib,
    customProduct: gpu?.customProduct,
  };
}
