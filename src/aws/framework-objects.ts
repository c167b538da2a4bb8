import type { IConstruct } from 'constructs';
import { requireShape, type Shape } from '../private/checks';
import type { EcsPlatformProps } from './ecs-platform-props';

/** The props that take CDK objects: the member that identifies each, and an example. */
const OBJECTS = {
  vpc: { kind: 'an ec2.IVpc', member: 'vpcId', example: "new ec2.Vpc(this, 'Vpc')" },
  cluster: { kind: 'an ecs.ICluster', member: 'clusterName', example: "new ecs.Cluster(this, 'Cluster', { vpc })" },
  certificate: {
    kind: 'an acm.ICertificate',
    member: 'certificateArn',
    example: "acm.Certificate.fromCertificateArn(this, 'Certificate', 'arn:...')",
  },
} satisfies { readonly [prop in keyof EcsPlatformProps]: Shape };

/** Rejects objects of the wrong type, whose id would be missing in the template. */
export function checkFrameworkObjects(props: EcsPlatformProps, at: IConstruct): void {
  for (const [prop, shape] of Object.entries(OBJECTS)) {
    const value: object | undefined = props[prop as keyof typeof OBJECTS];
    if (value !== undefined) requireShape(prop, value, shape, at);
  }
}
