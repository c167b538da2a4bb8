import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import type { ServingPlatformProps } from '../../src/constructs/serving-platform';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import type { TestPlatformProps } from '../support/test-platform';

export const seconds = Duration.seconds;

/** The input of a plan. */
export interface PlanOf {
  readonly target: TestPlatformProps['target'];
  readonly platform?: ServingPlatformProps;
  readonly endpoint?: ServingEndpointProps;
  readonly backend?: Partial<BackendOptions>;
}

/** The plan of one endpoint with one backend, and what tests use most. */
export function planOf({ target, platform, endpoint, backend }: PlanOf) {
  const declared = testPlatform({ ...platform, target });
  endpointOn(declared, 'endpoint', endpoint).addBackend('backend', backendOptions(backend));
  const plan = declared.plan();
  return {
    plan,
    idle: plan.balancer.idle,
    times: plan.backend('endpoint/backend').times,
    chain: plan.backend('endpoint/backend').chain,
    rollout: plan.backend('endpoint/backend').rollout,
    ladder: plan.backend('endpoint/backend').ladder.hops,
    front: plan.endpoint('endpoint').ladder.hops,
    codes: plan.refusals.map(({ code }) => code),
    rules: plan.refusals.map(({ rule }) => rule),
    messages: plan.refusals.map(({ message }) => message),
    entries: (feature: string) => plan.ledger.filter((entry) => entry.feature === feature),
  };
}

/** A server with a fixed keep-alive. */
export const keeping = (keepAlive: number, name = 'llama') =>
  ModelServer.command({ command: ['serve'], behavior: { drains: true, name, keepAlive: seconds(keepAlive) } });

/** A server that drops its requests on SIGTERM. */
export const dropping = () => ModelServer.command({ command: ['serve'], behavior: { drains: false } });
