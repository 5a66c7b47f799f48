/** A page that can't or must not be fetched; the message is for the model. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}
