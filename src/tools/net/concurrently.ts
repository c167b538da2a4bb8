/** What is made of each item, a few at a time and in the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  make: (item: T) => Promise<R>,
): Promise<R[]> {
  const made: R[] = [];
  await concurrently([...items.entries()], limit, async ([index, item]) => {
    made[index] = await make(item);
  });
  return made;
}

/** Does something with each item, a few at a time. Begins nothing new after a failure, and waits for what runs. */
export async function concurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const item = items[next++] as T;
      await work(item).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
