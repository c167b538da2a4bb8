/** Networks without a route to the internet: what is created, what is refused, and the order of creation. */
import { Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  aws,
  type BackendOptions,
  Gpu,
  Model,
  ModelServer,
  Rollout,
  SecretValue,
  ServerImage,
  ServingEndpoint,
} from '../../src';
import { messagesOf, newApp, newStack, oneBackend, only, templateOf } from '../support/aws';
import { type Data, objects } from '../support/data';
import { backendOptions } from '../support/definitions';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const IN_ECR = { image: ServerImage.fromRegistry(`${ECR}/svm:1.4.2`) };
const ENDPOINT = 'AWS::EC2::VPCEndpoint';
const SERVICE = 'AWS::ECS::Service';

type Scope = ReturnType<typeof newStack>;
type Props = (scope: Scope) => aws.EcsPlatformProps;

/** A backend on a platform with these props. */
function on(props: Props, options: Partial<BackendOptions> = IN_ECR) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', props(stack));
  return oneBackend(options, {}, stack).stack;
}

const closed: Props = () => ({ natGateways: 0 });

/** The services that a VPC has endpoints for. */
function servicesOf(stack: Scope): string[] {
  return Object.values(templateOf(stack).findResources(ENDPOINT))
    .map(({ Properties: { ServiceName } }) => /\.([a-z0-9.-]+)"[\]}]*$/.exec(JSON.stringify(ServiceName))?.[1] ?? '')
    .sort();
}

describe('without a NAT gateway', () => {
  const template = templateOf(on(closed));

  test('the VPC has neither a NAT gateway nor an internet gateway, and no default route', () => {
    for (const type of ['NatGateway', 'EIP', 'InternetGateway', 'Route'])
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    template.resourceCountIs('AWS::EC2::Subnet', 2);
  });

  test('the VPC has endpoints for pulls from ECR, models in S3 and logs, which admit the VPC only', () => {
    expect(servicesOf(on(closed))).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3']);
    const groups = Object.values(
      template.findResources('AWS::EC2::SecurityGroup', {
        Properties: { GroupDescription: 'VPC endpoints' },
      }),
    );
    expect(groups.map(({ Properties }) => Properties.SecurityGroupIngress)).toEqual([
      [
        expect.objectContaining({
          CidrIp: { 'Fn::GetAtt': [expect.any(String), 'CidrBlock'] },
          FromPort: 443,
          ToPort: 443,
        }),
      ],
    ]);
    const interfaces = Object.values(
      template.findResources(ENDPOINT, { Properties: { VpcEndpointType: 'Interface' } }),
    );
    expect(interfaces.map(({ Properties }) => [Properties.PrivateDnsEnabled, Properties.SubnetIds.length])).toEqual(
      Array(3).fill([true, 2]),
    );
  });

  test('tasks have no public address, and start after the endpoints exist', () => {
    const [service] = Object.values(template.findResources(SERVICE));
    expect(service?.Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    expect(service?.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources(ENDPOINT))));
  });

  test('subnets have the ids and addresses of those with a route, so that it can be changed in place', () => {
    const subnets = (stack: Scope) =>
      Object.entries(templateOf(stack).findResources('AWS::EC2::Subnet'))
        .filter(([id]) => id.includes('Private'))
        .map(([id, { Properties }]) => [id, Properties.CidrBlock]);
    expect(subnets(on(closed))).toHaveLength(2);
    expect(subnets(on(closed))).toEqual(subnets(on(() => ({}))));
  });

  test('a public load balancer has public subnets', () => {
    const stack = on(() => ({ natGateways: 0, publicAccess: true, allowPlainHttp: true }));
    templateOf(stack).resourceCountIs('AWS::EC2::Subnet', 4);
    templateOf(stack).resourceCountIs('AWS::EC2::InternetGateway', 1);
    expect(only(templateOf(stack), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Subnets).toEqual([
      { Ref: expect.stringContaining('PublicSubnet1') },
      { Ref: expect.stringContaining('PublicSubnet2') },
    ]);
  });

  test.each<[string, Partial<BackendOptions>, string[]]>([
    ['a secret', { secrets: { TOKEN: SecretValue.fromName('acme/token') } }, ['secretsmanager']],
    [
      'commands in containers',
      { readOnlyRootFilesystem: false, targetSettings: [aws.TaskSettings.of({ enableExecuteCommand: true })] },
      ['ssmmessages'],
    ],
    ['instances', { gpu: Gpu.nvidia() }, ['ecs', 'ecs-agent', 'ecs-telemetry']],
  ])('%s adds endpoints', (_what, options, services) => {
    expect(servicesOf(on(closed, { ...IN_ECR, ...options }))).toEqual(
      ['ecr.api', 'ecr.dkr', 'logs', 's3', ...services].sort(),
    );
  });

  test('a parameter as a secret adds the endpoint of Parameter Store', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', closed(stack));
    const parameter = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Token', {
      parameterName: '/token',
    });
    oneBackend(
      { ...IN_ECR, secrets: { TOKEN: aws.EcsSecret.fromSecret(ecs.Secret.fromSsmParameter(parameter)) } },
      {},
      stack,
    );
    expect(servicesOf(stack)).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3', 'ssm']);
  });

  test.each<[string, Partial<BackendOptions>, string]>([
    [
      'an image of a public registry',
      {},
      "image 'acme/svm:1.4.2' of backend 'backend' is pulled from 'docker.io', which tasks do not reach from isolated subnets; copy it to Amazon ECR, or set 'natGateways' to 1",
    ],
    [
      'an image of ECR Public',
      { image: ServerImage.fromRegistry('public.ecr.aws/acme/svm:1.4.2') },
      "is pulled from 'public.ecr.aws', which",
    ],
    [
      'the default image that fetches models',
      { ...IN_ECR, model: Model.fromS3('s3://acme/net/') },
      "which tasks do not reach from isolated subnets; copy it to Amazon ECR and set 'fetchImage' of the platform, or set 'natGateways' to 1",
    ],
    [
      'a model of the Hugging Face Hub',
      { ...IN_ECR, model: Model.fromHuggingFace('acme/net', { revision: 'a'.repeat(40) }) },
      "model 'net' of backend 'backend' is downloaded from the Hugging Face Hub, which tasks do not reach",
    ],
    [
      'a server that downloads its model',
      { ...IN_ECR, gpu: Gpu.nvidia(), server: ModelServer.vllm({ model: 'acme/net' }) },
      "the server of backend 'backend' downloads model 'acme/net' from the Hugging Face Hub, which",
    ],
    [
      'a server that pulls a model into its store',
      { ...IN_ECR, server: ModelServer.ollama({ pull: ['llama3.2:3b', 'hf.co/acme/net:Q4_K_M'] }) },
      "the server of backend 'backend' pulls model 'hf.co/acme/net:Q4_K_M', which tasks do not reach from isolated subnets; use an image or a volume that contains it, or",
    ],
  ])('%s is refused', (_what, options, message) => {
    const stack = on(
      closed,
      'image' in options || 'model' in options ? options : { image: ServerImage.fromRegistry('acme/svm:1.4.2') },
    );
    expect(() => templateOf(stack)).toThrow('[NoRoute] ');
    expect(() => templateOf(stack)).toThrow(message);
  });

  test('a model in a bucket of another region is refused', () => {
    const stack = new Stack(newApp(), 'Serving', { env: { region: 'eu-west-1' } });
    new aws.EcsPlatform(stack, 'Platform', { natGateways: 0, fetchImage: `${ECR}/aws-cli:2.37.9` });
    const bucketIn = (region: string) =>
      s3.Bucket.fromBucketAttributes(stack, region, { bucketName: `acme-${region}`, region });
    const models = ['eu-west-1', 'us-east-1'].map((region) =>
      aws.S3Model.fromBucket(bucketIn(region), 'net/', { name: region, path: region }),
    );
    oneBackend({ ...IN_ECR, models }, {}, stack);
    expect(() => templateOf(stack)).toThrow(
      /^(?!.*'eu-west-1' of).*\[NoRoute\] model 'us-east-1' of backend 'backend' is downloaded from a bucket in us-east-1, which tasks do not reach from isolated subnets; copy it to a bucket in eu-west-1, or/s,
    );
  });

  test('an image of another region is refused', () => {
    const stack = new Stack(newApp(), 'Serving', { env: { region: 'us-east-1' } });
    new aws.EcsPlatform(stack, 'Platform', closed(stack));
    oneBackend(IN_ECR, {}, stack);
    expect(() => templateOf(stack)).toThrow('copy it to a repository in us-east-1');
  });

  test('an image of an unknown registry causes a warning', () => {
    const stack = on(closed, { image: ServerImage.fromRegistry('registry.acme.internal/svm:1.4.2') });
    expect(messagesOf(stack)).toEqual([
      expect.stringContaining(
        "image 'registry.acme.internal/svm:1.4.2' of backend 'backend' is pulled from 'registry.acme.internal', which tasks do not reach from isolated subnets; copy it to Amazon ECR, or acknowledge this warning if it is in a connected network",
      ),
    ]);
  });

  test.each<[string, Partial<BackendOptions>, string]>([
    [
      'a store with the protocol of S3',
      { model: Model.fromS3('s3://acme/net/', { endpoint: 'https://minio.acme.internal:9000' }) },
      "model 'net' of backend 'backend' is downloaded from 'minio.acme.internal:9000', which tasks do not reach",
    ],
    [
      'a store of the environment',
      { model: Model.fromS3('s3://acme/net/'), environment: { AWS_ENDPOINT_URL: 'http://minio.acme.internal' } },
      "is downloaded from 'minio.acme.internal', which tasks do not reach",
    ],
    [
      'a host that is known only at deployment',
      { model: Model.fromUrl(`https://${Fn.importValue('Host')}/net.onnx`, { sha256: 'a'.repeat(64) }) },
      "model 'net.onnx' of backend 'backend' is downloaded from a token, which tasks do not reach from isolated subnets; publish it to S3 with 'serving publish', and use Model.fromS3, or acknowledge",
    ],
  ])('a model on %s causes a warning', (_what, options, message) => {
    const images = { fetchImage: `${ECR}/aws-cli:2.37.9`, archiveImage: `${ECR}/python:3.14.0` };
    const stack = on(() => ({ natGateways: 0, ...images }), { ...IN_ECR, ...options });
    expect(messagesOf(stack)).toContainEqual(expect.stringContaining(message));
  });

  test('a model in Amazon S3 through an endpoint of the VPC causes none', () => {
    const endpoint = 'https://bucket.vpce-0123456789abcdef0-abcdefgh.s3.eu-west-1.vpce.amazonaws.com';
    const props = { natGateways: 0, fetchImage: `${ECR}/aws-cli:2.37.9` };
    expect(messagesOf(on(() => props, { ...IN_ECR, model: Model.fromS3('s3://acme/net/', { endpoint }) }))).toEqual([]);
  });

  test('a backend in another stack adds endpoints to the stack of the platform, which is deployed first', () => {
    const app = newApp();
    const shared = newStack('Platform', app);
    const platform = new aws.EcsPlatform(shared, 'Platform', { natGateways: 0 });
    const stack = newStack('Serving', app);
    oneBackend({ ...IN_ECR, secrets: { TOKEN: SecretValue.fromName('acme/token') } }, { platform }, stack);
    expect(servicesOf(shared)).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3', 'secretsmanager']);
    expect(servicesOf(stack)).toEqual([]);
    expect(stack.dependencies).toEqual([shared]);
    expect(shared.dependencies).toEqual([]);
  });

  test('an existing VPC is refused', () => {
    expect(() => on((scope) => ({ natGateways: 0, vpc: new ec2.Vpc(scope, 'Vpc') }))).toThrow(
      "[ConflictingProps] 'natGateways' configures a new VPC, but that of 'vpc' exists already; remove one of them",
    );
  });
});

