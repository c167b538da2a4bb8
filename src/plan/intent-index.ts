import type {
  AttachmentIntent,
  AutoscalingIntent,
  BackendIntent,
  EndpointIntent,
  PlatformIntents,
  SplitIntent,
} from './intents';

/** The intents by key, so that the time of a plan is linear in the number of endpoints. */
export class IntentIndex {
  public readonly endpoints: Map<string, EndpointIntent>;
  public readonly backends: Map<string, BackendIntent>;
  public readonly splits: Map<string, SplitIntent>;
  public readonly autoscaling: Map<string, AutoscalingIntent>;
  private readonly byEndpoint: Map<string, AttachmentIntent[]>;
  private readonly byBackend: Map<string, AttachmentIntent[]>;

  constructor(intents: PlatformIntents) {
    this.endpoints = new Map(intents.endpoints.map((endpoint) => [endpoint.path, endpoint]));
    this.backends = new Map(intents.backends.map((backend) => [backend.path, backend]));
    this.splits = new Map(intents.splits.map((split) => [split.endpoint, split]));
    this.autoscaling = new Map(intents.autoscaling.map((policy) => [policy.backend, policy]));
    this.byEndpoint = group(intents.attachments, (attachment) => attachment.endpoint);
    this.byBackend = group(intents.attachments, (attachment) => attachment.backend);
  }

  public attachmentsOf(endpoint: string): AttachmentIntent[] {
    return this.byEndpoint.get(endpoint) ?? [];
  }

  public endpointsOf(backend: string): EndpointIntent[] {
    return (this.byBackend.get(backend) ?? []).map(
      (attachment) => this.endpoints.get(attachment.endpoint) as EndpointIntent,
    );
  }
}

function group<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [item]);
    else list.push(item);
  }
  return groups;
}
