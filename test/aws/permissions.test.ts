/**
 * Every permission that the AWS target grants, so that a new one is a change of this file. Roles trust only tasks of this
 * account, resources are specific, and unneeded permissions of CDK's grants are removed.
 */
import { Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { aws, Gpu, Model, SecretValue } from '../../src';
import { newApp, newStack, oneBackend, statements, templateOf, templatesOf } from '../support/aws';
import { everything } from '../support/aws-everything';
import { type Data, object } from '../support/data';

/** A statement as text: the role, the action, the resource and the conditions. */
interface Permission {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

const PSEUDO = /^AWS::(.*)$/;

/** A value of a template in readable form: `arn:<Partition>:s3:::models`, `<AWS::Logs::LogGroup>`. */
function textOf(value: unknown, resources: Data): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => textOf(item, resources)).join(' | ');
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported } = object(value);
  if (typeof Ref === 'string') return `<${PSEUDO.exec(Ref)?.[1] ?? typeOf(Ref, resources)}>`;
  if (attribute !== undefined) return `<${typeOf((attribute as string[])[0]!, resources)}>`;
  if (imported !== undefined) return '<import>';
  if (join !== undefined) return (join as [string, unknown[]])[1].map((part) => textOf(part, resources)).join('');
  return Object.entries(object(value))
    .map(([key, inner]) => `${key} ${textOf(inner, resources)}`)
    .sort()
    .join(', ');
}

const typeOf = (id: string, resources: Data): string => String(object(resources[id] ?? {}).Type ?? id);

