import type { IntentIndex } from './intent-index';
import type { PlatformIntents } from './intents';
import type { Ledger } from './ledger';
import type { Checks } from './timeouts/checks';
import type { SolvedBalancer } from './timeouts/solving';

/** The input for the plans of all endpoints and backends of a platform, and the ledger and checks that collect results. */
export interface Planning {
  readonly intents: PlatformIntents;
  readonly index: IntentIndex;
  readonly balancer: SolvedBalancer;
  readonly ledger: Ledger;
  readonly checks: Checks;
}
