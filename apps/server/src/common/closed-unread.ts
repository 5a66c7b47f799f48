/**
 * Pieces of something open that is closed also where nobody begins to read: a generator's `finally` only runs once it was begun, and
 * Node ends the whole process over a file that garbage collection finds open.
 *
 * @param close for that case; whoever has begun to read closes it by reading on or returning
 */
export function closedUnread<Piece>(
  pieces: AsyncIterable<Piece>,
  close: () => Promise<void> | void,
): AsyncIterableIterator<Piece, undefined> {
  let reading: AsyncIterator<Piece, undefined> | undefined;
  let isOver = false;
  return {
    async next() {
      if (isOver) return { done: true, value: undefined };
      reading ??= pieces[Symbol.asyncIterator]();
      return reading.next();
    },
    async return() {
      if (reading !== undefined) {
        await reading.return?.();
      } else if (!isOver) {
        isOver = true;
        await close();
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