/** The permissions of every role of a template, one for each action and resource. */
function permissionsOf(resources: Data): Permission[] {
  const policies = Object.entries(resources).filter(([, resource]) => object(resource).Type === 'AWS::IAM::Policy');
  return policies.flatMap(([id, resource]) => {
    const document = object(object(object(resource).Properties).PolicyDocument);
    return (document.Statement as Data[]).flatMap((statement) => {
      expect(statement.Effect).toBe('Allow');
      return listOf(statement.Action).flatMap((action) =>
        listOf(statement.Resource).map((target) => ({
          role: /(Task|Execution|Gpu\w+?)Role/.exec(id)?.[1]?.replace(/^Gpu.*/, 'Instance') ?? id,
          action: String(action),
          resource: textOf(target, resources),
          condition: statement.Condition === undefined ? '' : textOf(statement.Condition, resources),
        })),
      );
    });
  });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const S3 = 'arn:<Partition>:s3:::';
const OWN_ACCOUNT = 'StringEquals aws:ResourceAccount <AccountId>';
const ECR = 'arn:<Partition>:ecr:eu-west-1:123456789012:repository/';
const LOGS = '<AWS::Logs::LogGroup>';
const SECRET = 'arn:<Partition>:secretsmanager:<Region>:<AccountId>:secret:';
const CLUSTER = '<AWS::ECS::Cluster>';

/** All permissions that are granted. */
const ALLOWED: [role: string, action: string, resource: string, condition?: string][] = [
  ['Task', 's3:GetObject', `${S3}models-of-acme/svm/v1.npz`, OWN_ACCOUNT],
  ['Task', 's3:GetObject', `${S3}models-of-acme/words/*`, OWN_ACCOUNT],
  ['Task', 's3:ListBucket', `${S3}models-of-acme`, `${OWN_ACCOUNT}, StringLike s3:prefix words/*`],
  ['Task', 's3:GetObject', `${S3}models-of-acme/resnet50/v2/*`, OWN_ACCOUNT],
  ['Task', 's3:ListBucket', `${S3}models-of-acme`, `${OWN_ACCOUNT}, StringLike s3:prefix resnet50/v2/*`],
  ['Execution', 'logs:CreateLogStream', LOGS],
  ['Execution', 'logs:PutLogEvents', LOGS],
  ['Execution', 'secretsmanager:GetSecretValue', `${SECRET}models/token-??????`],
  // ECR does not support resources for this action.
  ['Execution', 'ecr:GetAuthorizationToken', '*'],
  ['Execution', 'ecr:BatchCheckLayerAvailability', `${ECR}models/resnet50`],
  ['Execution', 'ecr:GetDownloadUrlForLayer', `${ECR}models/resnet50`],
  ['Execution', 'ecr:BatchGetImage', `${ECR}models/resnet50`],
  ['Instance', 'ecs:DeregisterContainerInstance', CLUSTER],
  ['Instance', 'ecs:RegisterContainerInstance', CLUSTER],
  ['Instance', 'ecs:Submit*', CLUSTER],
  // The ARN of a container instance is not known before it registers.
  ['Instance', 'ecs:Poll', '*', `ArnEquals ecs:cluster ${CLUSTER}`],
  ['Instance', 'ecs:StartTelemetrySession', '*', `ArnEquals ecs:cluster ${CLUSTER}`],
  // ECS does not support resources for this action.
  ['Instance', 'ecs:DiscoverPollEndpoint', '*'],
];

describe('one of everything', () => {
  const app = newApp();
  everything(app);
  const templates = Object.values(templatesOf(app)).map(({ Resources }) => object(Resources));

  test('has exactly the permissions of the list', () => {
    const key = ({ role, action, resource, condition }: Permission) => `${role}: ${action} on ${resource} ${condition}`;
    const found = new Set(templates.flatMap(permissionsOf).map(key));
    const allowed = ALLOWED.map(([role, action, resource, condition = '']) =>
      key({ role, action, resource, condition }),
    );
    expect([...found].sort()).toEqual(allowed.sort());
  });

  test('has only policies of roles, none of them managed or inline', () => {
    const ofIam = templates
      .flatMap((resources) => Object.values(resources).map(object))
      .filter(({ Type }) => /IAM/.test(String(Type)));
    expect([...new Set(ofIam.map(({ Type }) => Type))].sort()).toEqual([
      'AWS::IAM::InstanceProfile',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
    ]);
    for (const { Properties } of ofIam.filter(({ Type }) => Type === 'AWS::IAM::Role'))
      expect(Object.keys(object(Properties))).toEqual(['AssumeRolePolicyDocument']);
  });
});

describe('a role', () => {
  const trustOf = (part: string, stack = oneBackend({ gpu: Gpu.nvidia() }).stack) => {
    const roles = Object.entries(templateOf(stack).findResources('AWS::IAM::Role'));
    const [, role] = roles.find(([id]) => id.includes(part)) ?? [];
    return object(role?.Properties.AssumeRolePolicyDocument).Statement;
  };
  const ofTasks = {
    Action: 'sts:AssumeRole',
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Condition: {
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      ArnLike: {
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':ecs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':*'],
          ],
        },
      },
    },
  };

  test.each(['TaskRole', 'ExecutionRole'])('%s can be assumed only for tasks of this account', (part) => {
    expect(trustOf(part)).toEqual([ofTasks]);
  });

  test.each([true, false])('can trust others too, without the condition (merged policies: %s)', (minimize) => {
    const stack = newStack('Serving', newApp({ context: { '@aws-cdk/aws-iam:minimizePolicies': minimize } }));
    const { backend } = oneBackend({}, {}, stack);
    const role = aws.EcsBackend.of(backend).taskRole as iam.Role;
    role.assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({ principals: [new iam.AccountRootPrincipal()], actions: ['sts:AssumeRole'] }),
    );
    expect(trustOf('TaskRole', stack)).toEqual([
      ofTasks,
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { AWS: expect.anything() } },
    ]);
  });

  test('can be created elsewhere', () => {
    const stack = newStack();
    iam.Role.customizeRoles(stack, {
      preventSynthesis: true,
      usePrecreatedRoles: {
        'Serving/endpoint/backend/TaskDefinition/TaskRole': 'task',
        'Serving/endpoint/backend/TaskDefinition/ExecutionRole': 'execution',
      },
    });
    oneBackend({}, {}, stack);
    expect(templateOf(stack).findResources('AWS::IAM::Role')).toEqual({});
  });

  test('of instances trusts EC2, which sends no source', () => {
    expect(trustOf('Gpu')).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } },
    ]);
  });
});

