/**
 * Waits for the first item, so that an immediate failure is thrown here.
 *
 * @returns all items, including the first
 */
export async function begun<Item>(items: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  return continued(first, { [Symbol.asyncIterator]: () => iterator });
}

async function* continued<Item>(
  first: IteratorResult<Item>,
  rest: AsyncIterable<Item>,
): AsyncGenerator<Item, void> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
