/** Finds the requests that a plan loses in the simulation. */
import type { ServingPlan } from '../../src/plan/plan';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { chainOf, demandOf, leavingOf, type Surroundings, settingsOf } from './of-plan';
import { aloneScenarios, leavingScenarios, randomScenario, reuseScenarios, type Scenario } from './scenarios';
import { simulate } from './simulate';
import type { Chain } from './world';

/** The codes of refusals about times. */
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

/** The reasons why requests to the backends of a plan are lost, if any. */
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
    const chain = chainOf(around, endpoint, backend, settingsOf(plan, backend));
    const demands = [demandOf(endpoint)];
    yield* lost(chain, [
      ...aloneScenarios(demands),
      ...reuseScenarios(chain),
      ...leavingScenarios(demands, leaving),
      randomScenario(demands, leaving, random),
      randomScenario(demands, leaving, random),
    ]);
  }
}

/** The reasons why calls of the scenarios are lost. */
export function* lost(chain: Chain, scenarios: Iterable<Scenario>): Generator<string> {
  for (const { calls, chance, leaving } of scenarios)
    for (const { why } of simulate(chain, calls, chance, leaving)) yield why;
}
