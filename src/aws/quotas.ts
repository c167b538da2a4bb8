import type { IConstruct } from 'constructs';
import { requireNumber } from '../private/checks';
import type { EcsPlatformProps } from './ecs-platform-props';

/** A quota of AWS. */
export interface Quota {
  /** The default of new accounts. */
  readonly value: number;
  /** The option of the platform for an account with a raised quota. @default - AWS does not raise it */
  readonly prop?: keyof EcsPlatformProps;
  /** The page that states it. */
  readonly source: string;
}

const BALANCER = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html';
const ECS = 'https://docs.aws.amazon.com/general/latest/gr/ecs-service.html';
const VPC = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html';

/** The quotas that are counted at synthesis. */
export const QUOTAS = {
  rulesPerLoadBalancer: { value: 100, prop: 'ruleQuota', source: BALANCER },
  targetGroupsPerLoadBalancer: { value: 100, source: BALANCER },
  targetGroupsPerAction: { value: 5, source: BALANCER },
  /** Of a load balancer and of each target group. */
  targets: { value: 1000, prop: 'targetQuota', source: BALANCER },
  containersPerTask: {
    value: 10,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
  },
  tasksPerService: { value: 5000, prop: 'taskQuota', source: ECS },
  /** Of each direction. */
  rulesPerSecurityGroup: { value: 60, prop: 'securityGroupRuleQuota', source: VPC },
} as const satisfies { readonly [name: string]: Quota };

/** The quotas that an account can have raised, by the option of the platform. */
export interface AccountQuotas {
  readonly ruleQuota: number;
  readonly targetQuota: number;
  readonly taskQuota: number;
  readonly securityGroupRuleQuota: number;
}

/** The quotas of the account of a platform: the configured ones, otherwise those of a new account. */
export function quotasOf(props: EcsPlatformProps, at: IConstruct): AccountQuotas {
  const quota = (prop: keyof AccountQuotas, { value }: Quota): number =>
    requireNumber(prop, props[prop] ?? value, { min: 1, integer: true, at });
  return {
    ruleQuota: quota('ruleQuota', QUOTAS.rulesPerLoadBalancer),
    targetQuota: quota('targetQuota', QUOTAS.targets),
    taskQuota: quota('taskQuota', QUOTAS.tasksPerService),
    securityGroupRuleQuota: quota('securityGroupRuleQuota', QUOTAS.rulesPerSecurityGroup),
  };
}
