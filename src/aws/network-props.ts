import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { suggest } from '../private/suggest';
import type { EcsPlatformProps } from './ecs-platform-props';
import { quotasOf } from './quotas';

/** The members of a `SubnetSelection`. CDK ignores all others. */
const MEMBERS = {
  availabilityZones: true,
  onePerAz: true,
  subnetFilters: true,
  subnetGroupName: true,
  subnetType: true,
  subnets: true,
} satisfies { readonly [member in keyof Required<ec2.SubnetSelection>]: true };

/** The Availability Zones of a VPC that the platform creates, each of which can have a NAT gateway. */
export const ZONES = 2;

/** The options of a VPC that the platform creates, and what to do for another one. */
const OF_NEW_VPC = {
  natGateways: 'remove one of them',
  flowLogs: "remove one of them, and call 'addFlowLog' of your VPC",
} satisfies { readonly [prop in keyof EcsPlatformProps]: string };

/** Checks the options for the network, and that none configures a VPC that the platform does not create. */
export function checkNetworkProps(props: EcsPlatformProps, existing: ec2.IVpc | undefined, at: IConstruct): void {
  checkSelection('taskSubnets', props.taskSubnets, at);
  checkSelection('loadBalancerSubnets', props.loadBalancerSubnets, at);
  checkPeers(props, at);
  if (props.natGateways !== undefined)
    requireNumber('natGateways', props.natGateways, { min: 0, max: ZONES, integer: true, at });
  const source = props.vpc !== undefined ? 'vpc' : props.cluster !== undefined ? 'cluster' : 'listener';
  if (source === 'listener' && existing === undefined) return;
  for (const [prop, way] of Object.entries(OF_NEW_VPC)) {
    if (props[prop as keyof typeof OF_NEW_VPC] === undefined) continue;
    throw new ServingError(
      'ConflictingProps',
      `'${prop}' configures a new VPC, but that of '${source}' exists already; ${way}`,
      at,
    );
  }
}

/** Each peer is an outbound rule of the groups of tasks and instances. */
function checkPeers(props: EcsPlatformProps, at: IConstruct): void {
  const { securityGroupRuleQuota: quota } = quotasOf(props, at);
  const count = props.outboundPeers?.length ?? 0;
  if (count <= quota) return;
  throw new ServingError(
    'QuotaExceeded',
    `'outboundPeers' has ${count} peers, but a security group supports at most ${quota} outbound rules; combine some of them, or raise the quota and set 'securityGroupRuleQuota'`,
    at,
  );
}

/** Rejects members that CDK would ignore, so that it would select all subnets. */
function checkSelection(prop: string, selection: ec2.SubnetSelection | undefined, at: IConstruct): void {
  const unknown = Object.keys(selection ?? {}).find((member) => !Object.hasOwn(MEMBERS, member));
  if (unknown === undefined) return;
  throw new ServingError(
    'UnknownOption',
    `unknown option '${prop}.${unknown}'; ${suggest(unknown, Object.keys(MEMBERS))}`,
    at,
  );
}
