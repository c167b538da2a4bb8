import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type {
  AttachmentBinding,
  AutoscalingBinding,
  BackendBinding,
  EndpointBinding,
  SplitBinding,
} from '../../constructs/bindings';
import { hasUrl, urlHost } from '../../constructs/private/http';
import { WARNING_PREFIX } from '../../constructs/private/warnings';
import type { TargetPlatform } from '../../constructs/target-platform';
import { TargetRenderer } from '../../constructs/target-renderer';
import type { BackendIntent, ComputeLimits, EndpointIntent, PatchIntent } from '../../plan/intents';
import { planFetches, planModels } from '../../plan/models';
import { PREFIX_VARIABLE, removedBy } from '../../plan/path-prefix';
import {
  headerRuleConditions,
  headerRuleKey,
  METHOD_NOT_ALLOWED_KEY,
  methodNotAllowedConditions,
  ownKey,
  ownPreflightKey,
  ownRoute,
  PREFLIGHT_KEY,
  preflightConditions,
  SHARES_KEY,
  shareConditions,
} from '../../plan/routes';
import type { EndpointReach } from '../../plan/serving-plan';
import { replicaUse } from '../../plan/sidecars';
import { BalancerAccess } from '../../plan/target-profile';
import { leading } from '../../private/text';
import { isUnresolved } from '../../private/tokens';
import { CpuArchitecture } from '../../workload/resources';
import type { AlarmOptions } from '../alarm-options';
import { FARGATE_MAX_SECONDS } from '../container-limits';
import type { EcsPlatformProps } from '../ecs-platform-props';
import { FARGATE_DISK_GIB, FARGATE_MAX_DISK_GIB, fargateDiskGib, fargateSize } from '../fargate-sizes';
import type { ListenerFacts } from '../listener-facts';
import { quotasOf } from '../quotas';
import { RULES, SERVICES } from '../rendered';
import { outermostStack } from '../stack';
import { taskPatches } from '../task-patches';
import type { TaskSettingsOptions } from '../task-settings-options';
import { anchorId, BackendService } from './backend-service';
import type { BoundBackend } from './bound-backend';
import { GpuFleet } from './gpu-fleet';
import { late } from './late';
import { declareRange, listenerClashes } from './listener-clashes';
import { ListenerRules, NO_BACKENDS } from './listener-rules';
import { Network } from './network';
import { addBackendAlarms } from './operate/backend-alarms';
import { addBalancerAlarms } from './operate/balancer-alarms';
import { EndpointDashboard } from './operate/dashboard';
import { Measures } from './operate/measures';
import { requireReach } from './reach';
import { scaleService } from './scaling';
import { countTargets, refuseTargets, scalingTargets } from './target-count';

/** Renders definitions as CDK constructs. Structure is created immediately, values are read at synthesis. */
export class EcsRenderer extends TargetRenderer {
  public readonly network: Network;

  private readonly fleet: GpuFleet;
  private readonly services = new Map<string, BackendService>();
  private readonly rules = new Map<string, ListenerRules>();
  private readonly outputs = new Map<string, CfnOutput>();
  private readonly dashboards = new Map<string, EndpointDashboard>();

  constructor(
    private readonly platform: TargetPlatform,
    private readonly props: EcsPlatformProps,
    listener?: ListenerFacts,
  ) {
    super();
    this.network = new Network(platform, props, listener);
    this.fleet = new GpuFleet(platform, props, this.network);
    const { targetQuota, ruleQuota } = quotasOf(props, platform);
    const { listenerArn } = this.network;
    if (props.priorityRange !== undefined) declareRange(platform, { ...props.priorityRange, listenerArn });
    const targets = () => countTargets(platform.plan().backends);
    platform.node.addValidation({
      validate: () => [...this.clashes(ruleQuota), ...refuseTargets(targets(), targetQuota, platform.node.path)],
    });
    platform._warn(platform, () => {
      const message = scalingTargets(targets(), targetQuota);
      return message === undefined ? [] : [{ id: 'targetQuota', message }];
    });
    const { alarms } = props;
    if (alarms !== undefined && alarms.enabled !== false)
      addBalancerAlarms(platform, this.measuresIn(platform), alarms, () => platform.plan().balancer.idle);
  }

