import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { ErrorReason, ImportSessionInput, ImportSessionOutput } from "@trunkline/contract";
import { type Skip, skip } from "./skip.ts";

/** Hands a document over. @throws what makes going on with the next file useless, e.g. that no server answers */
export type SendDocument = (input: ImportSessionInput) => Promise<ImportSessionOutput | { skip: Skip }>;

/** Refusals that another file need not meet. */
const OF_ONE_DOCUMENT: readonly ErrorReason[] = ["validation_failed", "payload_too_large", "internal"];

export function sendTo(client: TrunklineClient): SendDocument {
  return async (input) => {
    try {
      return await client.session.import.mutate(input);
    } catch (error) {
      if (!isApiError(error) || !OF_ONE_DOCUMENT.includes(error.reason)) throw error;
      return skip(error.reason === "payload_too_large" ? "too-large" : "refused", error.message);
    }
  };
}
