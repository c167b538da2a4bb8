/** A class whose instances options accept. */
export interface OptionClass {
  /** How to create an instance, for the error about other values. */
  readonly example: string;
  /**
   * Every instance has at least one of these members. Classes of the same name in other packages have none, and neither
   * have instances that no factory created.
   */
  readonly members?: readonly string[];
  /** Whether these members are sufficient, so that classes of frameworks and other releases are accepted. */
  readonly byShape?: boolean;
}

/** The classes whose instances options and arguments accept. */
export const CLASSES: { readonly [name: string]: OptionClass } = {
  Backend: { example: "endpoint.addBackend('v1', ...)", members: ['node'] },
  CacheVolume: {
    example: "CacheVolume.fromVolume(kubernetes.ClaimVolume.fromName('hub'))",
    members: ['intent'],
  },
  Duration: { example: 'Duration.seconds(60)', members: ['toSeconds'], byShape: true },
  EnvironmentSource: {
    example: "EnvironmentSource.fromSecretKeys('acme/settings', { keys: ['API_TOKEN'] })",
    members: ['sourceName'],
  },
  Gpu: { example: 'Gpu.nvidia({ count: 1 })', members: ['count'] },
  HealthCheck: { example: "HealthCheck.http('/healthz')", members: ['intent'] },
  Intermediary: { example: 'Intermediary.cloudFront()', members: ['intent'] },
  Model: { example: "Model.fromS3('s3://bucket/prefix/')", members: ['intent'] },
  ModelDelivery: { example: 'ModelDelivery.imageVolume()', members: ['_kind'] },
  ModelVolume: { example: "kubernetes.ClaimVolume.fromName('models')", members: ['volumeName'] },
  ModelServer: { example: "ModelServer.wsgi({ app: 'app:app' })", members: ['definition'] },
  RayServeConfig: { example: "RayServeConfig.fromFile('serve.yaml')", members: ['document'] },
  Rollout: { example: 'Rollout.surge()', members: ['intent'] },
  ScalingTarget: { example: 'ScalingTarget.cpuUtilization(60)', members: ['metric'] },
  ScratchVolume: { example: "ScratchVolume.at('/app/logs')", members: ['intent'] },
  // CDK has a class with the same name, whose instances have neither member.
  SecretValue: {
    example: "SecretValue.fromName('acme/token'), or on AWS aws.EcsSecret.fromSecret(...)",
    members: ['secretName', 'platform'],
  },
  ServerImage: { example: "ServerImage.fromRegistry('acme/svm:1.4.2')", members: ['reference', 'platform'] },
  ServingEndpoint: { example: "new ServingEndpoint(this, 'endpoint')", members: ['node'] },
  ServingPlatform: { example: "new aws.EcsPlatform(this, 'Platform')", members: ['node'] },
  Size: { example: 'Size.gibibytes(2)', members: ['toMebibytes'], byShape: true },
  TargetSettings: {
    example: "kubernetes.PodSettings.of({ nodeSelector: { 'acme.com/pool': 'models' } })",
    members: ['settingsName'],
  },
  'aws.ExistingListener': { example: 'aws.ExistingListener.fromListener(listener)', members: ['listenerArn'] },
  'aws.GpuCapacity': {
    example: "aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })",
    members: ['instanceType'],
  },
  'kubernetes.GatewayPolicy': { example: 'an instance of your own subclass of it', members: ['props'] },
  'kubernetes.GatewayProfile': { example: 'kubernetes.GatewayProfile.ENVOY_GATEWAY', members: ['options'] },
  'kubernetes.GpuNodes': { example: 'kubernetes.GpuNodes.gke()', members: ['labelKey'] },
  'kubernetes.PodServiceAccount': {
    example: "kubernetes.PodServiceAccount.fromName('models')",
    members: ['_podLabels'],
  },
  'kubernetes.Gateway': { example: "kubernetes.Gateway.fromName('inference')", members: ['gatewayName'] },
};

/** How to create the objects of frameworks that options accept, by the name of the option. */
export const OBJECTS: { readonly [option: string]: string } = {
  accessPoint: "fileSystem.addAccessPoint('Models')",
  actions: "new SnsAction(topic) of 'aws-cdk-lib/aws-cloudwatch-actions'",
  bucket: "new s3.Bucket(this, 'Logs')",
  certificate: "acm.Certificate.fromCertificateArn(this, 'Certificate', 'arn:...')",
  cluster: "ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: 'shared', vpc })",
  executionRole: "iam.Role.fromRoleName(this, 'ExecutionRole', 'models-execution')",
  flowLogs: '{ trafficType: ec2.FlowLogTrafficType.REJECT }',
  loadBalancerSubnets: "{ subnetGroupName: 'Balancer' }",
  logEncryptionKey: "new kms.Key(this, 'LogKey')",
  logGroup: "logs.LogGroup.fromLogGroupName(this, 'Logs', '/models')",
  okActions: "new SnsAction(topic) of 'aws-cdk-lib/aws-cloudwatch-actions'",
  outboundPeers: "ec2.Peer.ipv4('10.0.0.0/16')",
  placementConstraints: 'ecs.PlacementConstraint.distinctInstances()',
  placementStrategies: 'ecs.PlacementStrategy.packedByCpu()',
  registryCredentials: "secretsmanager.Secret.fromSecretNameV2(this, 'Registry', 'registry')",
  securityGroup: "ec2.SecurityGroup.fromSecurityGroupId(this, 'Balancer', 'sg-...')",
  securityGroups: "ec2.SecurityGroup.fromSecurityGroupId(this, 'MountTargets', 'sg-...')",
  taskRole: "iam.Role.fromRoleName(this, 'TaskRole', 'models')",
  taskRoleStatements: "new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] })",
  taskSubnets: "{ subnetGroupName: 'Tasks' }",
  vpc: "ec2.Vpc.fromLookup(this, 'Vpc', { vpcId: 'vpc-...' })",
};
