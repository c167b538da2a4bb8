import { Annotations, CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AutoscalingPolicy } from '../../constructs/autoscaling-policy';
import type { Backend } from '../../constructs/backend';
import { enclosingStack } from '../../constructs/private/platform-lookup';
import { WARNING_PREFIX } from '../../constructs/private/warnings';
import type { ServingEndpoint } from '../../constructs/serving-endpoint';
import type { TrafficSplit } from '../../constructs/traffic-split';
import type { AttachmentIntent } from '../../plan/intents';
import {
  headerRuleConditions,
  headerRuleKey,
  METHOD_NOT_ALLOWED_KEY,
  methodNotAllowedConditions,
  ownConditions,
  ownKey,
  SHARES_KEY,
  shareConditions,
} from '../../plan/routes';
import { ServingError } from '../../private/errors';
import { hasUrl } from '../../private/http';
import { EcsBackend } from '../ecs-backend';
import { EcsEndpoint } from '../ecs-endpoint';
import type { EcsPlatform, EcsPlatformProps } from '../ecs-platform';
import { BackendService } from './backend-service';
import { GpuFleet } from './gpu-fleet';
import { ListenerRules } from './listener-rules';
import { Network } from './network';
import { scaleService } from './scaling';

/** Turns the events of an EcsPlatform into CDK constructs. Structure is made at once, values are read at synthesis. */
export class EcsRenderer {
  public readonly network: Network;

  private readonly fleet: GpuFleet;
  private readonly services = new Map<string, BackendService>();
  private readonly rules = new Map<string, ListenerRules>();

  constructor(
    private readonly platform: EcsPlatform,
    private readonly props: EcsPlatformProps,
  ) {
    this.network = new Network(platform, props);
    this.fleet = new GpuFleet(platform, props, this.network);
  }

  public bindEndpoint(endpoint: ServingEndpoint): void {
    requireStack(endpoint, `endpoint '${endpoint.intent.name}'`);
    const rules = new ListenerRules(endpoint, this.platform, this.network, (backend) => this.service(backend));
    this.rules.set(endpoint.intent.path, rules);
    EcsEndpoint._register(endpoint, rules);
    rules.add('Shares', SHARES_KEY, shareConditions(endpoint.intent));
    if (endpoint.intent.methods.length > 0)
      rules.add('MethodNotAllowed', METHOD_NOT_ALLOWED_KEY, methodNotAllowedConditions(endpoint.intent));
    const { hosts, description, name } = endpoint.intent;
    if (!hasUrl(hosts)) return;
    new CfnOutput(endpoint, 'Url', {
      value: endpoint.url,
      description: (description ?? `URL of endpoint '${name}'`).slice(0, MAX_DESCRIPTION),
    });
  }

  public bindBackend(backend: Backend): void {
    requireStack(backend, `backend '${backend.intent.name}'`);
    const service = new BackendService(backend, this.platform, this.props, this.network, this.fleet);
    this.services.set(backend.intent.path, service);
    EcsBackend._register(backend, service);
  }

  public attachBackend(endpoint: ServingEndpoint, backend: Backend, attachment: AttachmentIntent): void {
    const rules = this.rules.get(endpoint.intent.path) as ListenerRules;
    if (attachment.address === 'path' && !endpoint.intent.stripPrefix && endpoint.intent.prefix.includes('$')) {
      throw new ServingError(
        'InvalidPath',
        `'path' ('${endpoint.intent.prefix}') must not have '$' where a backend has a path of its own: a rewrite reads it as a reference to a group`,
        endpoint,
      );
    }
    if (attachment.address !== 'none') {
      rules.add(
        `Own-${attachment.segment}`,
        ownKey(attachment.backend),
        ownConditions(endpoint.intent, attachment, backend.intent),
        [backend.intent.path],
      );
    }
    rules.dependOn(backend.intent.path);
  }

  public bindSplit(split: TrafficSplit): void {
    const { endpoint } = split;
    const rules = this.rules.get(endpoint.intent.path) as ListenerRules;
    split.intent.headerRules.forEach((rule, index) => {
      const users = rule.backend === undefined ? undefined : [rule.backend];
      rules.add(`Header${index}`, headerRuleKey(index), headerRuleConditions(endpoint.intent, rule.header), users);
    });
  }

  public bindAutoscaling(policy: AutoscalingPolicy): void {
    scaleService(policy, this.service(policy.backend.intent.path), this.network);
  }

  /** The type of the instances that a backend with GPUs runs on; undefined before it is bound. */
  public instanceTypeOf(backend: string): string | undefined {
    return this.fleet.instanceTypeOf(backend);
  }

  public warn(scope: Construct, id: string, message: string): void {
    Annotations.of(scope).addWarningV2(`${WARNING_PREFIX}${id}`, message);
  }

  private service(path: string): BackendService {
    return this.services.get(path) as BackendService;
  }
}

/** What CloudFormation takes as the description of an output. */
const MAX_DESCRIPTION = 1024;

function requireStack(construct: ServingEndpoint | Backend, what: string): void {
  if (enclosingStack(construct) === undefined) {
    throw new ServingError(
      'WrongScope',
      `${what} uses an EcsPlatform but is in no CDK Stack; put it into one, or use another platform`,
      construct,
    );
  }
}
