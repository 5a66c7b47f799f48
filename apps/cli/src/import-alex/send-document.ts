import { importDocument, isApiError, type TrunklineClient } from "@trunkline/client";
import type { ErrorReason, ImportSessionInput, ImportSessionOutput } from "@trunkline/contract";
import { type Skip, skip } from "./skip.ts";

/**
 * Sends a document. `isChanged`: it is there, as it was at another time.
 * @throws errors that would also affect the next file, e.g. no server
 */
export type SendDocument = (
  input: ImportSessionInput,
) => Promise<ImportSessionOutput | { isChanged: true } | { skip: Skip }>;

/** Refusals that concern only this file. */
const OF_ONE_DOCUMENT: readonly ErrorReason[] = ["validation_failed", "payload_too_large", "internal"];

export function sendTo(client: TrunklineClient): SendDocument {
  return async (input) => {
    try {
      return await importDocument(client, asBytes(input));
    } catch (error) {
      if (isApiError(error) && error.reason === "idempotency_conflict") return { isChanged: true };
      if (!isApiError(error) || !OF_ONE_DOCUMENT.includes(error.reason)) throw error;
      return skip(error.reason === "payload_too_large" ? "too-large" : "refused", error.message);
    }
  };
}

/** In pieces: a document may be longer than a string can be. */
async function* asBytes({ document, importKey }: ImportSessionInput): AsyncGenerator<Uint8Array, void> {
  const { events, ...rest } = document;
  const key = importKey === undefined ? "" : `"importKey":${JSON.stringify(importKey)},`;
  yield Buffer.from(`{${key}"document":${JSON.stringify(rest).slice(0, -1)},"events":[`);
  for (const [index, event] of events.entries()) {
    yield Buffer.from(`${index === 0 ? "" : ","}${JSON.stringify(event)}`);
  }
  yield Buffer.from("]}}");
}
