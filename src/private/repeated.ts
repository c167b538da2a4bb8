/** The first item that a list contains twice; undefined if all are distinct. */
export function firstRepeated<T>(items: readonly T[]): T | undefined {
  const seen = new Set<T>();
  for (const item of items) {
    if (seen.has(item)) return item;
    seen.add(item);
  }
  return undefined;
}
