import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FleetEndpoint, FleetPlatform } from '../fleet';
import { Network } from './aws-network';

const PORT = 8000;
const BUCKET = 'example-models';
/** Fetches what is missing, and fails for an empty prefix. */
const FETCH_SCRIPT = [
  'n=1; until aws s3 sync --no-progress --size-only --delete "$1" "$2"; do [ "$n" -lt 5 ] || exit 1; sleep "$n"; n=$((n + 1)); done',
  '[ -n "$(ls -A "$2")" ] || { echo "no objects exist below $1" >&2; exit 1; }',
].join('\n');

interface BackendProps {
  readonly network: Network;
  readonly image: string;
  readonly command: string[];
  readonly environment?: Record<string, string>;
  readonly stopSeconds: number;
  readonly graceSeconds: number;
  readonly healthPath: string;
  readonly healthyCodes: string;
  /** The prefix in the bucket of models, and the directory that it is copied to. */
  readonly model?: { readonly prefix: string; readonly path: string };
  readonly desiredCount?: number;
}

class Backend extends Construct {
  readonly service: ecs.FargateService;
  readonly cfnService: ecs.CfnService;
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  constructor(
    scope: Construct,
    readonly id: string,
    props: BackendProps,
  ) {
    super(scope, id);
    const { network } = props;
    const taskDefinition = this.makeTask(props);
    const securityGroup = this.makeSecurityGroup(network);
    this.targetGroup = new elbv2.ApplicationTargetGroup(this, 'TargetGroup', {
      vpc: network.vpc,
      port: PORT,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      loadBalancingAlgorithmType: elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
      deregistrationDelay: Duration.seconds(70),
      healthCheck: {
        protocol: elbv2.Protocol.HTTP,
        port: 'traffic-port',
        path: props.healthPath,
        healthyHttpCodes: props.healthyCodes,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: network.cluster,
      taskDefinition,
      desiredCount: props.desiredCount,
      assignPublicIp: false,
      securityGroups: [securityGroup, network.backendGroup],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(props.graceSeconds),
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      enableExecuteCommand: false,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
    });
    this.cfnService = this.service.node.defaultChild as ecs.CfnService;
    this.cfnService.node.addDependency(taskDefinition.obtainExecutionRole());
    // Tasks start after the routes out of their subnets exist.
    this.cfnService.node.addDependency(network.vpc.selectSubnets().internetConnectivityEstablished);
    this.cfnService.tags.setTag('serving:backend', id);
    this.targetGroup.addTarget(this.service);
    // A rule that no request matches attaches the target group before the service starts.
    const anchor = new elbv2.CfnListenerRule(this, 'Anchor', {
      listenerArn: network.listener.listenerArn,
      priority: network.nextAnchor++,
      conditions: [{ field: 'source-ip', sourceIpConfig: { values: ['192.0.2.1/32'] } }],
      actions: [{ type: 'forward', targetGroupArn: this.targetGroup.targetGroupArn }],
    });
    this.cfnService.addResourceDependency(anchor);
  }

  private makeTask(props: BackendProps): ecs.FargateTaskDefinition {
    const logGroup = new logs.LogGroup(this, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH });
    const definition = new ecs.FargateTaskDefinition(this, 'TaskDefinition', { cpu: 1024, memoryLimitMiB: 2048 });
    for (const role of [definition.taskRole, definition.obtainExecutionRole()]) this.separateRights(role);
    const server = definition.addContainer('Server', {
      image: ecs.ContainerImage.fromRegistry(props.image),
      entryPoint: props.command.slice(0, 1),
      command: props.command.slice(1),
      environment: { HOME: '/tmp', ...props.environment },
      dockerLabels: props.model === undefined ? undefined : { 'serving.model.0': `${this.id} at ${props.model.path}` },
      portMappings: [{ containerPort: PORT }],
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(props.stopSeconds),
      linuxParameters: this.withoutCapabilities('LinuxParameters', { initProcessEnabled: true }),
      privileged: false,
      logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'server' }),
    });
    definition.addVolume({ name: 'scratch' });
    server.addMountPoints({ sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false });
    if (props.model !== undefined) this.addModel(definition, server, logGroup, props.model);
    for (const role of [definition.taskRole, definition.obtainExecutionRole()]) this.trustOwnTasks(role);
    return definition;
  }

  private withoutCapabilities(id: string, props: ecs.LinuxParametersProps = {}): ecs.LinuxParameters {
    const parameters = new ecs.LinuxParameters(this, id, props);
    parameters.dropCapabilities(ecs.Capability.ALL);
    return parameters;
  }

  /** A policy for each statement, so that an update that replaces one creates it first and deletes the other one at its end. */
  private separateRights(role: iam.IRole): void {
    const policies = new Map<string, iam.Policy>();
    (role as iam.Role).addToPrincipalPolicy = (statement) => {
      const text = JSON.stringify(Stack.of(role).resolve(statement.toStatementJson()));
      const id = `Right${policies.size}`;
      const policy = policies.get(text) ?? new iam.Policy(role, id, { statements: [statement], roles: [role] });
      policies.set(text, policy);
      return { statementAdded: true, policyDependable: policy };
    };
  }

  private trustOwnTasks(role: iam.IRole): void {
    const { partition, region, account } = Stack.of(this);
    (role.node.defaultChild as iam.CfnRole).addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${account}:*` },
    });
  }

  private addModel(
    definition: ecs.FargateTaskDefinition,
    server: ecs.ContainerDefinition,
    logGroup: logs.LogGroup,
    model: { readonly prefix: string; readonly path: string },
  ): void {
    const fetch = definition.addContainer('Fetch0', {
      image: ecs.ContainerImage.fromRegistry(
        'public.ecr.aws/aws-cli/aws-cli:2.37.9@sha256:92de75724b6a746951f0e8b915d86bbccd7cb55aff96cd0cb4f7017272160780',
      ),
      essential: false,
      entryPoint: ['sh', '-c'],
      command: [FETCH_SCRIPT, 'fetch', `s3://${BUCKET}/${model.prefix}`, `${model.path}/`],
      startTimeout: Duration.seconds(120),
      readonlyRootFilesystem: true,
      environment: { HOME: '/tmp' },
      linuxParameters: this.withoutCapabilities('Fetch0LinuxParameters'),
      privileged: false,
      logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'fetch' }),
    });
    fetch.addMountPoints({ sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false });
    server.addContainerDependencies({ container: fetch, condition: ecs.ContainerDependencyCondition.SUCCESS });
    definition.addVolume({ name: 'models-0' });
    server.addMountPoints({ sourceVolume: 'models-0', containerPath: model.path, readOnly: true });
    fetch.addMountPoints({ sourceVolume: 'models-0', containerPath: model.path, readOnly: false });
    const bucketArn = `arn:${Stack.of(this).partition}:s3:::${BUCKET}`;
    const ownAccount = { StringEquals: { 'aws:ResourceAccount': Stack.of(this).account } };
    definition.addToTaskRolePolicy(
      new iam.PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [`${bucketArn}/${model.prefix}*`],
        conditions: ownAccount,
      }),
    );
    definition.addToTaskRolePolicy(
      new iam.PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucketArn],
        conditions: { ...ownAccount, StringLike: { 's3:prefix': `${model.prefix}*` } },
      }),
    );
  }

  private makeSecurityGroup(network: Network): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description: 'Tasks of a backend' });
    // The rule is in this stack, so that the stack of the load balancer does not reference it.
    new ec2.CfnSecurityGroupIngress(group, 'FromLoadBalancer', {
      ipProtocol: 'tcp',
      fromPort: PORT,
      toPort: PORT,
      groupId: group.securityGroupId,
      sourceSecurityGroupId: network.securityGroup.securityGroupId,
      description: 'Requests from the load balancer',
    });
    return group;
  }
}

