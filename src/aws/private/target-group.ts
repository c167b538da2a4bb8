import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { BackendBinding } from '../../constructs/bindings';
import { LoadBalancing, ServerProtocol } from '../../plan/choices';
import type { BackendPlan } from '../../plan/serving-plan';
import { late } from './late';
import { gatePortOf } from './smoke-gate';

const ALGORITHMS: { readonly [way in LoadBalancing]: elbv2.TargetGroupLoadBalancingAlgorithmType } = {
  [LoadBalancing.ROUND_ROBIN]: elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
  [LoadBalancing.LEAST_OUTSTANDING_REQUESTS]: elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
};

/**
 * The end of the ids of what belongs to a target group. Its protocol version cannot be changed: with ids of its own, the new
 * group has healthy targets before the rules move to it, and the old one keeps its targets until then.
 */
export const ID_SUFFIXES: { readonly [protocol in ServerProtocol]: string } = {
  [ServerProtocol.HTTP1]: '',
  [ServerProtocol.HTTP2]: 'Http2',
  [ServerProtocol.GRPC]: 'Grpc',
};

/**
 * The port of every target group, which cannot be changed. It has no effect, because ECS registers each target with the port of
 * its container.
 */
const GROUP_PORT = 8000;

/** HTTP/1.1 is the default of a target group. */
const VERSIONS: { readonly [protocol in ServerProtocol]: elbv2.ApplicationProtocolVersion | undefined } = {
  [ServerProtocol.HTTP1]: undefined,
  [ServerProtocol.HTTP2]: elbv2.ApplicationProtocolVersion.HTTP2,
  [ServerProtocol.GRPC]: elbv2.ApplicationProtocolVersion.GRPC,
};

/**
 * Creates the target group of a backend. It has every property of its health check, because CloudFormation keeps the value of one
 * that a template no longer has.
 */
export function makeTargetGroup(
  { scope, intent }: BackendBinding,
  vpc: ec2.IVpc,
  plan: () => BackendPlan,
): elbv2.ApplicationTargetGroup {
  const { healthCheck, loadBalancing, protocol, stickySeconds } = intent;
  const group = new elbv2.ApplicationTargetGroup(scope, `TargetGroup${ID_SUFFIXES[protocol]}`, {
    vpc,
    port: GROUP_PORT,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targetType: elbv2.TargetType.IP,
    protocolVersion: VERSIONS[protocol],
    loadBalancingAlgorithmType: ALGORITHMS[loadBalancing],
    stickinessCookieDuration: stickySeconds === undefined ? undefined : Duration.seconds(stickySeconds),
    healthCheck: {
      protocol: elbv2.Protocol.HTTP,
      path: healthCheck.path,
      port: gatePortOf(intent)?.toString() ?? 'traffic-port',
      [protocol === ServerProtocol.GRPC ? 'healthyGrpcCodes' : 'healthyHttpCodes']: healthCheck.statuses,
      healthyThresholdCount: healthCheck.healthyThreshold,
    },
  });
  // The L2 compares these, so it does not accept lazy numbers.
  const cfnGroup = group.node.defaultChild as elbv2.CfnTargetGroup;
  cfnGroup.healthCheckIntervalSeconds = late.number(() => plan().health.intervalSeconds);
  cfnGroup.healthCheckTimeoutSeconds = late.number(() => plan().health.timeoutSeconds);
  cfnGroup.unhealthyThresholdCount = late.number(() => plan().health.unhealthyThreshold);
  // The L2 property does not accept lazy numbers, and the delay depends on endpoints that are attached later.
  group.setAttribute(
    'deregistration_delay.timeout_seconds',
    late.string(() => String(plan().times.deregistration)),
  );
  return group;
}
