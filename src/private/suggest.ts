/** What a mistyped name may mean: the closest known name, or a list of all. */
export function suggest(name: string, known: readonly string[]): string {
  const [found] = nearest(name, known, 1);
  return found === undefined
    ? `expected one of ${known.map((one) => `'${one}'`).join(', ')}`
    : `did you mean '${found}'?`;
}

/** The known names that a mistyped name may mean, the closest first. */
export function nearest(name: string, known: readonly string[], most: number): string[] {
  return known
    .map((one) => ({ one, distance: distanceOf(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ one }) => one);
}

/**
 * The known path that a mistyped one may mean; undefined if none is close. Only what follows the shared directories is
 * compared, so that `models/vgg` is not taken for `models/net`. A name without its directory means the whole path.
 */
export function nearestPath(path: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .filter((one) => one !== path)
    .map((one) => ({ one, ...comparedParts(path.split('/'), one.split('/')) }))
    .map(({ one, typed, other }) => ({
      one,
      typed,
      distance: one.endsWith(`/${path}`) ? 0 : distanceOf(typed.toLowerCase(), other.toLowerCase()),
    }))
    .filter(({ typed, distance }) => distance < typed.length && distance <= Math.max(1, Math.floor(typed.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.one;
}

/** What is left of two paths after the directories that both start with. */
function comparedParts(path: string[], other: string[]): { readonly typed: string; readonly other: string } {
  const shared = path.findIndex((part, index) => part !== other[index] || index === path.length - 1);
  return { typed: path.slice(shared).join('/'), other: other.slice(shared).join('/') };
}

/** The number of letters to add, remove or change, or of neighbors to swap. */
export function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? (before[j - 2] as number) + 1 : change;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change, swap));
    }
    [before, row] = [row, next];
  }
  return row[b.length] as number;
}
