import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Where images, models, logs and secrets come from and go to. */
const HTTPS = ec2.Port.tcp(443);

/** A security group of something that opens connections. */
export interface OutboundGroupProps {
  /** The network. */
  readonly vpc: ec2.IVpc;
  /** What the group is of. */
  readonly description: string;
  /** What may be reached over HTTPS, and nothing else. @default - everything */
  readonly outboundPeers?: ec2.IPeer[];
}

/** Makes the group. It permits the outbound traffic that is configured, and no inbound traffic. */
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
 * Whether rules may be added to a group. One that was imported with `mutable: false` shows it by its method alone, which
 * does nothing; that of any other group fails without a group to work on.
 */
export function takesRules(group: ec2.ISecurityGroup): boolean {
  try {
    group.addIngressRule.call(Object.create(null), ec2.Peer.anyIpv4(), HTTPS);
    return false;
  } catch {
    return true;
  }
}