class Endpoint extends Construct {
  constructor(
    scope: Construct,
    private readonly network: Network,
    { name, hasCanary }: FleetEndpoint,
  ) {
    super(scope, name);
    const stable = new Backend(this, 'v1', {
      network,
      image: `registry.example.com/${name}:1.4.2`,
      command: [
        ...['gunicorn', 'app:app', '--bind', `0.0.0.0:${PORT}`, '--worker-class', 'gthread', '--workers', '1'],
        ...['--threads', '8', '--worker-tmp-dir', '/dev/shm'],
        ...['--keep-alive', '4010', '--graceful-timeout', '65', '--timeout', '310'],
      ],
      environment: { XDG_RUNTIME_DIR: '/dev/shm' },
      stopSeconds: 70,
      graceSeconds: 720,
      healthPath: '/healthz',
      healthyCodes: '200-399',
      model: { prefix: `${name}/v1/`, path: `/models/${name}` },
    });
    stable.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 8 }).scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: 60,
      scaleInCooldown: Duration.minutes(10),
      scaleOutCooldown: Duration.seconds(30),
    });
    const backends = [stable];
    if (hasCanary) {
      backends.push(
        new Backend(this, 'v2', {
          network,
          image: `registry.example.com/${name}:2.0.0`,
          command: [
            ...['uvicorn', 'serve:app', '--host', '0.0.0.0', '--port', String(PORT)],
            ...['--timeout-keep-alive', '4010', '--timeout-graceful-shutdown', '60'],
          ],
          stopSeconds: 65,
          graceSeconds: 600,
          healthPath: '/',
          healthyCodes: '200-499',
          desiredCount: 1,
        }),
      );
    }
    this.addRules(name, backends, hasCanary ? [9, 1] : [1]);
    new CfnOutput(this, 'Url', {
      value: `http://${network.loadBalancer.loadBalancerDnsName}/${name}`,
      description: `URL of endpoint '${name}'`,
    });
  }

  /** Rules for each backend by a header with its name, then for all by weight, then a 405 for other methods. */
  private addRules(name: string, backends: Backend[], weights: number[]): void {
    const path = { field: 'path-pattern', pathPatternConfig: { values: [`/${name}`, `/${name}/*`] } };
    const method = { field: 'http-request-method', httpRequestMethodConfig: { values: ['POST'] } };
    for (const backend of backends) {
      const header = {
        field: 'http-header',
        httpHeaderConfig: { httpHeaderName: 'x-serving-backend', values: [backend.id] },
      };
      this.addForward(`Own-${backend.id}`, [path, method, header], [backend], [1]);
    }
    this.addForward('Shares', [path, method], backends, weights);
    this.addRule('MethodNotAllowed', [path], {
      type: 'fixed-response',
      fixedResponseConfig: {
        statusCode: '405',
        contentType: 'text/plain',
        messageBody: 'method not allowed; allowed: POST',
      },
    });
  }

  private addForward(
    id: string,
    conditions: elbv2.CfnListenerRule.RuleConditionProperty[],
    backends: Backend[],
    weights: number[],
  ): void {
    const targetGroups = backends.map(({ targetGroup }, index) => ({
      targetGroupArn: targetGroup.targetGroupArn,
      weight: weights[index],
    }));
    const rule = this.addRule(id, conditions, { type: 'forward', forwardConfig: { targetGroups } });
    for (const backend of backends) rule.addResourceDependency(backend.cfnService);
  }

  private addRule(
    id: string,
    conditions: elbv2.CfnListenerRule.RuleConditionProperty[],
    action: elbv2.CfnListenerRule.ActionProperty,
  ): elbv2.CfnListenerRule {
    return new elbv2.CfnListenerRule(this, id, {
      listenerArn: this.network.listener.listenerArn,
      priority: this.network.nextRule++,
      conditions,
      actions: [action],
    });
  }
}

/** The fleet on AWS, written with CDK. */
export function build(app: App, fleet: FleetPlatform[]): void {
  for (const { name, groups } of fleet) {
    const network = new Network(new Stack(app, name), 'Platform');
    for (const group of groups) {
      const stack = new Stack(app, group.name);
      for (const endpoint of group.endpoints) new Endpoint(stack, network, endpoint);
    }
  }
}