  public bindEndpoint(endpoint: EndpointBinding): void {
    const { scope, intent } = endpoint;
    requireReach(this.platform, scope, `endpoint '${intent.name}'`);
    this.network.keepFor(scope);
    const rules = new ListenerRules(endpoint, this.platform, this.network, (backend) => this.service(backend));
    this.rules.set(intent.path, rules);
    RULES.set(scope, rules);
    rules.add('Shares', SHARES_KEY, shareConditions(intent));
    if (intent.methods.length > 0)
      rules.add('MethodNotAllowed', METHOD_NOT_ALLOWED_KEY, methodNotAllowedConditions(intent), NO_BACKENDS);
    if (intent.cors !== undefined) rules.add('Preflight', PREFLIGHT_KEY, preflightConditions(intent), NO_BACKENDS);
    if (this.props.dashboards === true) this.addDashboard(endpoint);
    if (!hasUrl(intent.hosts)) return;
    const output = new CfnOutput(scope, 'Url', {
      value: this.urlOf(endpoint),
      description: outputDescription(intent),
    });
    this.outputs.set(intent.path, output);
  }

  public bindBackend(backend: BackendBinding): void {
    const { scope, intent } = backend;
    requireReach(this.platform, scope, `backend '${intent.name}'`);
    this.network.keepFor(scope);
    const modelPlans = planModels(this.platform.target, { ...intent, ...this.limitsOf(intent) });
    const bound: BoundBackend = { ...backend, modelPlans, ...planFetches(modelPlans) };
    const service = new BackendService(bound, this.props, {
      plan: () => this.platform.plan().backend(intent.path),
      network: this.network,
      fleet: this.fleet,
    });
    this.services.set(intent.path, service);
    SERVICES.set(scope, service);
    this.addAlarms(service, bound);
  }

  public bindAttachment({ endpoint, backend, intent }: AttachmentBinding): void {
    const rules = this.rules.get(intent.endpoint) as ListenerRules;
    const own = ownRoute({ endpoint: endpoint.intent, attachment: intent, backend: backend.intent });
    if (own !== undefined) rules.add(`Own-${intent.segment}`, ownKey(intent.backend), own, [intent.backend]);
    if (endpoint.intent.cors !== undefined && own !== undefined && own.prefix !== endpoint.intent.prefix) {
      const conditions = preflightConditions(endpoint.intent, own.prefix);
      rules.add(`Preflight-${intent.segment}`, ownPreflightKey(intent.backend), conditions, NO_BACKENDS);
    }
    rules.dependOn(intent.backend);
    this.dashboards.get(intent.endpoint)?.add(this.service(intent.backend), backend.intent.name);
    this.addPrefix(endpoint.intent, backend.intent);
  }

  /** Adds the variable with the removed path. Its value depends on every endpoint of the backend. */
  private addPrefix(endpoint: EndpointIntent, { environment, path }: BackendIntent): void {
    if (removedBy(endpoint) === '' || Object.hasOwn(environment, PREFIX_VARIABLE)) return;
    const value = late.string(() => this.platform.plan().backend(path).environment[PREFIX_VARIABLE] as string);
    this.service(path).task.server.addEnvironment(PREFIX_VARIABLE, value);
  }

  public override bindSplit({ endpoint, intent }: SplitBinding): void {
    const rules = this.rules.get(intent.endpoint) as ListenerRules;
    intent.headerRules.forEach((rule, index) => {
      const users = rule.backend === undefined ? undefined : [rule.backend];
      rules.add(`Header${index}`, headerRuleKey(index), headerRuleConditions(endpoint.intent, rule.header), users);
    });
  }

  public bindAutoscaling(policy: AutoscalingBinding): void {
    scaleService(policy, this.service(policy.intent.backend), this.network);
  }

  /** The URL of the endpoint, with its first host without a wildcard or the DNS name of the load balancer. */
  public urlOf({ scope, intent }: EndpointBinding): string {
    const host = urlHost(intent, scope);
    const base = this.network.url;
    return `${host === undefined ? base : `${base.split('://')[0]}://${host}`}${intent.prefix}`;
  }

