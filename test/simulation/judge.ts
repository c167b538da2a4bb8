/** What a plan loses when it is put to the test of events. */
import type { ServingPlan } from '../../src/plan/plan';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { demandOf, leavingOf, type Surroundings, settingsOf, wayOf } from './of-plan';
import { aloneScenarios, leavingScenarios, randomScenario, reuseScenarios, type Scenario } from './scenarios';
import { simulate } from './simulate';
import type { Way } from './world';

/** The refusals that are about times. */
const CODES = new Set([
  'RequestTimeoutTooLong',
  'KeepAliveTooShort',
  'DrainTooLong',
  'TimeoutOverride',
  'TimeoutNotSettable',
]);

export function isRefused(plan: ServingPlan): boolean {
  return plan.refusals.some(({ code }) => CODES.has(code));
}

/** Why requests to the backends of a plan are lost, if any are. */
export function losesOf(plan: ServingPlan, around: Surroundings, random: () => number): string[] {
  return plan.backends.flatMap((backend) => [...new Set(losesOfBackend(plan, around, backend, random))]);
}

function* losesOfBackend(
  plan: ServingPlan,
  around: Surroundings,
  backend: BackendPlan,
  random: () => number,
): Generator<string> {
  const leaving = leavingOf(around.target, backend);
  for (const path of backend.endpoints) {
    const endpoint = plan.endpoint(path);
    const way = wayOf(around, endpoint, backend, settingsOf(plan, backend));
    const demands = [demandOf(endpoint)];
    yield* lost(way, [
      ...aloneScenarios(demands),
      ...reuseScenarios(way),
      ...leavingScenarios(demands, leaving),
      randomScenario(demands, leaving, random),
      randomScenario(demands, leaving, random),
    ]);
  }
}

/** Why calls are lost in scenarios. */
export function* lost(way: Way, scenarios: Iterable<Scenario>): Generator<string> {
  for (const { calls, chance, leaving } of scenarios)
    for (const { why } of simulate(way, calls, chance, leaving)) yield why;
}
