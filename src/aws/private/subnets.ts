import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';
import type { EcsPlatformProps } from '../ecs-platform-props';

/** An Availability Zone that is not a Local Zone, of which a load balancer can have one alone. */
const AVAILABILITY_ZONE = /^[a-z]+(?:-[a-z]+)+-\d[a-z]$/;

/**
 * The subnets of a new load balancer; undefined for the choice of CDK. AWS accepts one in each of at least two Availability
 * Zones.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
 */
export function balancerSubnets(
  vpc: ec2.IVpc,
  { loadBalancerSubnets, publicAccess = false }: EcsPlatformProps,
  at: IConstruct,
): ec2.SubnetSelection | undefined {
  const chosen = loadBalancerSubnets ?? (publicAccess ? { subnetType: ec2.SubnetType.PUBLIC } : undefined);
  const selected = select(vpc, chosen, { prop: 'loadBalancerSubnets', user: 'the load balancer', at });
  if (selected.isPendingLookup) return loadBalancerSubnets;
  const zones = zonesOf(selected).filter(isOneZone);
  const repeated = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (repeated !== undefined) {
    const count = zones.filter((zone) => zone === repeated).length;
    const zone = isUnresolved(repeated) ? '' : ` ('${repeated}')`;
    throw new ServingError(
      'InvalidSubnets',
      `the load balancer would have ${count} subnets in one Availability Zone${zone}, but it supports one in each; select them with 'loadBalancerSubnets', for example { subnetGroupName: '<name>' } or { onePerAz: true }`,
      at,
    );
  }
  const [only] = zones;
  if (only !== undefined && selected.subnets.length === 1 && isAvailabilityZone(only, vpc)) {
    throw new ServingError(
      'InvalidSubnets',
      `the load balancer would have one subnet${isUnresolved(only) ? '' : ` ('${only}')`}, but it requires subnets in at least two Availability Zones; select them with 'loadBalancerSubnets', or use another 'vpc'`,
      at,
    );
  }
  const inside = idsOf([...vpc.privateSubnets, ...vpc.isolatedSubnets]);
  if (publicAccess && selected.subnets.every(({ subnetId }) => inside.has(subnetId))) {
    throw new ServingError(
      'InvalidSubnets',
      "'loadBalancerSubnets' selects no public subnet, so 'publicAccess' (true) would have no effect; select public subnets, or remove one of the two",
      at,
    );
  }
  return loadBalancerSubnets;
}

interface Selecting {
  /** The option that selects them. */
  readonly prop: keyof EcsPlatformProps;
  readonly user: string;
  readonly at: IConstruct;
}

/** The subnets of a selection. CDK does not name the option in its errors, such as that about an unknown group. */
function select(
  vpc: ec2.IVpc,
  selection: ec2.SubnetSelection | undefined,
  { prop, user, at }: Selecting,
): ec2.SelectedSubnets {
  const refusal = (reason: string): ServingError =>
    new ServingError(
      'InvalidSubnets',
      `${user} has no subnets in '${vpc.node.path}' (${reason}); select others with '${prop}', or use another 'vpc'`,
      at,
    );
  let selected: ec2.SelectedSubnets;
  try {
    selected = vpc.selectSubnets(selection);
  } catch (error) {
    throw refusal((error as Error).message.trim());
  }
  // CDK looks a VPC up after the first synthesis, which must not fail.
  if (selected.subnets.length === 0 && selected.isPendingLookup !== true)
    throw refusal('none matches; Availability Zones are unknown in a stack without a Region');
  return selected;
}

/** Whether it is not a list of zones that is known only at deployment, which each subnet of an imported VPC then has. */
function isOneZone(zone: string): boolean {
  return !Token.isUnresolved([zone]);
}

/** Whether a zone is not a Local Zone. CDK chooses those of a VPC of the app, and none of these is one. */
function isAvailabilityZone(zone: string, vpc: ec2.IVpc): boolean {
  return isUnresolved(zone) ? vpc.node.defaultChild !== undefined : AVAILABILITY_ZONE.test(zone);
}

/** The zones that are known. Subnets of one zone have the same token if that is known only at deployment. */
function zonesOf({ subnets }: ec2.SelectedSubnets): string[] {
  return subnets.flatMap((subnet) => {
    try {
      return [subnet.availabilityZone];
    } catch {
      // CDK has no zone of a subnet that was imported by its id.
      return [];
    }
  });
}

/** By these, subnets of a VPC are recognized that were imported once more. */
function idsOf(subnets: readonly ec2.ISubnet[]): Set<string> {
  return new Set(subnets.map(({ subnetId }) => subnetId));
}

/** The subnets of tasks and instances. */
export class TaskSubnets {
  constructor(
    private readonly vpc: ec2.IVpc,
    /** The choice of the user. @default - private subnets, otherwise isolated ones, otherwise public ones */
    public readonly selection: ec2.SubnetSelection | undefined,
    private readonly at: IConstruct,
  ) {}

  /** The selected subnets. */
  public get selected(): ec2.SelectedSubnets {
    return select(this.vpc, this.selection, { prop: 'taskSubnets', user: 'a task', at: this.at });
  }

  /** Whether all of them are public. A task without a public IP address then cannot pull its image. */
  public get arePublic(): boolean {
    const { subnets } = this.selected;
    const outside = idsOf(this.vpc.publicSubnets);
    const count = subnets.filter(({ subnetId }) => outside.has(subnetId)).length;
    if (count > 0 && count < subnets.length) {
      throw new ServingError(
        'InvalidSubnets',
        "'taskSubnets' selects public and other subnets, but tasks have a public address in all of their subnets or in none, and in public subnets no route without it; select subnets of one kind",
        this.at,
      );
    }
    return count > 0;
  }

  /** Those that are isolated for CDK, which are without a route unless the app adds one. */
  public get isolated(): ec2.ISubnet[] {
    const inside = new Set(this.vpc.isolatedSubnets);
    return this.selected.subnets.filter((subnet) => inside.has(subnet));
  }
}
