/** How often and after which waits something is tried again. */
export interface RetryPolicy {
  /** How often at most, the first time included. */
  readonly attempts: number;
  /** The first wait in milliseconds; each next one is twice as long. */
  readonly firstWait: number;
  /** The longest wait, whatever the store asks for. */
  readonly maxWait: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, firstWait: 500, maxWait: 60_000 };

/** The wait before the next try in milliseconds: what the store asked for, else a random part of an exponential one. */
export function waitBefore(attempt: number, policy: RetryPolicy, asked?: number, random = Math.random): number {
  if (asked !== undefined) return Math.min(asked, policy.maxWait);
  const bound = Math.min(policy.firstWait * 2 ** attempt, policy.maxWait);
  // At least half of it: waits near zero would not spread the load, only repeat it.
  return bound * (0.5 + random() / 2);
}

/**
 * The milliseconds of a `Retry-After` header: seconds or a date. A date is compared with the `Date` of the same answer,
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
