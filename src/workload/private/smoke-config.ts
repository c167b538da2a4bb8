import type { SmokeTestIntent } from '../../plan/intents';
import type { BackendPlan } from '../../plan/serving-plan';
import type { HttpQuestion } from './python-check';
import type { SmokeConfig, SmokeQuestion } from './smoke-scripts';

/** The time for a start-up check followed by the smoke test, in seconds. */
export function smokeSeconds({ health }: BackendPlan, { timeoutSeconds }: SmokeTestIntent): number {
  return (health.startup ?? health).timeoutSeconds + timeoutSeconds;
}

/** What a script needs to run the smoke test of a backend. */
export function smokeConfigOf({ intent, health }: BackendPlan, test: SmokeTestIntent): SmokeConfig {
  return {
    port: intent.port,
    startup: questionOf({ ...health, ...health.startup }),
    health: questionOf(health),
    sample: {
      method: test.method,
      path: test.path,
      headers: test.headers,
      ...(test.bodyBase64 !== undefined && { body: test.bodyBase64 }),
      timeout: test.timeoutSeconds,
      status: test.status,
      ...(test.schema !== undefined && { schema: JSON.parse(test.schema) as unknown }),
    },
  };
}

function questionOf({ path, host, statuses, timeoutSeconds }: HttpQuestion): SmokeQuestion {
  return {
    path,
    ...(host !== undefined && { host }),
    statuses: statuses.split(',').map((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return [first, last];
    }),
    timeout: timeoutSeconds,
  };
}
