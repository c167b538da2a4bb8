import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { Intermediary } from '../../src/constructs/intermediary';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway, GatewayProfile } from '../../src/kubernetes';
import { ENVOY_GATEWAY } from '../../src/kubernetes/gateway-profiles/envoy-gateway';
import { endpointValues } from '../../src/kubernetes/private/gateway-policies';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { Model } from '../../src/models/model';
import type { HopIntent, PlatformIntents, TimeoutOverrides } from '../../src/plan/intents';
import { ServingPlan } from '../../src/plan/plan';
import { RuleKind, TIMEOUT_RULES, type TimeoutRuleId } from '../../src/plan/rules';
import { holds } from '../../src/plan/timeouts/relations';
import { ModelServer } from '../../src/servers/model-server';
import { configurationOf, routerPlatform } from '../kubernetes/router-support';
import { podOf } from '../kubernetes/support';
import { declare, definitions, intentsOf } from '../support/arbitraries';
import { backendOptions, endpointOn } from '../support/definitions';
import { GATEWAY, NUMBERED, ROUTER, SHORT_STOP } from '../support/profiles';
import { check } from '../support/properties';
import { planOf, seconds } from './support';

const IDS = Object.keys(TIMEOUT_RULES) as TimeoutRuleId[];
const ofKind = (kind: RuleKind) => IDS.filter((id) => TIMEOUT_RULES[id].kind === kind);

/** The identifiers that the notes of the field use. */
const EXPECTED = [
  ...['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10'],
  ...['E1', 'E2', 'E3', 'E4', 'E5', 'E6'],
  ...['S1', 'S2', 'S3', 'S4', 'S5'],
  ...['D1', 'D2', 'D3', 'D4', 'D5'],
];

const TIMEOUT_CODES = [
  'RequestTimeoutTooLong',
  'RequestTimeoutTooShort',
  'KeepAliveTooShort',
  'DrainTooLong',
  'TimeoutOverride',
  'TimeoutNotSettable',
];

