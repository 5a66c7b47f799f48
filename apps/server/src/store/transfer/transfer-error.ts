/** The store cannot be migrated; the message says why, and what to do. Nothing of the source was changed. */
export class TransferError extends Error {
  override readonly name = "TransferError";
}
