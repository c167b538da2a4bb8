import { archives } from './archives';
import { conversations } from './conversations';
import type { Fuzzer } from './fuzzer';

/** Everything that `npm run test:fuzz` runs. */
export const FUZZERS: readonly Fuzzer[] = [conversations, archives];
