import { type ApiObject, Lazy } from 'cdk8s';
import type { AttachmentBinding, BackendBinding, EndpointBinding, SplitBinding } from '../../constructs/bindings';
import type { Warning } from '../../constructs/private/warnings';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { EndpointReach } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import type { Gateway } from '../gateway';
import { GatewayPolicyScope } from '../gateway-policy';
import { ENDPOINT_OBJECTS } from '../rendered';
import { EndpointRoutes } from './endpoint-routes';
import { addPolicy, backendValues } from './gateway-policies';
import { routeKindOf } from './grpc-routes';
import { Component, labelsOf } from './labels';
import { addObject, namespaceOf } from './objects';
import { KubernetesRenderer, type RendererSettings } from './renderer';
import { timeoutWarnings } from './timeout-warnings';

/** The settings of a platform with a gateway. */
export interface GatewaySettings extends RendererSettings {
  /** Whether what is left to the gateway is an error. */
  readonly strict: boolean;
}

/** Routes the requests of a platform's endpoints through a Gateway that exists in the cluster. */
export class GatewayRenderer extends KubernetesRenderer {
  private readonly routes = new Map<string, EndpointRoutes>();
  private readonly grants = new Map<BackendBinding, Set<string>>();
  private readonly policies = new Map<string, ApiObject[]>();

  constructor(
    platform: TargetPlatform,
    private readonly options: GatewaySettings,
    private readonly gateway: Gateway,
  ) {
    super(platform, options);
  }

  public bindEndpoint(endpoint: EndpointBinding): void {
    this.platform._warn(endpoint.scope, this.warningsOf(endpoint));
    const routes = new EndpointRoutes(this.platform, endpoint, this.gateway);
    this.routes.set(endpoint.intent.path, routes);
    ENDPOINT_OBJECTS.set(endpoint.scope, routes);
  }

  public bindAttachment({ endpoint, backend, intent }: AttachmentBinding): void {
    this.grant(endpoint, backend);
    const targets = [this.deploymentOf(backend.intent.path), ...this.policiesOf(backend)];
    this.routes.get(intent.endpoint)?.attach(backend, intent, targets);
  }

  public override bindSplit({ intent }: SplitBinding): void {
    this.routes.get(intent.endpoint)?.bindSplit(intent);
  }

  public urlOf(endpoint: EndpointBinding): string {
    const { address, gatewayName } = this.gateway;
    const { hosts, prefix, name } = endpoint.intent;
    if (address === undefined) {
      throw new ServingError(
        'UrlUnknown',
        `the URL of endpoint '${name}' is unknown, because gateway '${gatewayName}' has no 'address'; set it, for example Gateway.fromName('${gatewayName}', { address: 'https://models.example.com' })`,
        endpoint.scope,
      );
    }
    const host = hosts.find((candidate) => !candidate.startsWith('*'));
    return `${host === undefined ? address : address.replace(/(?<=:\/\/)(?:\[[^\]]*\]|[^:/]+)/, host)}${prefix}`;
  }

  /** Refused features need no warning. */
  private warningsOf({ intent }: EndpointBinding): Warning[] {
    return this.options.strict ? [] : timeoutWarnings(this.platform.target, intent);
  }

  /** The objects of the profile, which are added once even if several endpoints share the backend. */
  private policiesOf({ scope, intent: { path, slug } }: BackendBinding): ApiObject[] {
    let policies = this.policies.get(path);
    if (policies === undefined) {
      policies = (this.gateway.profile.options.policies ?? [])
        .filter(({ props }) => props.scope === GatewayPolicyScope.BACKEND)
        .map((policy) =>
          addPolicy(policy, { scope, component: Component.BACKEND, slug }, () =>
            backendValues(this.platform.plan(), path, slug),
          ),
        );
      this.policies.set(path, policies);
    }
    return policies;
  }

  /** The URL, or how to find the address of the gateway if the definition does not have it. */
  public override reachOf(endpoint: EndpointBinding): EndpointReach {
    const { address, gatewayName, namespace } = this.gateway;
    const from = `reachable through Gateway ${gatewayName}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
    if (address !== undefined) return { url: this.urlOf(endpoint), notes: [from] };
    const { hosts, prefix } = endpoint.intent;
    const host = hosts.find((one) => !one.startsWith('*')) ?? '<gateway>';
    const inNamespace = namespace === undefined ? '' : `-n ${namespace} `;
    const find = `kubectl get gateway ${inNamespace}${gatewayName} -o jsonpath='{.status.addresses[*].value}'`;
    return { url: `http://${host}${prefix}`, notes: [from, `its address: ${find}`] };
  }

  /** A route may reference a Service in another namespace only with a ReferenceGrant there. */
  private grant(endpoint: EndpointBinding, backend: BackendBinding): void {
    const [from, to] = [namespaceOf(endpoint.scope), namespaceOf(backend.scope)];
    if (from === to) return;
    if (from === undefined || to === undefined) {
      throw new ServingError(
        'WrongScope',
        `backend '${backend.intent.name}' is in a different chart than endpoint '${endpoint.intent.name}', and at least one of the two charts has no 'namespace'; set it on both`,
        endpoint.scope,
      );
    }
    const known = this.grants.get(backend);
    if (known !== undefined) known.add(from);
    else this.grants.set(backend, new Set([from]));
    if (known === undefined) this.addGrant(backend, this.grants.get(backend) as Set<string>);
  }

  private addGrant(backend: BackendBinding, namespaces: Set<string>): ApiObject {
    const { slug } = backend.intent;
    const kind = routeKindOf([backend.intent]);
    const group = 'gateway.networking.k8s.io';
    return addObject(backend.scope, 'ReferenceGrant', {
      apiVersion: `${group}/v1beta1`,
      kind: 'ReferenceGrant',
      name: slug,
      labels: labelsOf(Component.BACKEND, slug, backend.scope).all,
      body: {
        spec: {
          from: Lazy.any({
            produce: () => [...namespaces].sort().map((namespace) => ({ group, kind, namespace })),
          }),
          to: [{ group: '', kind: 'Service', name: slug }],
        },
      },
    });
  }
}
