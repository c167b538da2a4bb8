import type { ChangeKind } from '../../src/tools/changes/change';

/** The findings of one edit on one target, in both directions, and the reason. */
export interface Expectation {
  readonly edit: string;
  readonly target: 'aws' | 'kubernetes';
  readonly forth?: readonly ChangeKind[];
  readonly back?: readonly ChangeKind[];
  readonly why: string;
}

type Target = Expectation['target'];

/** The same findings for several edits in both directions. */
const both = (target: Target, kinds: readonly ChangeKind[], why: string, edits: readonly string[]): Expectation[] =>
  edits.map((edit) => ({ edit, target, forth: kinds, back: kinds, why }));

/** The same findings for several edits in the direction back, where something is removed. */
const back = (target: Target, kinds: readonly ChangeKind[], why: string, edits: readonly string[]): Expectation[] =>
  edits.map((edit) => ({ edit, target, back: kinds, why }));

/** Faults of the renderers. A row whose fault is mended fails its test: remove it. */
export const FAULTS: readonly Expectation[] = [
  ...both(
    'aws',
    ['FewReplicas'],
    'a service with autoscaling has no number of replicas, and ECS creates a new one with a single replica',
    ['the id of the only backend, with autoscaling'],
  ),
  ...back(
    'aws',
    ['ExportInUse', 'TargetGroupEmptied'],
    'the stack of the backends is deployed first, and removes a target group that the rule of the endpoint still imports',
    ['a third backend in its own stack'],
  ),
  {
    edit: 'autoscaling',
    target: 'kubernetes',
    forth: ['ReplicasReset'],
    why: 'the Deployment has no replicas with autoscaling, and the API server sets a removed number to 1; the number is handed over first',
  },
];

/** Findings that follow from what is edited. */
export const INHERENT: readonly Expectation[] = [
  ...back(
    'kubernetes',
    ['AutoscalerDeleted'],
    'KEDA owns the autoscaler; the ScaledObject is deleted first, as an orphan',
    ['KEDA'],
  ),
  ...both('aws', ['PermissionRemoved'], 'statements for the task role alone replace no task', ['another permission']),
  ...back('aws', ['PermissionRemoved'], 'statements for the task role alone replace no task', ['a permission']),
  ...both('aws', ['PriorityInUse'], 'CloudFormation cannot swap what is unique in one update', [
    'two endpoints swap their priorities',
  ]),
  ...both(
    'aws',
    ['OtherHealthCheck'],
    'a target group has one check, which also another version of the server must pass',
    ['a server with another default port'],
  ),
  ...both('kubernetes', ['OtherHealthCheck'], 'the router has one check for the Pods of a backend', [
    'a server with another default port',
  ]),
  ...back('aws', ['ReplicasReset'], 'the definition has a number below the maximum of autoscaling', ['autoscaling']),
  ...both('aws', ['AddressReplaced', 'Replaced'], 'another platform has another load balancer', [
    'a platform instead of the implicit one',
    'the id of a platform',
  ]),
  ...both('aws', ['AddressReplaced', 'Replaced'], 'the scheme of a load balancer is create-only', [
    'public access',
    'public access without TLS',
  ]),
  {
    edit: 'HTTPS',
    target: 'aws',
    forth: ['Replaced'],
    back: ['AddressReplaced', 'Replaced'],
    why: 'the rules move to the listener of the other port, and without a certificate port 443 is closed',
  },
  ...both(
    'aws',
    ['Replaced'],
    'another instance type is another cluster, where the new service is stable before the old one is removed',
    [
      'a GPU',
      'a second backend with a GPU of another product',
      'another GPU product',
      'more GPUs',
      'another instance type',
      'an instance type listed first',
    ],
  ),
  ...both('aws', ['Replaced', 'TargetGroupEmptied'], 'tasks and target groups move to another VPC', [
    'an existing VPC',
  ]),
  ...both(
    'aws',
    ['AddressReplaced', 'ExportInUse', 'Replaced', 'TargetGroupEmptied'],
    'another stack is another platform, and the old one stays',
    ['the id of the stack of the platform'],
  ),
  ...both('kubernetes', ['ForwardedTooEarly'], 'another name is another Deployment, and nothing waits for its Pods', [
    'the id of an endpoint',
    'the name of an endpoint',
    'another name of an endpoint',
    'an endpoint that takes the path of a removed one',
    'a backend instead of another',
    'the id of the only backend',
    'a backend outside of its endpoint',
    'the name of a backend',
    'another name of a backend',
  ]),
  ...both('kubernetes', ['FewReplicas', 'ForwardedTooEarly'], 'the same, and the autoscaler starts at one replica', [
    'the id of the only backend, with autoscaling',
  ]),
  ...back('kubernetes', ['ReplicasReset'], 'the definition has a number below the maximum of autoscaling', [
    'autoscaling',
  ]),
  {
    edit: 'a gateway',
    target: 'kubernetes',
    forth: ['AddressReplaced'],
    why: 'the router is removed, and the gateway has another address',
  },
  {
    edit: 'a third backend behind a gateway',
    target: 'kubernetes',
    forth: ['ForwardedTooEarly'],
    why: 'nothing waits for the Pods of a backend with a share; add it with the weight 0 first',
  },
  ...both('kubernetes', ['SelectorMismatch'], 'the router speaks the new protocol at once, also to the old Pods', [
    'gRPC behind the router',
    'HTTP/2 behind the router',
  ]),
];
