/** The same definitions with each set of feature flags that an app can have. */
import { Template } from 'aws-cdk-lib/assertions';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { messagesOf, newApp, only, templatesOf } from '../support/aws';
import { everything } from '../support/aws-everything';
import { matchListener, Stacks } from '../support/cloudformation';
import { stackGraph } from '../support/cloudformation/graph';
import { type Data, object } from '../support/data';

const EVERY_FLAG = Object.fromEntries(
  Object.keys(cxapi.FLAGS)
    .filter((name) => !cxapi.CURRENT_VERSION_EXPIRED_FLAGS.includes(name))
    .map((name) => [name, true]),
);

describe.each([
  // CDK warns about all references between stacks unless this flag is set.
  ['no flags', { '@aws-cdk/core:defaultCrossStackReferences': 'strong' }],
  ['the recommended flags', cxapi.CURRENTLY_RECOMMENDED_FLAGS],
  ['every flag', { ...EVERY_FLAG, ...cxapi.CURRENTLY_RECOMMENDED_FLAGS }],
])('with %s', (_what, context) => {
  const app = newApp({ context: context as { [name: string]: unknown } });
  everything(app);
  const templates = templatesOf(app);
  const template = (stack: string) => Template.fromJSON(templates[stack] as Data);

  test('CDK reports no messages', () => {
    expect(messagesOf(app)).toEqual([]);
  });

  test('the stacks depend on each other in one direction', () => {
    const assembly = app.synth();
    const dependencies = assembly.stacks.map((stack) => [
      stack.stackName,
      stack.dependencies.map(({ id }) => id.replace('.assets', '')).filter((id) => id !== stack.stackName),
    ]);
    expect(Object.fromEntries(dependencies)).toEqual({ Shared: [], Models: ['Shared'], Routes: ['Models', 'Shared'] });
    expect(stackGraph(new Stacks(templates)).get('Shared')).toEqual(new Set());
  });

  test('requests reach their backends', () => {
    const host = 'models.example.com';
    expect(matchListener(templates, { host, method: 'POST', path: '/classify/a' })).toMatchObject({
      kind: 'forward',
      destinations: [
        { weight: 3, path: '/a' },
        { weight: 1, path: '/a' },
      ],
    });
    expect(matchListener(templates, { host, method: 'GET', path: '/classify' })).toMatchObject({ status: 405 });
    expect(matchListener(templates, { path: '/words' })).toMatchObject({ kind: 'forward' });
  });

  test('the instances register with the cluster and block the metadata service for tasks', () => {
    const data = object(only(template('Shared'), 'AWS::EC2::LaunchTemplate').LaunchTemplateData);
    const commands = JSON.stringify(data.UserData);
    expect(commands).toContain('ECS_CLUSTER=');
    expect(commands).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
    expect(commands).not.toContain('iptables');
    expect(data.MetadataOptions).toMatchObject({ HttpTokens: 'required' });
    template('Shared').resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  });

  test('no unexpected resources are created', () => {
    for (const stack of Object.keys(templates)) {
      for (const type of ['AWS::Lambda::Function', 'AWS::SNS::Topic', 'Custom::VpcRestrictDefaultSG'])
        template(stack).resourceCountIs(type, 0);
    }
  });
});
