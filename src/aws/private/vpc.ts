import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { EcsPlatformProps } from '../ecs-platform-props';
import { ZONES } from '../network-props';

const { InterfaceVpcEndpointAwsService: Service, SubnetType } = ec2;

/** The services of AWS that tasks and instances use through an interface endpoint, by the name in the name of the endpoint. */
export const INTERFACES = {
  'ecr.api': Service.ECR,
  'ecr.dkr': Service.ECR_DOCKER,
  logs: Service.CLOUDWATCH_LOGS,
  secretsmanager: Service.SECRETS_MANAGER,
  ssm: Service.SSM,
  ssmmessages: Service.SSM_MESSAGES,
  ecs: Service.ECS,
  'ecs-agent': Service.ECS_AGENT,
  'ecs-telemetry': Service.ECS_TELEMETRY,
} satisfies { readonly [name: string]: ec2.InterfaceVpcEndpointAwsService };

/** A service of AWS with an interface endpoint. */
export type InterfaceName = keyof typeof INTERFACES;

/** What every task uses: pulls from ECR, whose layers are in S3, and logs. */
export const OF_EVERY_TASK: readonly InterfaceName[] = ['ecr.api', 'ecr.dkr', 'logs'];

/** The network of a platform that is not given one. */
export class PlatformVpc {
  public readonly vpc: ec2.Vpc;

  private readonly isClosed: boolean;
  private readonly interfaces = new Map<InterfaceName, ec2.InterfaceVpcEndpoint>();
  private group?: ec2.SecurityGroup;

  constructor(platform: TargetPlatform, { natGateways = 1, publicAccess = false, flowLogs }: EcsPlatformProps) {
    this.isClosed = natGateways === 0;
    this.vpc = new ec2.Vpc(platform, 'Vpc', {
      maxAzs: ZONES,
      natGateways,
      ...(this.isClosed && { subnetConfiguration: closedSubnets(publicAccess) }),
      // Models and image layers are large and come from S3; the endpoint avoids the cost of the NAT gateway.
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      restrictDefaultSecurityGroup: false,
    });
    if (flowLogs !== undefined) this.vpc.addFlowLog('FlowLog', flowLogs);
    this.addInterfaces(OF_EVERY_TASK);
  }

  /** Adds interface endpoints that the VPC does not have. With a NAT gateway it needs none. */
  public addInterfaces(names: Iterable<InterfaceName>): void {
    if (!this.isClosed) return;
    for (const name of names) {
      if (this.interfaces.has(name)) continue;
      this.group ??= this.makeGroup();
      const options = { service: INTERFACES[name], securityGroups: [this.group], open: false };
      this.interfaces.set(name, this.vpc.addInterfaceEndpoint(`Endpoint-${name}`, options));
    }
  }

  private makeGroup(): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this.vpc, 'EndpointSecurityGroup', {
      vpc: this.vpc,
      description: 'VPC endpoints',
      allowAllOutbound: false,
    });
    group.addIngressRule(ec2.Peer.ipv4(this.vpc.vpcCidrBlock), ec2.Port.tcp(443), 'Services of AWS');
    return group;
  }
}

/**
 * Subnets without a route to the internet. They have the names and addresses of those with one, so that `natGateways` can be
 * changed in place. Only a public load balancer needs public ones.
 */
function closedSubnets(publicAccess: boolean): ec2.SubnetConfiguration[] {
  return [
    { name: 'Public', subnetType: SubnetType.PUBLIC, reserved: !publicAccess },
    { name: 'Private', subnetType: SubnetType.PRIVATE_ISOLATED },
  ];
}
