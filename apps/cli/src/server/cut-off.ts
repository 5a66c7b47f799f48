/** An answer ended well, as far as `fetch` can tell, but its content did not. */
export class CutOffError extends Error {
  override readonly name = "CutOffError";

  constructor() {
    super("The answer is not whole");
  }
}

/**
 * Whether an answer broke off in its middle, in words of `fetch`. A call says so as the cause of its cause: for tRPC it is an answer
 * that could not be read.
 */
export function isCutOff(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof CutOffError) return true;
    if (cause instanceof TypeError && cause.message === "terminated") return true;
  }
  return false;
}
