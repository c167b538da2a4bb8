import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Backend } from '../../src/constructs/backend';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Duration } from '../../src/units/duration';
import { checkListenerRules } from '../support/cloudformation';
import { type Data, object, objects } from '../support/data';
import { backendOptions } from '../support/definitions';

interface State {
  /** The weights of the backends. */
  readonly weights: readonly number[];
  readonly sticky?: 'backends' | 'replicas' | 'both';
}

function templateOf({ weights, sticky }: State): Data {
  const stack = new Stack(new App(), 'Serving');
  const endpoint = new ServingEndpoint(stack, 'endpoint', { path: '/e' });
  const session = (isSticky: boolean) => (isSticky ? { maxAge: Duration.hours(1) } : undefined);
  const backends = weights.map((_, index) =>
    endpoint.addBackend(
      `v${index + 1}`,
      backendOptions({ stickySession: session(sticky === 'replicas' || sticky === 'both') }),
    ),
  );
  endpoint.splitTraffic({
    shares: weights.map((weight, index) => ({ backend: backends[index] as Backend, weight })),
    stickySession: session(sticky === 'backends' || sticky === 'both'),
  });
  return Template.fromStack(stack).toJSON();
}

/** The template between two steps of an update: CloudFormation changes target groups before the rules that use them. */
function between(before: State, after: State): Data {
  const [old, changed] = [before, after].map((state) => object(templateOf(state).Resources));
  const rules = Object.entries(old ?? {}).filter(
    ([, resource]) => object(resource).Type === 'AWS::ElasticLoadBalancingV2::ListenerRule',
  );
  const services = Object.entries(old ?? {}).filter(([id]) => !Object.hasOwn(changed ?? {}, id));
  const others = Object.entries(changed ?? {}).filter(
    ([, resource]) => object(resource).Type !== 'AWS::ElasticLoadBalancingV2::ListenerRule',
  );
  return { Resources: Object.fromEntries([...services, ...others, ...rules]) };
}

const refusalsOf = (before: State, after: State) =>
  checkListenerRules([between(before, after)]).filter((finding) => finding.includes('stickiness'));

describe('an edit of sticky sessions', () => {
  test.each<[string, State, State]>([
    ['makes backends sticky', { weights: [1, 1] }, { weights: [1, 1], sticky: 'backends' }],
    ['makes replicas sticky after that', { weights: [1, 1], sticky: 'backends' }, { weights: [1, 1], sticky: 'both' }],
    ['makes the replicas of a single backend sticky', { weights: [1] }, { weights: [1], sticky: 'replicas' }],
    ['adds a backend', { weights: [1], sticky: 'replicas' }, { weights: [1, 1], sticky: 'both' }],
    ['removes a backend', { weights: [1, 1], sticky: 'both' }, { weights: [1], sticky: 'replicas' }],
    ['sets a weight to 0', { weights: [1, 1], sticky: 'both' }, { weights: [1, 0], sticky: 'both' }],
    ['turns both off', { weights: [1, 1], sticky: 'both' }, { weights: [1, 1] }],
  ])('that %s is accepted in the order of CloudFormation', (_, before, after) => {
    expect(checkListenerRules([templateOf(after)])).toEqual([]);
    expect(refusalsOf(before, after)).toEqual([]);
  });

  test('that makes both sticky at once is not, as a warning states', () => {
    expect(refusalsOf({ weights: [1, 1] }, { weights: [1, 1], sticky: 'both' })).toHaveLength(2);
  });

  test('that turns them off writes the attribute, because CloudFormation keeps one that is left out', () => {
    const groups = Object.values(object(templateOf({ weights: [1] }).Resources))
      .map(object)
      .filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(groups.map(({ Properties }) => objects(object(Properties).TargetGroupAttributes))).toEqual([
      expect.arrayContaining([{ Key: 'stickiness.enabled', Value: 'false' }]),
    ]);
  });
});
