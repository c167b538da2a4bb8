import type { Construct } from 'constructs';
import type {
  AttachmentIntent,
  AutoscalingIntent,
  BackendIntent,
  EndpointIntent,
  PlatformIntents,
  SplitIntent,
} from '../../plan/intents';
import type { TargetProfile } from '../../plan/target-profile';
import { ServingError } from '../../private/errors';
import { freeze } from '../../private/freeze';
import type { AttachmentBinding, AutoscalingBinding, BackendBinding, EndpointBinding, SplitBinding } from '../bindings';
import type { ScalingTarget } from '../scaling-target';
import { requireSources } from './scaling-sources';

/** What a platform adds to intents. */
interface PlatformFacts {
  readonly ofEndpoint: (endpoint: EndpointBinding) => Partial<EndpointIntent>;
  readonly ofBackend: (backend: BackendBinding) => Partial<BackendIntent>;
}

/** What a platform adds to an autoscaling policy. */
interface AutoscalingContext {
  readonly targets: ScalingTarget[];
  readonly target: TargetProfile;
  /** What precedes the policy on a running backend, as the end of a message. */
  readonly handoverOf: (backend: BackendBinding) => string;
}

/** All that was declared on a platform, each list in the order of declaration. Intents are frozen as they enter. */
export class Declarations {
  /** The constructs that declared something. */
  public readonly scopes: Construct[] = [];

  private readonly endpoints = new Map<string, EndpointBinding>();
  private readonly backends = new Map<string, BackendBinding>();
  private readonly attachments: AttachmentIntent[] = [];
  private readonly pairs = new Set<string>();
  private readonly splits = new Map<string, SplitBinding>();
  private readonly policies = new Map<string, AutoscalingBinding>();
  /** The construct paths of endpoints and backends by their legal names. */
  private readonly slugs = new Map<string, string>();

  public addEndpoint(endpoint: EndpointBinding): void {
    this.claim('endpoint', endpoint);
    this.endpoints.set(endpoint.intent.path, freeze(endpoint));
    this.scopes.push(endpoint.scope);
  }

  public addBackend(backend: BackendBinding): void {
    this.claim('backend', backend);
    this.backends.set(backend.intent.path, freeze(backend));
    this.scopes.push(backend.scope);
  }

  public attach(intent: AttachmentIntent): AttachmentBinding {
    this.attachments.push(freeze(intent));
    this.pairs.add(`${intent.endpoint}\n${intent.backend}`);
    return { endpoint: this.endpoint(intent.endpoint), backend: this.backend(intent.backend), intent };
  }

  public addSplit(scope: Construct, intent: SplitIntent): SplitBinding {
    this.requireNoSplit(intent.endpoint, scope);
    const binding = freeze({ scope, endpoint: this.endpoint(intent.endpoint), intent });
    this.splits.set(intent.endpoint, binding);
    this.scopes.push(scope);
    return binding;
  }

  public addAutoscaling(
    scope: Construct,
    intent: AutoscalingIntent,
    { targets, target, handoverOf }: AutoscalingContext,
  ): AutoscalingBinding {
    const backend = this.backend(intent.backend);
    const { name, replicas, hasFixedReplicas } = backend.intent;
    this.requireNoAutoscaling(intent.backend, scope);
    if (hasFixedReplicas === true) {
      throw new ServingError(
        'ReplicasWithAutoscaling',
        `'replicas' (${replicas}) of backend '${name}' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas'${handoverOf(backend)}`,
        scope,
      );
    }
    requireSources(backend.intent, intent, { target, scope });
    const binding = freeze({ scope, backend, targets, intent });
    this.policies.set(intent.backend, binding);
    this.scopes.push(scope);
    return binding;
  }

  /** Fails when the requests of an endpoint are split already. */
  public requireNoSplit(endpoint: string, at: Construct): void {
    if (!this.splits.has(endpoint)) return;
    throw new ServingError(
      'DuplicateSplit',
      `endpoint '${this.endpoint(endpoint).intent.name}' already has a traffic split; put all shares and header rules into one`,
      at,
    );
  }

  /** Fails when a backend is scaled already. */
  public requireNoAutoscaling(backend: string, at: Construct): void {
    if (!this.policies.has(backend)) return;
    throw new ServingError(
      'DuplicateAutoscaling',
      `backend '${this.backend(backend).intent.name}' already has an autoscaling policy; use one policy with several targets`,
      at,
    );
  }

  /** The endpoint with this construct path. */
  public endpoint(path: string): EndpointBinding {
    return found(this.endpoints.get(path), path);
  }

  /** The backend with this construct path. */
  public backend(path: string): BackendBinding {
    return found(this.backends.get(path), path);
  }

  /** Whether a backend serves an endpoint, both by their construct paths. */
  public isAttached(endpoint: string, backend: string): boolean {
    return this.pairs.has(`${endpoint}\n${backend}`);
  }

  /** The input of a plan, with what the platform adds to each endpoint and backend. */
  public intents({
    ofEndpoint,
    ofBackend,
  }: PlatformFacts): Omit<PlatformIntents, 'target' | 'strict' | 'behind' | 'idleSeconds'> {
    return {
      endpoints: [...this.endpoints.values()].map((endpoint) => withFacts(endpoint.intent, ofEndpoint(endpoint))),
      backends: [...this.backends.values()].map((backend) => withFacts(backend.intent, ofBackend(backend))),
      attachments: [...this.attachments],
      splits: intentsOf(this.splits),
      autoscaling: intentsOf(this.policies),
    };
  }

  private claim(kind: 'endpoint' | 'backend', { scope, intent }: EndpointBinding | BackendBinding): void {
    const key = `${kind} ${intent.slug}`;
    const holder = this.slugs.get(key);
    if (holder !== undefined) {
      throw new ServingError(
        'NameClash',
        `${kind} '${intent.name}' (${intent.path}) and '${holder}' would both be named '${intent.slug}'; change the id of one, or set '${kind}Name'`,
        scope,
      );
    }
    this.slugs.set(key, intent.path);
  }
}

function intentsOf<T extends SplitIntent | AutoscalingIntent>(bindings: Map<string, { readonly intent: T }>): T[] {
  return [...bindings.values()].map(({ intent }) => intent);
}

function withFacts<T extends EndpointIntent | BackendIntent>(intent: T, facts: Partial<T>): T {
  return Object.keys(facts).length === 0 ? intent : { ...intent, ...facts };
}

function found<T>(binding: T | undefined, path: string): T {
  if (binding === undefined) throw new Error(`nothing was declared at '${path}'`);
  return binding;
}
