/** Objects of the frameworks that options accept, by the name under which definitions refer to them. */
import {
  aws_certificatemanager as acm,
  aws_cloudwatch_actions as actions,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_efs as efs,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  type Stack,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
} from 'aws-cdk-lib';

/** How each object is created, in a stack of which it is the only user. */
export const FRAMEWORK_OBJECTS: { readonly [name: string]: (stack: Stack, id: string) => unknown } = {
  alarmAction: (stack, id) =>
    new actions.SnsAction(sns.Topic.fromTopicArn(stack, id, 'arn:aws:sns:eu-west-1:123456789012:pager')),
  bucket: (stack, id) => s3.Bucket.fromBucketName(stack, id, 'acme-models'),
  certificate: (stack, id) =>
    acm.Certificate.fromCertificateArn(
      stack,
      id,
      'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
    ),
  cluster: (stack, id) => new ecs.Cluster(stack, id, { vpc: new ec2.Vpc(stack, `${id}Vpc`, { maxAzs: 2 }) }),
  containerImage: () => ecs.ContainerImage.fromRegistry('acme/svm:1.4.2'),
  ecsSecret: (stack, id) =>
    ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, id, 'acme/key'), 'field'),
  fileSystem: (stack, id) =>
    new efs.FileSystem(stack, id, { vpc: new ec2.Vpc(stack, `${id}Vpc`, { maxAzs: 2, natGateways: 1 }) }),
  key: (stack, id) => new kms.Key(stack, id),
  logBucket: (stack, id) => new s3.Bucket(stack, id),
  logGroup: (stack, id) => logs.LogGroup.fromLogGroupName(stack, id, '/acme/models'),
  metric: () => new cloudwatch.Metric({ namespace: 'Acme', metricName: 'Waiting' }),
  peer: () => ec2.Peer.ipv4('10.0.0.0/8'),
  placementConstraint: () => ecs.PlacementConstraint.memberOf('attribute:pool == models'),
  placementStrategy: () => ecs.PlacementStrategy.spreadAcrossInstances(),
  repository: (stack, id) => ecr.Repository.fromRepositoryName(stack, id, 'acme/svm'),
  role: (stack, id) => iam.Role.fromRoleArn(stack, id, 'arn:aws:iam::123456789012:role/models'),
  secret: (stack, id) => secretsmanager.Secret.fromSecretNameV2(stack, id, 'acme/registry'),
  securityGroup: (stack, id) => ec2.SecurityGroup.fromSecurityGroupId(stack, id, 'sg-0123456789abcdef0'),
  statement: () => new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] }),
  vpc: (stack, id) => new ec2.Vpc(stack, id, { maxAzs: 2, natGateways: 1 }),
};