describe('a model in S3', () => {
  const ownersOf = (props: aws.EcsPlatformProps, stack = newStack()) => {
    new aws.EcsPlatform(stack, 'Platform', props);
    oneBackend({ model: Model.fromS3('s3://bucket/model/') }, {}, stack);
    return statements(templateOf(stack), 'TaskRole').map(({ Condition }) => object(Condition).StringEquals);
  };

  test('can be read from a bucket of the own account, and of other accounts only if they are configured', () => {
    const own = { Ref: 'AWS::AccountId' };
    expect(ownersOf({})).toEqual(Array(2).fill({ 'aws:ResourceAccount': own }));
    expect(ownersOf({ modelBucketAccounts: ['210987654321'] })).toEqual(
      Array(2).fill({ 'aws:ResourceAccount': [own, '210987654321'] }),
    );
  });

  test('has no duplicate if the own account is configured too', () => {
    const stack = new Stack(newApp(), 'Serving', { env: { account: '123456789012', region: 'eu-west-1' } });
    expect(ownersOf({ modelBucketAccounts: ['210987654321', '123456789012'] }, stack)).toEqual(
      Array(2).fill({ 'aws:ResourceAccount': ['123456789012', '210987654321'] }),
    );
  });

  test('can be read from a bucket of any account if * is configured', () => {
    expect(ownersOf({ modelBucketAccounts: ['*'] })).toEqual([undefined, undefined]);
  });

  test.each([
    [
      [],
      "[EmptyList] 'modelBucketAccounts' ([]) must have at least one account; remove it to allow only the account of the stack",
    ],
    [
      ['210987654321', '12345'],
      "[InvalidAccount] 'modelBucketAccounts' ('12345') must be 12-digit account IDs, such as '123456789012', or '*' for every account",
    ],
  ])('fails with the accounts %j', (modelBucketAccounts, message) => {
    expect(() => ownersOf({ modelBucketAccounts })).toThrow(`${message} (at Serving/Platform)`);
  });

  test('in an imported bucket is read from the account of the bucket, and decrypted through S3 in its Region', () => {
    const stack = newStack();
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', {
      bucketName: 'models-of-acme',
      account: '210987654321',
      region: 'us-east-1',
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:210987654321:key/0123-4567'),
    });
    new aws.EcsPlatform(stack, 'Platform', { modelBucketAccounts: ['123456789012'] });
    oneBackend({ model: aws.S3Model.fromBucket(bucket, 'model.bin') }, {}, stack);
    expect(statements(templateOf(stack), 'TaskRole')).toEqual([
      expect.objectContaining({
        Action: 's3:GetObject',
        Condition: { StringEquals: { 'aws:ResourceAccount': '210987654321' } },
      }),
      {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Resource: 'arn:aws:kms:us-east-1:210987654321:key/0123-4567',
        Condition: {
          StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.us-east-1.', { Ref: 'AWS::URLSuffix' }]] } },
        },
      },
    ]);
  });

  test('in an imported bucket without a Region is decrypted in the Region of its key', () => {
    const stack = newStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:210987654321:key/0123-4567');
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'models-of-acme', encryptionKey });
    oneBackend({ model: aws.S3Model.fromBucket(bucket, 'model.bin') }, {}, stack);
    const decrypts = statements(templateOf(stack), 'TaskRole').filter(({ Action }) => Action === 'kms:Decrypt');
    const service = { 'Fn::Join': ['', ['s3.us-east-1.', { Ref: 'AWS::URLSuffix' }]] };
    expect(decrypts.map(({ Condition }) => Condition)).toEqual([{ StringEquals: { 'kms:ViaService': service } }]);
  });

  test('is decrypted under the conditions of the key grant, too', () => {
    const stack = newStack();
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:210987654321:key/0123-4567');
    const context = { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::models-of-acme' };
    const grantDecrypt = (grantee: iam.IGrantable) =>
      iam.Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt'],
        resourceArns: [key.keyArn],
        conditions: { StringEquals: context },
      });
    const encryptionKey: kms.IKey = Object.create(key, { grantDecrypt: { value: grantDecrypt } });
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'models-of-acme', encryptionKey });
    oneBackend({ model: aws.S3Model.fromBucket(bucket, 'model.bin') }, {}, stack);
    const decrypts = statements(templateOf(stack), 'TaskRole').filter(({ Action }) => Action === 'kms:Decrypt');
    expect(decrypts.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { ...context, 'kms:ViaService': expect.anything() } },
    ]);
  });

  test('in a bucket of the app is decrypted through S3, and the key policy is not changed', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Key') });
    oneBackend({ model: aws.S3Model.fromBucket(bucket, 'model.bin') }, {}, stack);
    const template = templateOf(stack);
    const decrypts = statements(template, 'TaskRole').filter(({ Action }) => Action === 'kms:Decrypt');
    const service = { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] };
    expect(decrypts.map(({ Condition }) => Condition)).toEqual([{ StringEquals: { 'kms:ViaService': service } }]);
    expect(JSON.stringify(template.findResources('AWS::KMS::Key'))).not.toContain('TaskRole');
  });
});

