/** An insertion changes none of the other resources, except rules with conflicting priorities. */
import type { Stack } from 'aws-cdk-lib';
import { aws, type BackendOptions, Duration, HttpMethod, ServingEndpoint, type ServingEndpointProps } from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { OwnAddress } from '../../src/plan/choices';
import { newStack, templatesOf } from '../support/aws';
import { updateFaults } from '../support/cloudformation/update';
import { type Data, object } from '../support/data';
import { backendOptions } from '../support/definitions';

interface Declaration {
  readonly id: string;
  readonly props?: ServingEndpointProps;
  readonly backends?: readonly string[];
  readonly options?: Partial<BackendOptions>;
}

function declare(stack: Stack, { id, props, backends = ['v1'], options }: Declaration): ServingEndpoint {
  const endpoint = new ServingEndpoint(stack, id, { path: `/${id}`, ...props });
  for (const backend of backends) endpoint.addBackend(backend, backendOptions(options));
  return endpoint;
}

function render(declarations: readonly Declaration[]) {
  const stack = newStack();
  const endpoints = declarations.map((declaration) => declare(stack, declaration));
  const { Resources, Outputs } = templatesOf(stack)[stack.stackName] as Data;
  return {
    stack,
    plan: TargetPlatform.planOf(endpoints[0]!.platform),
    parts: { ...object(Resources), ...object(Outputs) },
  };
}

/** The logical ids of the resources that were changed or removed. */
function changes(before: Data, after: Data): string[] {
  return Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
}

const FOUR: Declaration[] = [
  { id: 'digits', props: { methods: [HttpMethod.POST] }, backends: ['v1', 'v2'] },
  { id: 'sentiment', props: { stripPrefix: true }, options: { ownAddress: OwnAddress.PATH } },
  { id: 'images', props: { hosts: ['models.example.com'], methods: [HttpMethod.POST, HttpMethod.PUT] } },
  { id: 'texts', props: { path: '/' } },
];

test.each([0, 1, 2, 3])('an endpoint inserted at position %d changes no other resources', (position) => {
  const before = render(FOUR);
  const added: Declaration = { id: 'added', props: { methods: [HttpMethod.GET] }, backends: ['v1', 'v2'] };
  const after = render([...FOUR.slice(0, position), added, ...FOUR.slice(position)]);
  expect(Object.keys(after.parts).length).toBeGreaterThan(Object.keys(before.parts).length);
  expect(changes(before.parts, after.parts)).toEqual([]);
});

test('an appended endpoint changes no other resources, even if there are many, unless it prefers the priority of one', () => {
  const many = Array.from({ length: 20 }, (_, index): Declaration => ({ id: `model-${index}` }));
  const before = render(many);
  expect(changes(before.parts, render([...many, { id: 'extra' }]).parts)).toEqual([]);
});

test('a backend added to an endpoint changes only the rule of its shares', () => {
  const before = render(FOUR);
  const [digits, ...others] = FOUR;
  const after = render([{ ...digits!, backends: ['v0', 'v1', 'v2'] }, ...others]);
  expect(changes(before.parts, after.parts)).toEqual([expect.stringMatching(/^digitsShares/)]);
});

test('a longer request changes the load balancer and no other backends', () => {
  const { stack, parts: before } = render(FOUR);
  declare(stack, { id: 'slow', props: { requestTimeout: Duration.minutes(10) } });
  const after = object((templatesOf(stack)[stack.stackName] as Data).Resources);
  const ids = changes(before, { ...before, ...after });
  expect(ids).toEqual([expect.stringMatching(/LoadBalancer/)]);
});

describe('a conflict of priorities', () => {
  // Endpoints whose rules have the same slot: there are few slots for a path of seven segments.
  const deep = (name: string): Declaration => ({
    id: name,
    props: { path: `/1/2/3/4/5/6/${name}`, hosts: [`*.${name}.example.com`] },
  });
  const conflicting = Array.from('abcdefgh', deep);

  test('moves rules, and the plan contains the priorities that they would have alone', () => {
    const before = render(conflicting.slice(1));
    const after = render(conflicting);
    const moved = after.plan.routes.filter((route) => route.rules.some((rule) => rule.movedFrom !== undefined));
    const backends = after.plan.backends.filter(({ anchor }) => anchor?.movedFrom !== undefined);
    const explained = [...moved.map((route) => route.endpoint), ...backends.map(({ path }) => path)].map((path) =>
      path.replace(/^Serving\//, '').replace(/[^A-Za-z0-9]/g, ''),
    );
    expect(moved.length).toBeGreaterThan(0);
    const [from, to] = [{ Resources: before.parts }, { Resources: after.parts }];
    expect([...updateFaults(from, to), ...updateFaults(to, from)]).toEqual([]);
    for (const id of changes(before.parts, after.parts))
      expect(explained.some((path) => id.startsWith(path))).toBe(true);
  });

  test('does not occur if priorities are set', () => {
    const placed = conflicting.map((declaration, index) => ({
      ...declaration,
      props: { ...declaration.props, priority: 100 + 100 * index },
    }));
    const before = render(placed.slice(1));
    const after = render(placed);
    expect(changes(before.parts, after.parts)).toEqual([]);
    expect(after.plan.routes.flatMap((route) => route.rules).filter(({ movedFrom }) => movedFrom)).toEqual([]);
  });
});

describe('a priority that is set', () => {
  test('is the first of those of the endpoint', () => {
    const { plan } = render([{ id: 'a', props: { priority: 500, methods: [HttpMethod.POST] } }]);
    expect(plan.routes.flatMap((route) => route.rules).map(({ priority }) => priority)).toEqual([
      expect.any(Number),
      568,
      584,
    ]);
  });

  test('fails if it is taken', () => {
    expect(() =>
      render([
        { id: 'a', props: { priority: 500 } },
        { id: 'b', props: { priority: 501 } },
      ]),
    ).toThrow(
      "[PriorityTaken] 'priority' (501) of endpoint 'b' reserves 100 priorities, which must not be those of another endpoint and at most 43120; 'a' has 500; choose another (at Serving/b)",
    );
  });
});

describe('more rules than the quota', () => {
  const many = Array.from({ length: 34 }, (_, index): Declaration => ({ id: `model-${index}` }));

  test('fail', () => {
    expect(() => render(many)).toThrow(
      "[TooManyRules] the endpoints and backends need 102 rules, but an Application Load Balancer supports at most 100; raise the quota and set 'ruleQuota', or use a second platform (at Serving/ServingPlatform)",
    );
  });

  test('are allowed if it is raised', () => {
    const stack = newStack();
    const platform = new aws.EcsPlatform(stack, 'Platform', { ruleQuota: 102 });
    for (const declaration of many) declare(stack, declaration);
    expect(platform.plan().refusals).toEqual([]);
  });
});
