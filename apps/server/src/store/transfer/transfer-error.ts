/** The store can't be migrated; the message says why, and what to do. The source is unchanged. */
export class TransferError extends Error {
  override readonly name = "TransferError";
}