describe('the rules', () => {
  test('are complete', () => {
    expect(IDS).toEqual(expect.arrayContaining(EXPECTED));
  });

  test.each(IDS)('%s states the requirement and its source', (id) => {
    const rule = TIMEOUT_RULES[id];
    expect(rule.sentence).toMatch(/^[a-z].*[a-z]$/);
    expect(rule.source).toMatch(rule.kind === RuleKind.GIVEN ? /\w/ : /^https:\/\//);
    expect('choice' in rule).toBe(rule.kind === RuleKind.CHOICE);
  });

  test('that compare two times are checked in some chain', () => {
    const sync = ModelServer.mlflow({ model: '/m' });
    const stream = { maxDuration: seconds(100), heartbeat: seconds(10) };
    const plans = [
      planOf({ target: NUMBERED, platform: { behind: [Intermediary.envoy()] }, endpoint: { streaming: stream } }),
      planOf({
        target: ROUTER,
        platform: { behind: [Intermediary.nginx()] },
        backend: { server: sync },
        endpoint: { streaming: stream },
      }),
      planOf({ target: NUMBERED, backend: { server: ModelServer.granian({ app: 'app' }) } }),
      planOf({ target: NUMBERED, backend: { server: ModelServer.mlServer(), batching: { maxBatchSize: 2 } } }),
    ];
    const seen = new Set(plans.flatMap(({ plan }) => plan._relations.map(({ rule }) => rule)));
    expect(ofKind(RuleKind.RELATION).filter((id) => !seen.has(id))).toEqual([]);
  });
});

/** A few hops in front with arbitrary times. */
const behind: fc.Arbitrary<HopIntent[]> = fc.array(
  fc.record({
    name: fc.constantFrom('a proxy', 'a CDN', 'a load balancer'),
    clientIdleSeconds: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    serverIdleSeconds: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
    silenceSeconds: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    requestSeconds: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    cutsConnections: fc.boolean(),
    passesThrough: fc.boolean(),
  }),
  { maxLength: 3 },
);

const overrides: fc.Arbitrary<TimeoutOverrides> = fc.record(
  {
    keepAliveSeconds: fc.integer({ min: 1, max: 5000 }),
    watchdogSeconds: fc.integer({ min: 1, max: 5000 }),
    deregistrationSeconds: fc.integer({ min: 0, max: 3600 }),
    preStopSeconds: fc.integer({ min: 1, max: 5000 }),
    drainSeconds: fc.integer({ min: 1, max: 5000 }),
    stopSeconds: fc.integer({ min: 1, max: 5000 }),
  },
  { requiredKeys: [] },
);

const targets = fc.constantFrom(NUMBERED, SHORT_STOP, ROUTER, GATEWAY);

describe('a plan', () => {
  test('is accepted if and only if every relation holds and every time can be set', () => {
    check(
      fc.property(
        definitions,
        targets,
        behind,
        fc.option(overrides, { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
        (definition, target, front, timeouts, idleSeconds) => {
          const intents: PlatformIntents = intentsOf(declare(definition, target));
          const plan = new ServingPlan({
            ...intents,
            behind: front,
            idleSeconds,
            backends: intents.backends.map((backend) => ({ ...backend, timeouts })),
          });
          const broken = plan._relations.filter((relation) => !holds(relation));
          const refused = plan.refusals.filter(({ code }) => TIMEOUT_CODES.includes(code));
          const named = new Set(refused.map(({ rule }) => rule));
          const unsettable = refused.some(({ rule }) => rule === undefined);
          expect(broken.length > 0 || unsettable).toBe(refused.length > 0);
          for (const rule of named) if (rule !== undefined) expect(broken.map((one) => one.rule)).toContain(rule);
        },
      ),
    );
  });

  test('detects a chain that is broken on purpose', () => {
    const { plan } = planOf({ target: NUMBERED });
    const [first] = plan._relations.filter(({ rule }) => rule === 'R1');
    expect(first).toBeDefined();
    if (first === undefined) return;
    expect(holds(first)).toBe(true);
    expect(holds({ ...first, more: { ...first.more, seconds: first.less.seconds + first.margin - 1 } })).toBe(false);
  });
});

const manifestOfService = () => {
  const stack = new Stack(new CdkApp(), 'Serving');
  new ServingEndpoint(stack, 'endpoint').addBackend(
    'v1',
    backendOptions({ maxConcurrency: 4, model: Model.fromS3('s3://acme-models/a/') }),
  );
  const template = Template.fromStack(stack);
  return {
    containers: Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0]?.Properties.ContainerDefinitions,
    services: Object.values(template.findResources('AWS::ECS::Service')),
  };
};

/** For each design choice, what the output or the plan must contain. */
const CHOICES: Partial<Record<TimeoutRuleId, () => void>> = {
  R9: () => {
    const server = ModelServer.asgi({ app: 'app' });
    const { plan } = planOf({ target: NUMBERED, backend: { server, maxConcurrency: 4 } });
    expect(plan.backend('endpoint/backend').command.join(' ')).not.toMatch(/limit|backlog|connections/);
    const waitress = ModelServer.waitress({ app: 'app' });
    const details = [33, 34].map(
      (maxConcurrency) =>
        planOf({ target: NUMBERED, backend: { server: waitress, maxConcurrency } }).entries('connection limit')[0],
    );
    expect(details).toMatchObject([
      {
        level: 'native',
        detail: expect.stringMatching(/keep up to 33 connections each, which makes 99 with 33 concurrent requests$/),
      },
      {
        level: 'left to the application',
        detail: expect.stringMatching(
          /makes 102 with 34 concurrent requests: raise the limit, or lower maxConcurrency$/,
        ),
      },
    ]);
  },
  E5: () => {
    const platform = routerPlatform();
    endpointOn(platform).addBackend('v1', backendOptions());
    const config = configurationOf(platform.plan());
    expect(config.match(/retry-on .*/g)).toEqual(['retry-on conn-failure']);
    const values = endpointValues(platform.plan(), platform.plan().endpoint('endpoint'), ['route'], ['v1']);
    const policies = ENVOY_GATEWAY.policies?.map((policy) => policy.specOf(values));
    expect(policies).toHaveLength(1);
    expect(JSON.stringify(policies)).not.toContain('retr');
  },
  E6: () => {
    const envoy = Gateway.fromName('g', { profile: GatewayProfile.ENVOY_GATEWAY })._target();
    expect(envoy.idle.defaultSeconds).toBe(300);
    expect(routerProfile(30).idle.defaultSeconds).toBe(15);
    const forever = planOf({ target: envoy, backend: { server: ModelServer.triton({}) } });
    expect(forever).toMatchObject({ idle: 300, codes: [] });
  },
  S1: () => {
    const { ladder, times } = planOf({ target: NUMBERED });
    expect(times.deregistration).toBeGreaterThanOrEqual(60);
    expect(ladder.map(({ rule }) => rule)).toContain('D1');
  },
  S2: () => {
    const drainOf = (version: string) =>
      planOf({ target: ROUTER, backend: { server: ModelServer.gunicorn({ app: 'app', version }) } }).times.drain;
    expect([drainOf('26.2.0'), drainOf('27.0.1')]).toEqual([65, 62]);
  },
  S3: () => {
    const streaming = { maxDuration: seconds(600), heartbeat: seconds(10) };
    const drainOf = (cutOnStop: boolean) =>
      planOf({
        target: ROUTER,
        endpoint: { streaming: { ...streaming, cutOnStop } },
        backend: { server: ModelServer.asgi({ app: 'app' }) },
      }).times.drain;
    expect([drainOf(false), drainOf(true)]).toEqual([600, 60]);
  },
  S4: () => {
    const { containers } = podOf({ server: ModelServer.triton({}) });
    expect(containers[0].lifecycle.preStop.sleep.seconds).toBeGreaterThanOrEqual(routerProfile(30).propagationSeconds);
  },
  S5: () => {
    expect(Object.keys(podOf().containers[0].lifecycle.preStop)).toEqual(['sleep']);
  },
  D3: () => {
    const { containers, services } = manifestOfService();
    expect(JSON.stringify(services)).not.toContain('SPOT');
    expect(containers.filter((one: { Essential: boolean }) => one.Essential)).toHaveLength(1);
    expect(containers.length).toBeGreaterThan(1);
  },
  D4: () => {
    const server = manifestOfService().containers.find((one: { Name: string }) => one.Name === 'Server');
    expect(server.LinuxParameters.InitProcessEnabled).toBe(true);
    expect(server.EntryPoint).toEqual(['gunicorn']);
  },
  D5: () => {
    const server = ModelServer.gunicorn({ app: 'app', version: '26.2.0' });
    for (const target of [NUMBERED, SHORT_STOP, ROUTER, GATEWAY]) {
      const { times } = planOf({ target, backend: { server } });
      expect(times.stop - times.drain).toBe(5);
    }
  },
};

describe('a design choice of the library', () => {
  test.each(ofKind(RuleKind.CHOICE))('is enforced: %s', (id) => {
    const check = CHOICES[id];
    expect(check).toBeDefined();
    check?.();
  });
});
