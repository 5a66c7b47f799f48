import { MAX_VALUES } from "../common/foreign-json.ts";
import { BrokenConnectionError } from "./broken-connection.ts";

/** Longest message of a server, in bytes: it is parsed in one go. */
export const MAX_MESSAGE_BYTES = 2_097_152;

/** The connection ends with it: nobody knows where the next message begins. */
export class MessageTooLongError extends BrokenConnectionError {
  override readonly name = "MessageTooLongError";

  constructor() {
    super(`It sent a message of more than ${MAX_MESSAGE_BYTES / 1_048_576} MiB`);
  }
}

export class TooManyValuesError extends BrokenConnectionError {
  override readonly name = "TooManyValuesError";

  constructor() {
    super(`It sent a message of more than ${MAX_VALUES} values`);
  }
}
