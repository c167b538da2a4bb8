/** The maximum number of results that a function remembers. */
const MOST_RESULTS = 500;

/** A function that remembers its results in this process by a key, for arguments that most definitions of an app share. */
export function remembered<A, T>(keyOf: (argument: A) => string, compute: (argument: A) => T): (argument: A) => T {
  const results = new Map<string, T>();
  return (argument) => {
    const key = keyOf(argument);
    if (results.has(key)) return results.get(key) as T;
    if (results.size === MOST_RESULTS) results.clear();
    const result = compute(argument);
    results.set(key, result);
    return result;
  };
}
