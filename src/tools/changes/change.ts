/** What a change does while it is deployed. */
export enum Effect {
  /** The deployment fails, or fails by chance. */
  FAILS = 'fails',
  /** Requests fail during or after the deployment. */
  LOSES_REQUESTS = 'loses requests',
  /** Fewer replicas run than before and after the deployment. */
  LOSES_CAPACITY = 'loses capacity',
  /** A new object takes the place of the old one. */
  REPLACES = 'replaces',
  /** Replicas are replaced step by step. */
  ROLLS = 'rolls',
  /** Something is deleted, or left behind. */
  REMOVES = 'removes',
}

/** The effects that fail a pipeline. */
const DANGEROUS: readonly Effect[] = [Effect.FAILS, Effect.LOSES_REQUESTS, Effect.LOSES_CAPACITY];

/** Every kind of finding, with its effect and its meaning for users. */
export const CHANGE_KINDS = {
  CapacityProviderInUse: {
    effect: Effect.FAILS,
    meaning: 'A capacity provider leaves the cluster while a service still runs on it.',
  },
  ExportInUse: { effect: Effect.FAILS, meaning: 'An export changes or is removed while another stack imports it.' },
  IdentityInUse: {
    effect: Effect.FAILS,
    meaning: 'A resource claims what may exist only once, such as a security group rule, while another one has it.',
  },
  ImmutableField: { effect: Effect.FAILS, meaning: 'A field of a Kubernetes object changes that cannot be changed.' },
  NameInUse: { effect: Effect.FAILS, meaning: 'A new resource has the fixed name of one that still exists.' },
  PortInUse: { effect: Effect.FAILS, meaning: 'A listener claims a port that another listener still has.' },
  PriorityInUse: { effect: Effect.FAILS, meaning: 'A rule claims a priority that another rule still has.' },
  TargetGroupDetached: {
    effect: Effect.FAILS,
    meaning: 'A service uses a target group that no listener forwards to at that time.',
  },
  TypeChanged: { effect: Effect.FAILS, meaning: 'A logical id changes its resource type.' },
  AddressReplaced: { effect: Effect.LOSES_REQUESTS, meaning: 'The address that clients use no longer exists.' },
  ForwardedTooEarly: {
    effect: Effect.LOSES_REQUESTS,
    meaning: 'Requests are forwarded to a backend before its replicas are ready.',
  },
  NoTargets: { effect: Effect.LOSES_REQUESTS, meaning: 'Requests are forwarded to a backend that is removed.' },
  OverwrittenAndDeleted: {
    effect: Effect.LOSES_REQUESTS,
    meaning: 'A new resource overwrites the content of an old one, whose deletion then removes it.',
  },
  PermissionRemoved: {
    effect: Effect.LOSES_REQUESTS,
    meaning: 'A permission is removed while tasks that have it still run.',
  },
  SelectorMismatch: { effect: Effect.LOSES_REQUESTS, meaning: 'A Service no longer selects the running Pods.' },
  StopsAllReplicas: {
    effect: Effect.LOSES_REQUESTS,
    meaning: 'A rollout stops all replicas before it starts new ones.',
  },
  TargetGroupEmptied: {
    effect: Effect.LOSES_REQUESTS,
    meaning: 'Replicas leave a target group that still receives requests.',
  },
  AutoscalerDeleted: {
    effect: Effect.LOSES_CAPACITY,
    meaning: 'A HorizontalPodAutoscaler is deleted with the ScaledObject of KEDA that owns it.',
  },
  FewReplicas: { effect: Effect.LOSES_CAPACITY, meaning: 'A service starts with fewer replicas than its minimum.' },
  OtherHealthCheck: {
    effect: Effect.LOSES_CAPACITY,
    meaning: 'Running replicas are checked on the path of the new ones, and may get no requests.',
  },
  ReplicasReset: {
    effect: Effect.LOSES_CAPACITY,
    meaning: 'A fixed or missing number of replicas replaces the number that autoscaling chose.',
  },
  Replaced: { effect: Effect.REPLACES, meaning: 'A resource that carries traffic is replaced.' },
  Rolls: { effect: Effect.ROLLS, meaning: 'The replicas of a backend are replaced.' },
  AttributeKept: {
    effect: Effect.REMOVES,
    meaning: 'An attribute that a template no longer has, such as a header of cross-origin requests, may stay.',
  },
  Removed: {
    effect: Effect.REMOVES,
    meaning: 'A service, a route, a NAT gateway, a VPC endpoint or an object is removed.',
  },
} as const satisfies { readonly [kind: string]: { readonly effect: Effect; readonly meaning: string } };

/** The stable name of a kind of finding. */
export type ChangeKind = keyof typeof CHANGE_KINDS;

/** One finding about an update. */
export interface Change {
  readonly kind: ChangeKind;
  /** What the finding is about: a construct path with its logical id, or an object. */
  readonly subject: string;
  /** A sentence, which names everything involved. */
  readonly message: string;
}

/** The effect of a finding. */
export function effectOf({ kind }: Change): Effect {
  return CHANGE_KINDS[kind].effect;
}

/** Whether a finding fails a pipeline. */
export function isDangerous(change: Change): boolean {
  return DANGEROUS.includes(effectOf(change));
}
