/** How often an operation is retried, and how long to wait in between. */
export interface RetryPolicy {
  /** The maximum number of attempts, including the first. */
  readonly attempts: number;
  /** The first wait in milliseconds. Each following one is twice as long. */
  readonly firstWait: number;
  /** The maximum wait in milliseconds, also for `Retry-After`. */
  readonly maxWait: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, firstWait: 500, maxWait: 60_000 };

/** The wait before the next attempt in milliseconds: what the store requested, or exponential backoff with jitter. */
export function waitBefore(attempt: number, policy: RetryPolicy, requested?: number, random = Math.random): number {
  if (requested !== undefined) return Math.min(requested, policy.maxWait);
  const bound = Math.min(policy.firstWait * 2 ** attempt, policy.maxWait);
  // At least half: waits near zero would repeat the load instead of spreading it.
  return bound * (0.5 + random() / 2);
}

/**
 * The milliseconds of a `Retry-After` header: seconds or a date. A date is compared with the `Date` of the same response,
 * because the clock of this machine may be wrong.
 */
export function retryAfter(headers: { 'retry-after'?: string; date?: string }): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000;
  const then = Date.parse(value);
  const now = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
  const wait = then - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

export async function sleep(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