describe('a VPC of the app with isolated subnets', () => {
  const isolated = (scope: Scope) => new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 0 });

  test('is refused without endpoints', () => {
    expect(() => templateOf(on((scope) => ({ vpc: isolated(scope) })))).toThrow(
      "[NoRoute] the tasks run in isolated subnets of 'Serving/Vpc', which have no route to the internet, and their VPC has no endpoint for 's3', 'ecr.api', 'ecr.dkr', 'logs'; add them with",
    );
  });

  test('is accepted with endpoints, wherever they are defined, and tasks start after those of the VPC', () => {
    const stack = on((scope) => {
      const vpc = isolated(scope);
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      const { ECR: api, ECR_DOCKER, CLOUDWATCH_LOGS } = ec2.InterfaceVpcEndpointAwsService;
      for (const [index, service] of [api, ECR_DOCKER].entries()) vpc.addInterfaceEndpoint(`E${index}`, { service });
      new ec2.InterfaceVpcEndpoint(scope, 'Logs', { vpc, service: CLOUDWATCH_LOGS });
      return { vpc };
    });
    const template = templateOf(stack);
    const [service] = Object.values(template.findResources(SERVICE));
    const own = Object.keys(template.findResources(ENDPOINT)).filter((id) => id.startsWith('Vpc'));
    expect(own).toHaveLength(3);
    expect(service?.DependsOn).toEqual(expect.arrayContaining(own));
  });

  const routed = (destinationCidrBlock: string) => (scope: Scope) => {
    const vpc = isolated(scope);
    for (const [index, { routeTable }] of vpc.isolatedSubnets.entries())
      new ec2.CfnRoute(scope, `Route${index}`, {
        routeTableId: routeTable.routeTableId,
        destinationCidrBlock,
        transitGatewayId: 'tgw-0123456789abcdef0',
      });
    return { vpc };
  };

  test('is accepted with a route, wherever it is defined', () => {
    templateOf(on(routed('0.0.0.0/0'), {}));
  });

  test('is accepted without endpoints if it is connected to another network, but not with public images', () => {
    templateOf(on(routed('10.0.0.0/8')));
    expect(() => templateOf(on(routed('10.0.0.0/8'), {}))).toThrow(/^(?!.*no endpoint).*\[NoRoute\] image 'acme/s);
  });

  test('runs tasks in other subnets that are selected', () => {
    const stack = on((scope) => ({ vpc: isolated(scope), taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } }), {});
    const configuration = only(templateOf(stack), SERVICE).NetworkConfiguration as Data;
    expect(configuration.AwsvpcConfiguration).toMatchObject({
      AssignPublicIp: 'ENABLED',
      Subnets: [{ Ref: expect.stringContaining('PublicSubnet1') }, { Ref: expect.stringContaining('PublicSubnet2') }],
    });
  });
});