describe('a secret', () => {
  const permissions = (secret: (stack: ReturnType<typeof newStack>) => SecretValue) => {
    const stack = newStack();
    oneBackend({ secrets: { TOKEN: secret(stack) } }, {}, stack);
    const all = statements(templateOf(stack), 'ExecutionRole');
    return all.filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));
  };

  test('of the app can be read, but not described, and is decrypted only through its service', () => {
    const [read, ...others] = permissions((stack) =>
      aws.EcsSecret.fromSecret(
        ecs.Secret.fromSecretsManager(
          new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') }),
        ),
      ),
    );
    expect(read).toEqual({
      Action: 'secretsmanager:GetSecretValue',
      Effect: 'Allow',
      Resource: { Ref: expect.stringMatching(/^Secret/) },
    });
    for (const { Action, Condition } of others) {
      expect(Action).toBe('kms:Decrypt');
      expect(JSON.stringify(Condition)).toContain('kms:ViaService');
    }
  });

  test('by its complete ARN allows only that ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:models/token-AbCdEf';
    expect(
      permissions((stack) =>
        aws.EcsSecret.fromSecret(
          ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', arn)),
        ),
      ),
    ).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: arn }]);
  });

  test('in Parameter Store is read with the action that ECS uses, and decrypted only through the two services', () => {
    const [decrypt, read, ...others] = permissions((stack) =>
      aws.EcsSecret.fromSecret(
        ecs.Secret.fromSsmParameter(
          ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Parameter', {
            parameterName: '/models/token',
            encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/0123-4567'),
          }),
        ),
      ),
    );
    expect(others).toEqual([]);
    expect(read).toMatchObject({ Action: 'ssm:GetParameters' });
    const service = (name: string) => ({
      'Fn::Join': ['', [`${name}.`, { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
    });
    expect(decrypt).toEqual({
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: 'arn:aws:kms:eu-west-1:123456789012:key/0123-4567',
      Condition: { StringEquals: { 'kms:ViaService': [service('secretsmanager'), service('ssm')] } },
    });
  });

  test('with the token of the Hugging Face Hub has the same narrow permissions', () => {
    const stack = newStack();
    const token = SecretValue.fromName('hub');
    const revision = '0123456789abcdef0123456789abcdef01234567';
    oneBackend({ model: Model.fromHuggingFace('facebook/opt-125m', { revision, token }) }, {}, stack);
    expect(JSON.stringify(templateOf(stack).toJSON())).not.toContain('DescribeSecret');
  });
});

test('an EFS volume can be mounted and not written to', () => {
  const stack = newStack();
  const platform = new aws.EcsPlatform(stack, 'Platform');
  const fileSystem = new efs.FileSystem(stack, 'Files', { vpc: platform.vpc });
  oneBackend({ model: Model.fromVolume(aws.EfsVolume.fromFileSystem(fileSystem), { path: 'net' }) }, {}, stack);
  expect(statements(templateOf(stack), 'TaskRole')).toEqual([
    expect.objectContaining({
      Action: 'elasticfilesystem:ClientMount',
      Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
    }),
  ]);
});

test('an image in a repository of the app can be pulled only from that repository', () => {
  const stack = newStack();
  const repository = new ecr.Repository(stack, 'Repository');
  oneBackend({ image: aws.EcrImage.fromRepository(repository, 'v1') }, {}, stack);
  const pulls = statements(templateOf(stack), 'ExecutionRole').filter(({ Action }) =>
    JSON.stringify(Action).includes('ecr:'),
  );
  const ofRepository = { 'Fn::GetAtt': [expect.stringMatching(/^Repository/), 'Arn'] };
  expect(pulls.map(({ Action, Resource }) => [listOf(Action).sort(), Resource])).toEqual([
    [['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], ofRepository],
    [['ecr:GetAuthorizationToken'], '*'],
  ]);
});
