/**
 * Writes `src/tools/changes/aws/create-only.ts`: the properties that CloudFormation cannot change on an existing resource,
 * from the resource schemas in aws-cdk-lib. With `--check` it writes nothing and fails if the file differs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const FILE = join(ROOT, 'src/tools/changes/aws/create-only.ts');
const CDK = dirname(require.resolve('aws-cdk-lib/package.json'));

/** The rule of the validator that reports a create-only property of a template. */
const RULE = 'I9001';

/** The resource types of stacks with endpoints: those of this package, and those that users add to them. */
const TYPES: { readonly [service: string]: readonly string[] } = {
  ApplicationAutoScaling: ['ScalableTarget', 'ScalingPolicy'],
  ApplicationSignals: ['ServiceLevelObjective'],
  AutoScaling: ['AutoScalingGroup'],
  CertificateManager: ['Certificate'],
  CloudWatch: ['Alarm', 'Dashboard'],
  EC2: [
    ...['EIP', 'InternetGateway', 'LaunchTemplate', 'NatGateway', 'Route', 'RouteTable', 'SecurityGroup'],
    ...['SecurityGroupEgress', 'SecurityGroupIngress', 'Subnet', 'SubnetRouteTableAssociation', 'VPC', 'VPCEndpoint'],
    'VPCGatewayAttachment',
  ],
  ECS: ['CapacityProvider', 'Cluster', 'ClusterCapacityProviderAssociations', 'Service', 'TaskDefinition'],
  EFS: ['AccessPoint', 'FileSystem', 'MountTarget'],
  ElasticLoadBalancingV2: ['Listener', 'ListenerCertificate', 'ListenerRule', 'LoadBalancer', 'TargetGroup'],
  IAM: ['InstanceProfile', 'ManagedPolicy', 'Policy', 'Role', 'RolePolicy'],
  Logs: ['LogGroup'],
  Route53: ['RecordSet'],
  S3: ['Bucket'],
  SecretsManager: ['Secret'],
};

/** Create-only properties inside others. */
const NESTED: { readonly [type: string]: { readonly [property: string]: object } } = {
  'AWS::ECS::CapacityProvider': { AutoScalingGroupProvider: { AutoScalingGroupArn: 'x' } },
};

interface Diagnostic {
  readonly ruleId: string;
  readonly resourceType: string;
  readonly propertyPath: string;
}

/** The names of the properties of a type, from the interface of its construct. */
function propertiesOf(service: string, type: string): string[] {
  const source = readFileSync(
    join(CDK, `aws-${service.toLowerCase()}/lib/${service.toLowerCase()}.generated.d.ts`),
    'utf8',
  );
  const body = new RegExp(`export interface Cfn${type}Props \\{([^]*?)\\n\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, name = '']) => nameInTemplate(name));
}

/** `vpcId` is `VpcId`. */
function nameInTemplate(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The create-only properties by type. */
function createOnly(): { readonly [type: string]: readonly string[] } {
  const resources = Object.entries(TYPES).flatMap(([service, types]) =>
    types.map((type) => {
      const full = `AWS::${service}::${type}`;
      const properties = propertiesOf(service, type).map((name) => [name, 'x']);
      return [`${service}${type}`, { Type: full, Properties: { ...Object.fromEntries(properties), ...NESTED[full] } }];
    }),
  );
  const found = validate({ Resources: Object.fromEntries(resources) }).filter(({ ruleId }) => ruleId === RULE);
  const rows = new Map<string, Set<string>>();
  for (const { resourceType, propertyPath } of found) {
    const paths = rows.get(resourceType) ?? new Set<string>();
    rows.set(resourceType, paths.add(propertyPath.replace(/^Properties\./, '')));
  }
  return Object.fromEntries(
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, paths]) => [type, [...paths].sort()]),
  );
}

function validate(template: object): Diagnostic[] {
  const { SchemaValidator, TemplateFile } = require(
    require.resolve('@aws/cloudformation-validate', { paths: [CDK] }),
  ) as {
    SchemaValidator: new () => { validate(file: object, region: string): Diagnostic[] };
    TemplateFile: new (path: string) => object;
  };
  const folder = mkdtempSync(join(tmpdir(), 'create-only-'));
  try {
    const path = join(folder, 'template.json');
    writeFileSync(path, JSON.stringify(template));
    return new SchemaValidator().validate(new TemplateFile(path), 'us-east-1');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The whole file. */
export function renderCreateOnly(): string {
  const rows = Object.entries(createOnly()).map(([type, paths]) => {
    const row = `  '${type}': [${paths.map((path) => `'${path}'`).join(', ')}],`;
    return row.length <= 120 ? row : `  '${type}': [\n${paths.map((path) => `    '${path}',\n`).join('')}  ],`;
  });
  return `// Written by scripts/create-only.ts from the resource schemas of CloudFormation.

/** The properties whose change replaces a resource, by its type. */
export const CREATE_ONLY: { readonly [type: string]: readonly string[] } = {
${rows.join('\n')}
};
`;
}

if (require.main === module) {
  const file = renderCreateOnly();
  if (!process.argv.includes('--check')) writeFileSync(FILE, file);
  else if (readFileSync(FILE, 'utf8') !== file)
    throw new Error('src/tools/changes/aws/create-only.ts is out of date; run: npx tsx scripts/create-only.ts');
}