  /** The part of the URL that is known before deployment, the output with the full URL, and who can reach it. */
  public override reachOf(endpoint: EndpointBinding): EndpointReach {
    const output = this.outputs.get(endpoint.intent.path);
    const stack = Stack.of(endpoint.scope);
    const shown =
      output === undefined
        ? []
        : [`cdk deploy prints the URL: output ${stack.getLogicalId(output)} of stack ${stack.stackName}`];
    const url = this.urlOf(endpoint).replace(/\$\{Token\[[^\]]*\]\}/g, '<load balancer>');
    return { url, notes: [...shown, ACCESS_NOTES[this.platform.target.access ?? BalancerAccess.INTERNAL]] };
  }

  /** The limits of Fargate for a backend without a GPU, and the instance type of a backend with one. */
  public override limitsOf(backend: BackendIntent): ComputeLimits {
    const computeArchitecture = CpuArchitecture.AMD64;
    if (backend.gpu !== undefined) {
      const capacity = this.fleet.capacityOf(backend.path);
      // A group of the platform is large enough for rollouts. The maximum of an existing capacity provider is unknown.
      const addsNodes = capacity !== undefined && capacity.capacityProviderName === undefined;
      return { compute: capacity?.instanceType, computeArchitecture, ...(addsNodes && { addsNodes }) };
    }
    const size = fargateSize(replicaUse(backend));
    return {
      compute: 'Fargate',
      computeArchitecture,
      ...(size !== undefined && { computeCpu: size.cpu / 1024, computeMemoryMib: size.memoryMib }),
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
      maxStopSeconds: FARGATE_MAX_SECONDS,
      maxFetchSeconds: FARGATE_MAX_SECONDS,
      diskMib: (fargateDiskGib(backend.ephemeralStorageMib) ?? FARGATE_DISK_GIB) * 1024,
      maxDiskMib: FARGATE_MAX_DISK_GIB * 1024,
    };
  }

  /** What the logical ids of the rules derive from: stack, path in the stack, and for backends the id of the anchor. */
  public override identityOf(scope: Construct, backend?: BackendIntent): string {
    const stack = outermostStack(Stack.of(scope)) as Stack;
    const inStack = scope.node.scopes.slice(stack.node.scopes.length).filter(({ node }) => node.id !== 'Default');
    const name = isUnresolved(stack.stackName) ? stack.node.path : stack.stackName;
    const anchor = backend === undefined ? [] : [anchorId(backend)];
    return [name, ...inStack.map(({ node }) => node.id), ...anchor].join('/');
  }

  public override patchesOf(backend: BackendBinding): PatchIntent[] {
    return taskPatches(backend);
  }

  /** Adds the warning to the construct, where CDK prints it and users can acknowledge it. */
  public override warn(scope: Construct, id: string, message: string): void {
    Annotations.of(scope).addWarningV2(`${WARNING_PREFIX}${id}`, message);
  }

  public override isAcknowledged(scope: Construct, id: string): boolean {
    const app = scope.node.root as { readonly [ACKNOWLEDGMENTS]?: { has(scope: Construct, id: string): boolean } };
    return app[ACKNOWLEDGMENTS]?.has(scope, id) ?? false;
  }

  /** Others on the listener that this platform shares it with. */
  private clashes(quota: number): string[] {
    return listenerClashes({
      platform: this.platform,
      listenerArn: this.network.listenerArn,
      rules: [
        ...[...this.rules.values()].flatMap(({ all }) => all),
        ...[...this.services.values()].map(({ anchor }) => anchor),
      ],
      quota,
      // Others refer to a listener of the platform by a second platform, which reports the clash, or by methods of CDK.
      scope: this.network.listener ?? this.platform.node.root,
    });
  }

  private addAlarms(service: BackendService, { intent, settings }: BoundBackend): void {
    const { alarms }: TaskSettingsOptions = settings;
    if ((this.props.alarms ?? alarms) === undefined) return;
    const options: AlarmOptions = { ...this.props.alarms, ...alarms };
    const plan = () => this.platform.plan().backend(intent.path);
    addBackendAlarms({ service, intent, plan, measures: this.measuresIn(service.scope) }, options);
  }

  private addDashboard({ scope, intent }: EndpointBinding): void {
    const plan = () => this.platform.plan();
    const dashboard = new EndpointDashboard(scope, {
      intent,
      plan: () => plan().endpoint(intent.path),
      nameOf: (backend) => plan().backend(backend).name,
      measures: this.measuresIn(scope),
    });
    this.dashboards.set(intent.path, dashboard);
  }

  private measuresIn(user: Construct): Measures {
    return new Measures(user, this.network);
  }

  private service(path: string): BackendService {
    return this.services.get(path) as BackendService;
  }
}

/** Where `Annotations.acknowledgeWarning` of CDK records, on the app. */
const ACKNOWLEDGMENTS = Symbol.for('@aws-cdk/core.Acknowledgements');

/** Who can reach the load balancer. */
const ACCESS_NOTES: { readonly [access in BalancerAccess]: string } = {
  [BalancerAccess.INTERNAL]: 'reachable from inside the VPC only: the load balancer is internal',
  [BalancerAccess.PUBLIC]: 'reachable from the internet: the load balancer is public',
  [BalancerAccess.UNKNOWN]: 'reachable from where the existing load balancer is',
};

/** The maximum length of an output description in CloudFormation, in bytes. */
const MAX_DESCRIPTION = 1024;

/** The description of an output, which CloudFormation requires to be plain text: a token is replaced by the default. */
function outputDescription({ description, name }: EndpointIntent): string {
  const isPlain = description !== undefined && !isUnresolved(description);
  return leading(isPlain ? description : `URL of endpoint '${name}'`, MAX_DESCRIPTION, Buffer.byteLength);
}