test('instances in public subnets cause a warning, because their tasks have no public address', () => {
  const vpc = (scope: Scope) =>
    new ec2.Vpc(scope, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    });
  const messages = (options: Partial<BackendOptions>) => messagesOf(on((scope) => ({ vpc: vpc(scope) }), options));
  expect(messages({})).toEqual([]);
  expect(messages({ gpu: Gpu.nvidia(), rollout: Rollout.inPlace({ allowDowntime: true }) })).toEqual([
    expect.stringContaining("the tasks of backend 'backend' run on instances in public subnets, where they have no"),
  ]);
});

describe('the routes of a NAT gateway', () => {
  const routesOf = (stack: Scope) =>
    Object.keys(templateOf(stack).findResources('AWS::EC2::Route')).filter((id) => id.includes('Private'));

  test.each<[string, Props]>([
    ['the platform', () => ({})],
    ['the app', (scope) => ({ vpc: new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 1 }) })],
  ])('exist before tasks and instances of a VPC of %s, and after them', (_whose, props) => {
    const stack = on(props, { ...IN_ECR, gpu: Gpu.nvidia() });
    const template = templateOf(stack);
    expect(routesOf(stack)).toHaveLength(2);
    for (const type of [SERVICE, 'AWS::AutoScaling::AutoScalingGroup']) {
      const [resource] = Object.values(template.findResources(type));
      expect(resource?.DependsOn).toEqual(expect.arrayContaining(routesOf(stack)));
    }
  });

  test('of a VPC in another stack order the stacks', () => {
    const app = newApp();
    const vpc = new ec2.Vpc(newStack('Network', app), 'Vpc', { maxAzs: 2, natGateways: 1 });
    const stack = newStack('Serving', app);
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    oneBackend({}, {}, stack);
    templateOf(stack);
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Network']);
  });

  test('one for each Availability Zone is supported', () => {
    templateOf(on(() => ({ natGateways: 2 }))).resourceCountIs('AWS::EC2::NatGateway', 2);
  });
});

