import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** The protocol for images, models, logs and secrets. */
const HTTPS = ec2.Port.tcp(443);

/** Properties of a security group that allows outbound traffic. */
export interface OutboundGroupProps {
  /** The network. */
  readonly vpc: ec2.IVpc;
  /** The description of the group. */
  readonly description: string;
  /** The only peers that are allowed, over HTTPS. @default - all outbound traffic is allowed */
  readonly outboundPeers?: ec2.IPeer[];
}

/** Creates the group. It allows the configured outbound traffic, and no inbound traffic. */
export function makeOutboundGroup(
  scope: Construct,
  id: string,
  { vpc, description, outboundPeers }: OutboundGroupProps,
): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, id, { vpc, description, allowAllOutbound: outboundPeers === undefined });
  for (const peer of outboundPeers ?? []) group.addEgressRule(peer, HTTPS, 'Images, models, logs and secrets');
  return group;
}

/**
 * Whether rules can be added to a group. CDK does not expose `mutable: false` of an imported group. The method of such a
 * group does nothing, while that of any other group fails if it is called without a group.
 */
export function acceptsRules(group: ec2.ISecurityGroup): boolean {
  try {
    group.addIngressRule.call(Object.create(null), ec2.Peer.anyIpv4(), HTTPS);
    return false;
  } catch {
    return true;
  }
}
