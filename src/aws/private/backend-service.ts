import { Duration, Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { BackendBinding } from '../../constructs/bindings';
import type { BackendIntent } from '../../plan/intents';
import type { BackendPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import type { EcsPlatformProps } from '../ecs-platform-props';
import type { TaskSettingsOptions } from '../task-settings-options';
import { BackendMetrics } from './backend-metrics';
import type { BoundBackend } from './bound-backend';
import type { GpuFleet, GpuInstances } from './gpu-fleet';
import { late } from './late';
import { reachModelVolumes } from './model-volumes';
import type { Network } from './network';
import { makeOutboundGroup } from './outbound';
import { type RolloutPercents, rolloutPercents } from './rollout';
import { serviceTags } from './service-tags';
import { gatePortOf } from './smoke-gate';
import { ID_SUFFIXES, makeTargetGroup } from './target-group';
import { makeTask, type Task } from './task';

/** An address for documentation, which no caller has: a rule with it attaches a target group and matches no request. */
const UNUSED_ADDRESS = '192.0.2.1/32';

/** The id of the anchor rule of a backend. */
export function anchorId({ protocol }: BackendIntent): string {
  return `Anchor${ID_SUFFIXES[protocol]}`;
}

/** The platform's resources that the service of a backend uses. */
export interface BackendSurroundings {
  /** The plan of the backend, including later declarations. */
  readonly plan: () => BackendPlan;
  readonly network: Network;
  readonly fleet: GpuFleet;
}

/** The service of one backend with its task, target group and security group, in the backend's stack. */
export class BackendService {
  public readonly task: Task;
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly service: ecs.BaseService;
  public readonly cfnService: ecs.CfnService;
  /** The rule that attaches the target group to the listener. */
  public readonly anchor: elbv2.CfnListenerRule;
  public readonly metrics: BackendMetrics;
  /** The instances that it runs on; undefined for Fargate. */
  public readonly instances?: GpuInstances;
  /** Its scalable target; undefined until it has an autoscaling policy. */
  public scalableTaskCount?: ecs.ScalableTaskCount;

  private readonly intent: BackendIntent;

  constructor(
    private readonly backend: BoundBackend,
    props: EcsPlatformProps,
    private readonly surroundings: BackendSurroundings,
  ) {
    this.intent = backend.intent;
    this.metrics = new BackendMetrics(this, surroundings.network);
    this.instances = surroundings.fleet.instancesFor(backend);
    const provider = this.instances?.strategy;
    if (provider === undefined) refusePlacement(backend);
    this.task = makeTask(backend, () => this.plan, props, provider === undefined);
    this.network.tasks.add(backend, this.task, provider !== undefined);
    this.securityGroup = this.makeSecurityGroup(props.outboundPeers);
    this.targetGroup = makeTargetGroup(backend, this.network.vpc, () => this.plan);
    this.service = this.makeService(provider);
    this.cfnService = this.service.node.findChild('Service') as ecs.CfnService;
    reachModelVolumes(backend, this.securityGroup, this.cfnService);
    this.setRollout();
    this.setCircuitBreaker();
    if (provider !== undefined) this.keepEmptyPlacement();
    this.waitFor(this.instances?.cluster);
    this.network.tasks.startAfterRoutes(this.cfnService);
    this.joinBackends();
    this.tag();
    this.targetGroup.addTarget(
      this.service.loadBalancerTarget({
        containerName: this.task.server.containerName,
        containerPort: this.intent.port,
      }),
    );
    this.anchor = this.makeAnchor();
    this.cfnService.addResourceDependency(this.anchor);
  }

  private get plan(): BackendPlan {
    return this.surroundings.plan();
  }

  private get network(): Network {
    return this.surroundings.network;
  }

  /** Allows traffic from the load balancer only. The rules are in this stack, so that the platform's stack refers to none. */
  private makeSecurityGroup(outboundPeers?: ec2.IPeer[]): ec2.SecurityGroup {
    const { vpc, securityGroup: balancer } = this.network;
    // A description cannot be changed, so it contains nothing that can.
    const description = 'Tasks of a backend';
    const group = makeOutboundGroup(this.backend.scope, 'SecurityGroup', { vpc, description, outboundPeers });
    const allow = (id: string, port: number, what: string): void => {
      new ec2.CfnSecurityGroupIngress(group, id, {
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
        groupId: group.securityGroupId,
        sourceSecurityGroupId: balancer.securityGroupId,
        description: `${what} from the load balancer`,
      });
    };
    allow('FromLoadBalancer', this.intent.port, 'Requests');
    const gatePort = gatePortOf(this.intent);
    if (gatePort !== undefined) allow('ChecksFromLoadBalancer', gatePort, 'Health checks');
    return group;
  }

  /** Attaches the target group to the listener before any endpoint uses it, with a rule that never changes. */
  private makeAnchor(): elbv2.CfnListenerRule {
    return new elbv2.CfnListenerRule(this.backend.scope, anchorId(this.intent), {
      listenerArn: this.network.listenerArn,
      priority: late.number(() => this.plan.anchor?.priority),
      conditions: [{ field: 'source-ip', sourceIpConfig: { values: [UNUSED_ADDRESS] } }],
      actions: [{ type: 'forward', targetGroupArn: this.targetGroup.targetGroupArn }],
    });
  }

  private makeService(provider: ecs.CapacityProviderStrategy | undefined): ecs.BaseService {
    const { rollout, gpu, protocol } = this.intent;
    const { selection, arePublic } = this.network.tasks.subnets;
    const settings: TaskSettingsOptions = this.backend.settings;
    const id = `Service${ID_SUFFIXES[protocol]}`;
    const common = {
      cluster: this.instances?.cluster ?? this.network.cluster,
      desiredCount: late.number(() => (this.plan.autoscaling === undefined ? this.plan.minReplicas : undefined)),
      vpcSubnets: selection,
      assignPublicIp: provider === undefined ? arePublic : undefined,
      securityGroups: [this.securityGroup],
      minHealthyPercent: rollout.availablePercent,
      maxHealthyPercent: 100 + rollout.surgePercent,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(late.number(() => this.plan.times.startup)),
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      enableExecuteCommand: settings.enableExecuteCommand ?? false,
      // Rebalancing restarts tasks, which is cheap only if they do not load large models.
      availabilityZoneRebalancing:
        gpu === undefined && rollout.surgePercent > 0
          ? ecs.AvailabilityZoneRebalancing.ENABLED
          : ecs.AvailabilityZoneRebalancing.DISABLED,
    };
    return provider === undefined
      ? new ecs.FargateService(this.backend.scope, id, {
          ...common,
          taskDefinition: this.task.definition as ecs.FargateTaskDefinition,
        })
      : new ecs.Ec2Service(this.backend.scope, id, {
          ...common,
          taskDefinition: this.task.definition as ecs.Ec2TaskDefinition,
          capacityProviderStrategies: [provider],
          placementStrategies: settings.placementStrategies ?? [ecs.PlacementStrategy.packedByMemory()],
          placementConstraints: settings.placementConstraints,
        });
  }

  /** A number of failed tasks instead of the share of ECS. The L2 has no property for it. */
  private setCircuitBreaker(): void {
    const { circuitBreakerThreshold }: TaskSettingsOptions = this.backend.settings;
    if (circuitBreakerThreshold === undefined) return;
    this.cfnService.addPropertyOverride('DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration', {
      Type: 'COUNT',
      Value: circuitBreakerThreshold,
    });
  }

  /** Lazy, because an autoscaling policy can still change the minimum number of replicas. A surge of 100 % fits any number. */
  private setRollout(): void {
    if (this.intent.rollout.surgePercent >= 100) return;
    const percents = (): RolloutPercents => rolloutPercents(this.intent.rollout, this.plan.minReplicas);
    const configuration = 'DeploymentConfiguration';
    this.cfnService.addPropertyOverride(
      `${configuration}.MinimumHealthyPercent`,
      late.number(() => percents().min),
    );
    this.cfnService.addPropertyOverride(
      `${configuration}.MaximumPercent`,
      late.number(() => percents().max),
    );
  }

  /**
   * CDK omits empty lists, and ECS then keeps those of an earlier deployment.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
   */
  private keepEmptyPlacement(): void {
    const { placementConstraints = [], placementStrategies }: TaskSettingsOptions = this.backend.settings;
    if (placementConstraints.length === 0) this.cfnService.addPropertyOverride('PlacementConstraints', []);
    if (placementStrategies?.length === 0) this.cfnService.addPropertyOverride('PlacementStrategies', []);
  }

  /**
   * Adds the dependencies that CDK does not: tasks require the policies of their execution role and outbound traffic. A
   * capacity provider must be associated with the cluster, by a resource that CDK creates below the cluster at synthesis.
   */
  private waitFor(cluster: ecs.ICluster | undefined): void {
    const { executionRole } = this.task.definition;
    if (executionRole !== undefined) this.cfnService.node.addDependency(executionRole);
    if (cluster !== undefined) this.cfnService.node.addDependency(cluster);
    // These rules are separate resources, and without them the first tasks could not pull their images.
    if (!this.securityGroup.allowAllOutbound) this.cfnService.node.addDependency(this.securityGroup);
  }

  /**
   * Adds the group that the load balancer connects to. Not as a group of the service, because `connections` would then apply to
   * all backends.
   */
  private joinBackends(): void {
    const { backendGroup } = this.network;
    if (backendGroup === undefined) return;
    const groups = () => [...this.service.connections.securityGroups, backendGroup];
    this.cfnService.addPropertyOverride(
      'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups',
      late.list(() => groups().map(({ securityGroupId }) => securityGroupId)),
    );
  }

  private tag(): void {
    const { tags = {} }: TaskSettingsOptions = this.backend.settings;
    for (const [key, value] of Object.entries(tags)) Tags.of(this.backend.scope).add(key, value);
    for (const [key, value] of Object.entries(serviceTags(this.intent))) this.cfnService.tags.setTag(key, value);
  }

  /** The construct that contains the resources. */
  public get scope(): Construct {
    return this.backend.scope;
  }

  /** The part of the ARN by which CloudWatch and Application Auto Scaling identify the target group. */
  public get targetGroupFullName(): string {
    return this.targetGroup.targetGroupFullName;
  }

  /** The stack that the backend's resources are in. */
  public get stack(): Stack {
    return Stack.of(this.backend.scope);
  }
}

/** AWS places the tasks of Fargate. */
function refusePlacement({ intent, scope, settings }: BackendBinding): void {
  const { placementConstraints, placementStrategies }: TaskSettingsOptions = settings;
  for (const [option, list] of Object.entries({ placementConstraints, placementStrategies })) {
    if (list === undefined || list.length === 0) continue;
    throw new ServingError(
      'Unsupported',
      `'${option}' of backend '${intent.name}' is not supported on Fargate, which has no instances to choose from; remove it, or run the backend on instances with 'gpu'`,
      scope,
    );
  }
}
