import { archives } from './archives';
import { conversations } from './conversations';
import type { Fuzzer } from './fuzzer';
import { responses } from './responses';

/** Everything that `npm run test:fuzz` runs. */
export const FUZZERS: readonly Fuzzer[] = [conversations, responses, archives];
