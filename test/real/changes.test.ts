/**
 * A sample of the matrix of edits, replayed on the load balancers of an AWS emulator in the order of CloudFormation: a rule
 * cannot get its priority where the check finds that it is in use, and every rule gets it where the check finds nothing. The
 * stacks of the emulator are not used, because it deletes resources before it creates others.
 */
import { Stack } from 'aws-cdk-lib';
import { checkUpdate } from '../../src/tools/changes/aws/check-update';
import type { Resource, StackInput } from '../../src/tools/changes/aws/stacks';
import { LISTENER_RULE } from '../../src/tools/changes/aws/traffic';
import { Operation, Order, Update } from '../../src/tools/changes/aws/update';
import { define, type Edit } from '../changes/definition';
import { ENDPOINT_EDITS } from '../changes/edits/endpoints';
import { stacksOf } from '../changes/outputs';
import { type AwsEmulator, startAws } from './support/aws-emulator';

/** The edits that are replayed: those with a clash of priorities, and some that move rules without one. */
const SAMPLE = [
  'the id of an endpoint',
  'a construct around an endpoint',
  'another endpoint declared first',
  'two endpoints swap their paths',
  'an endpoint takes the path that another one leaves',
  'a second host',
  'a fourth method',
  'another priority',
  'the next priority',
  'a third backend with a priority',
  'two endpoints swap their priorities',
  'a backend instead of another',
];

interface Step {
  readonly action: 'create' | 'move' | 'delete';
  readonly id: string;
  readonly priority: number;
}

/** The rules before an update, and what happens to them. */
interface Replay {
  readonly rules: readonly { readonly id: string; readonly priority: number }[];
  readonly steps: readonly Step[];
}

let aws: AwsEmulator;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws?.stop());

const stackOf = (definition: Edit['from']): StackInput[] =>
  stacksOf((app) => define(new Stack(app, 'Serving'), definition));

/** The steps of an update. Where nothing orders two of them, they are in the order of the template, or in the reverse one. */
function replayOf(update: Update, isReversed: boolean): Replay {
  const priority = (properties: { readonly [name: string]: unknown }) => Number(properties.Priority);
  const applied = update.news(LISTENER_RULE).filter(({ key }) => {
    const operation = update.operationOn(key);
    const isMoved = operation === Operation.UPDATE && priority(update.old(key)) !== priority(update.new(key));
    return operation === Operation.CREATE || isMoved;
  });
  return {
    rules: update.olds(LISTENER_RULE).map(({ key }) => ({ id: key, priority: priority(update.old(key)) })),
    steps: [
      ...sorted(update, isReversed ? applied.reverse() : applied).map(
        ({ key }): Step => ({
          action: update.operationOn(key) === Operation.CREATE ? 'create' : 'move',
          id: key,
          priority: priority(update.new(key)),
        }),
      ),
      ...update
        .olds(LISTENER_RULE)
        .filter(({ key }) => update.endOf(key)?.phase === 'clean up')
        .map(({ key }): Step => ({ action: 'delete', id: key, priority: 0 })),
    ],
  };
}

/** Resources after everything that they depend on. */
function sorted(update: Update, resources: readonly Resource[]): Resource[] {
  const rest = [...resources];
  const result: Resource[] = [];
  while (rest.length > 0) {
    const next = rest.findIndex((one) =>
      rest.every(({ key }) => update.order({ key, phase: 'apply' }, { key: one.key, phase: 'apply' }) !== Order.BEFORE),
    );
    result.push(...rest.splice(next, 1));
  }
  return result;
}

/** The error of each replay; empty if every rule got its priority. */
function replayed(replays: readonly Replay[]): string[] {
  return JSON.parse(aws.run(REPLAY, JSON.stringify(replays)));
}

const REPLAY = `
ec2, elb = boto3.client('ec2'), boto3.client('elbv2')
vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
zones = zip('ab', ['10.0.0.0/24', '10.0.1.0/24'])
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone='us-east-1' + zone)['Subnet']['SubnetId'] for zone, cidr in zones]
balancer = elb.create_load_balancer(Name='replay', Subnets=subnets)['LoadBalancers'][0]['LoadBalancerArn']
action = {'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '404', 'ContentType': 'text/plain'}}
condition = {'Field': 'path-pattern', 'PathPatternConfig': {'Values': ['/x']}}

def replay(port, rules, steps):
    listener = elb.create_listener(LoadBalancerArn=balancer, Port=port, Protocol='HTTP', DefaultActions=[action])
    arn, rule = listener['Listeners'][0]['ListenerArn'], {}
    def create(id, priority):
        made = elb.create_rule(ListenerArn=arn, Priority=priority, Conditions=[condition], Actions=[action])
        rule[id] = made['Rules'][0]['RuleArn']
    for one in rules:
        create(one['id'], one['priority'])
    try:
        for step in steps:
            if step['action'] == 'create':
                create(step['id'], step['priority'])
            elif step['action'] == 'move':
                elb.set_rule_priorities(RulePriorities=[{'RuleArn': rule[step['id']], 'Priority': step['priority']}])
            else:
                elb.delete_rule(RuleArn=rule[step['id']])
    except Exception as error:
        return str(error)
    return ''

print(json.dumps([replay(1000 + index, **one) for index, one in enumerate(json.loads(sys.argv[1]))]))
`;

test('the check finds exactly the priorities that the load balancer refuses', () => {
  const cases = ENDPOINT_EDITS.filter(({ name }) => SAMPLE.includes(name)).flatMap(({ name, from, to }) => {
    const [before, after] = [stackOf(from), stackOf(to)];
    const update = new Update(before, after);
    const isClash = checkUpdate(before, after).some(({ kind }) => kind === 'PriorityInUse');
    return [false, true].map((isReversed) => ({ name, isClash, replay: replayOf(update, isReversed) }));
  });
  const errors = replayed(cases.map(({ replay }) => replay));
  const refused = (name: string) =>
    errors.some((error, index) => cases[index]?.name === name && error.includes('PriorityInUse'));
  expect(SAMPLE.map((name) => [name, refused(name)])).toEqual(
    SAMPLE.map((name) => [name, cases.find((one) => one.name === name)?.isClash]),
  );
  expect(errors.filter((error) => error !== '' && !error.includes('PriorityInUse'))).toEqual([]);
});