describe('the subnets of the load balancer', () => {
  const twoGroups = (scope: Scope) =>
    new ec2.Vpc(scope, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: ['App', 'Data']
        .map((name): ec2.SubnetConfiguration => ({ name, subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }))
        .concat({ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }),
    });

  test('of two groups in each zone are refused', () => {
    expect(() => on((scope) => ({ vpc: twoGroups(scope) }))).toThrow(
      /\[InvalidSubnets\] the load balancer would have 2 subnets in one Availability Zone, but it supports one in each; select them with 'loadBalancerSubnets'/,
    );
  });

  test('can be selected, and so can those of tasks and instances', () => {
    const stack = on(
      (scope) => ({
        vpc: twoGroups(scope),
        loadBalancerSubnets: { subnetGroupName: 'App' },
        taskSubnets: { subnetGroupName: 'Data' },
      }),
      { ...IN_ECR, gpu: Gpu.nvidia() },
    );
    const template = templateOf(stack);
    const refs = (group: string) => [1, 2].map((index) => ({ Ref: expect.stringContaining(`${group}Subnet${index}`) }));
    expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Subnets).toEqual(refs('App'));
    expect(only(template, 'AWS::AutoScaling::AutoScalingGroup').VPCZoneIdentifier).toEqual(refs('Data'));
    expect(only(template, SERVICE).NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { Subnets: refs('Data') },
    });
  });

  const imported =
    (zones: string[], kind: 'privateSubnetIds' | 'publicSubnetIds' = 'privateSubnetIds') =>
    (scope: Scope) =>
      ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: zones,
        [kind]: zones.map((zone) => `subnet-${zone}`),
      });

  test('of a single Availability Zone are refused, but not those of a Local Zone', () => {
    expect(() => on((scope) => ({ vpc: imported(['eu-west-1a'])(scope) }))).toThrow(
      "[InvalidSubnets] the load balancer would have one subnet ('eu-west-1a'), but it requires subnets in at least two Availability Zones",
    );
    expect(() => on((scope) => ({ vpc: new ec2.Vpc(scope, 'Vpc', { maxAzs: 1 }) }))).toThrow(
      '[InvalidSubnets] the load balancer would have one subnet, but it requires',
    );
    templateOf(on((scope) => ({ vpc: imported(['us-west-2-lax-1a'])(scope) })));
  });

  test('of zones that are known only at deployment are accepted', () => {
    const vpc = (scope: Scope) =>
      ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: Fn.getAzs(),
        privateSubnetIds: ['subnet-1', 'subnet-2'],
      });
    const { Subnets } = only(
      templateOf(on((scope) => ({ vpc: vpc(scope) }))),
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    );
    expect(Subnets).toEqual(['subnet-1', 'subnet-2']);
  });

  test.each<[string, Props, string]>([
    [
      'of a group that the VPC does not have',
      () => ({ loadBalancerSubnets: { subnetGroupName: 'Balancer' } }),
      "the load balancer has no subnets in 'Serving/Platform/Vpc' (There are no subnet groups with name 'Balancer' in this VPC. Available names: Public,Private); select others with 'loadBalancerSubnets', or use another 'vpc'",
    ],
    [
      'of a VPC without public ones, for public access',
      (scope) => ({ vpc: imported(['eu-west-1a', 'eu-west-1b'])(scope), publicAccess: true, allowPlainHttp: true }),
      "the load balancer has no subnets in 'Serving/Vpc' (There are no 'Public' subnet groups",
    ],
    [
      'of tasks in a group that the VPC does not have',
      () => ({ taskSubnets: { subnetGroupName: 'Tasks' } }),
      "a task has no subnets in 'Serving/Platform/Vpc' (There are no subnet groups with name 'Tasks' in this VPC. Available names: Public,Private); select others with 'taskSubnets', or use another 'vpc'",
    ],
    [
      'of a zone that the VPC does not have',
      () => ({ taskSubnets: { availabilityZones: ['eu-west-1a'] } }),
      "a task has no subnets in 'Serving/Platform/Vpc' (none matches; Availability Zones are unknown in a stack without a Region)",
    ],
  ])('%s are refused in the words of the option', (_what, props, message) => {
    expect(() => on(props)).toThrow(`[InvalidSubnets] ${message}`);
  });

  test('must be public for public access', () => {
    const props: Props = (scope) => ({
      vpc: new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 1 }),
      publicAccess: true,
      allowPlainHttp: true,
      loadBalancerSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    });
    expect(() => on(props)).toThrow("[InvalidSubnets] 'loadBalancerSubnets' selects no public subnet");
  });

  test('with a misspelled member are refused, because CDK would select all', () => {
    expect(() => on(() => ({ loadBalancerSubnets: { subnetGroup: 'App' } as ec2.SubnetSelection }))).toThrow(
      "[UnknownOption] unknown option 'loadBalancerSubnets.subnetGroup'; expected one of 'availabilityZones', 'onePerAz',",
    );
  });

  test('of a VPC that is not looked up yet are not refused', () => {
    const stack = new Stack(newApp(), 'Serving', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });
    const zone = { availabilityZones: ['eu-west-1a'] };
    new aws.EcsPlatform(stack, 'Platform', { vpc, taskSubnets: zone, loadBalancerSubnets: zone });
    expect(() => oneBackend(IN_ECR, {}, stack)).not.toThrow();
  });

  test('of tasks are public by their id', () => {
    const stack = on((scope) => ({
      vpc: imported(['eu-west-1a', 'eu-west-1b'], 'publicSubnetIds')(scope),
      taskSubnets: { subnets: [ec2.Subnet.fromSubnetId(scope, 'Subnet', 'subnet-eu-west-1a')] },
    }));
    expect(only(templateOf(stack), SERVICE).NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['subnet-eu-west-1a'] },
    });
  });

  test('of tasks that are partly public are refused', () => {
    const mixed: Props = (scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 1 });
      return { vpc, taskSubnets: { subnets: [...vpc.publicSubnets, ...vpc.privateSubnets] } };
    };
    expect(() => on(mixed)).toThrow("[InvalidSubnets] 'taskSubnets' selects public and other subnets");
  });
});

test('the rules of the shared group do not grow with the backends', () => {
  const app = newApp();
  const platform = new aws.EcsPlatform(newStack('Platform', app), 'Platform', { ruleQuota: 1000 });
  const stacks = ['A', 'B', 'C'].map((id) => newStack(id, app));
  for (let index = 0; index < 66; index++)
    new ServingEndpoint(stacks[index % 3] as Scope, `e${index}`, { path: `/e${index}`, platform }).addBackend(
      'v1',
      backendOptions(),
    );
  const resources = app
    .synth()
    .stacks.flatMap(({ template }) => objects(Object.values((template as Data).Resources as Data)));
  const ofType = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties as Data);
  expect(ofType(SERVICE)).toHaveLength(66);
  expect(ofType('AWS::EC2::SecurityGroupEgress')).toHaveLength(1);
  for (const { SecurityGroupIngress = [], SecurityGroupEgress = [] } of ofType('AWS::EC2::SecurityGroup'))
    expect([...objects(SecurityGroupIngress), ...objects(SecurityGroupEgress)].length).toBeLessThanOrEqual(2);
});
