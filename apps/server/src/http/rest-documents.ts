import {
  MAX_BODY_BYTES,
  MAX_IMPORT_BODY_BYTES,
  requireScope,
  type Services,
  type SessionDocument,
  TrunklineError,
} from "@trunkline/contract";
import { ImportSessionInput } from "@trunkline/contract/schemas";
import { parseForeignJson } from "../common/foreign-json.ts";
import { begun } from "./begun.ts";
import type { HttpContext } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream, receivedWhile, sentWhile } from "./open-stream.ts";

/** Handles the request; null: leaves it to the procedure. */
type DocumentHandler = (
  c: HttpContext,
  deps: { services: Services; streams: LiveStreams },
) => Promise<Response | null>;

/** Session export and import over REST: streamed in both directions, because documents may be larger than memory. They end with their token. */
export const REST_DOCUMENTS: Readonly<Partial<Record<string, DocumentHandler>>> = {
  async "session.export"(c, { services: { sessions }, streams }) {
    // Let the procedure report invalid input.
    if (Object.keys(c.req.queries()).length > 0) return null;
    const sessionId = c.req.param("sessionId") ?? "";
    if (!UUID.test(sessionId)) return null;
    const { principal } = c.get("authenticated");
    requireScope(principal, "session.export");
    // Refusals need an HTTP status, so they must happen before the stream starts.
    const stream = openStream(c, streams);
    try {
      const pieces = await begun(sessions.exportStream(principal, { sessionId }));
      return new Response(sentWhile(stream, pieces), {
        headers: { "content-type": "application/json" },
      });
    } catch (error) {
      stream.close();
      throw error;
    }
  },

  async "session.import"(c, { services: { sessions }, streams }) {
    const { principal } = c.get("authenticated");
    requireScope(principal, "session.import");
    const length = Number(c.req.header("content-length") ?? Number.NaN);
    if (length > MAX_IMPORT_BODY_BYTES) {
      throw new TrunklineError("payload_too_large", `Body too large: limit ${MAX_IMPORT_BODY_BYTES} bytes`);
    }
    const isSmall = length <= MAX_BODY_BYTES;
    if (isSmall && !isBareDocument(await c.req.text())) return null;
    const importKey = c.req.query("importKey");
    if (!ImportSessionInput.shape.importKey.safeParse(importKey).success) {
      throw new TrunklineError("validation_failed", "importKey must be a text of 1 to 500 characters");
    }
    const body = isSmall ? ReadableStream.from([await c.req.bytes()]) : (c.req.raw.body ?? NOTHING);
    const stream = openStream(c, streams);
    try {
      const received = receivedWhile(stream, whole(body));
      return Response.json(await sessions.importStream(principal, received, { importKey }));
    } finally {
      stream.close();
    }
  },
};

const UUID = /^[\da-f-]{36}$/i;
const NOTHING = new ReadableStream<Uint8Array>({ start: (stream) => stream.close() });

/** The export, unchanged. */
function isBareDocument(text: string): boolean {
  try {
    const body = parseForeignJson(text) as Partial<SessionDocument> | null;
    return typeof body === "object" && body?.format === "trunkline.session";
  } catch {
    return false;
  }
}

async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (cause) {
    throw new TrunklineError("validation_failed", "The upload broke off; nothing was stored", { cause });
  }
}
