/** What ends a connection, in words for people: the SDK tells its callers only that it was closed. */
export class BrokenConnectionError extends Error {
  override readonly name: string = "BrokenConnectionError";
}
