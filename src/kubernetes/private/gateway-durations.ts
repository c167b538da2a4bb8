/** A duration in the format of Gateway API, which allows up to five digits per unit. */
export function durationOf(seconds: number): string {
  if (seconds < 100_000) return `${seconds}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}
