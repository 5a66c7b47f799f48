/** A page that cannot be fetched, or may not; the message is for the model. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}
