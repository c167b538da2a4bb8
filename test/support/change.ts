/** Changed copies of rendered objects, for tests that a check detects a change. */

function steps(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\['([^']+)'\]|([^.[\]]+)/g)].map(([, index, quoted, plain]) =>
    index !== undefined ? Number(index) : (quoted ?? plain ?? ''),
  );
}

/**
 * A deep copy with values set at paths such as `spec.ports[0].name` or `metadata.labels['a/b']`. Missing objects on the
 * path are created; `undefined` removes a value.
 */
export function changed<T extends object>(original: T, changes: { readonly [path: string]: unknown }): T {
  const copy = structuredClone(original);
  for (const [path, value] of Object.entries(changes)) {
    const way = steps(path);
    const last = way.pop() ?? '';
    let at = copy as { [key: string | number]: unknown };
    for (const [i, step] of way.entries()) {
      at[step] ??= typeof (way[i + 1] ?? last) === 'number' ? [] : {};
      at = at[step] as { [key: string | number]: unknown };
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}
