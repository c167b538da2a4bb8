/** A length of time as Gateway API writes it: up to five digits for each unit. */
export function durationOf(seconds: number): string {
  if (seconds < 100_000) return `${seconds}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}
