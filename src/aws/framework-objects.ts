import type { IConstruct } from 'constructs';
import { requireIdentifier, requireShape } from '../private/checks';
import type { EcsPlatformProps } from './ecs-platform-props';

/** Objects of CDK among the props: what each is known by, and how one is made. */
const OBJECTS = [
  ['vpc', 'vpcId', "new ec2.Vpc(this, 'Vpc')"],
  ['cluster', 'clusterName', "new ecs.Cluster(this, 'Cluster', { vpc })"],
  ['certificate', 'certificateArn', "acm.Certificate.fromCertificateArn(this, 'Certificate', 'arn:...')"],
] as const;

/** Refuses an object that is not what its prop takes: its id would be missing in the template. */
export function checkFrameworkObjects(props: EcsPlatformProps, at: IConstruct): void {
  for (const [prop, member, example] of OBJECTS) {
    const value: object | undefined = props[prop];
    if (value !== undefined) requireShape(prop, value, member, example, at);
  }
  const { listener } = props;
  if (listener === undefined) return;
  const group = "ec2.SecurityGroup.fromSecurityGroupId(this, 'Balancer', 'sg-1')";
  requireShape('listener.securityGroup', listener.securityGroup, 'securityGroupId', group, at);
  requireIdentifier('listener.listenerArn', listener.listenerArn, at);
  requireIdentifier('listener.url', listener.url, at);
}
