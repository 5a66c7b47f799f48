import { TRPCError } from "@trpc/server";
import { requireScope, type Services, STREAM_SILENCE_LIMIT_MS, TrunklineError } from "@trunkline/contract";
import { SubscribeInput } from "@trunkline/contract/schemas";
import type { Logger } from "pino";
import type { NoteCallFailure, NoteStreamFailure } from "./call-failure.ts";
import { answerWithStream } from "./deferred-stream.ts";
import { toCallError, toErrorAnswer, toErrorResponse } from "./error-answer.ts";
import { BatchEncoder, type StreamFormat, writeEventStream } from "./event-stream.ts";
import type { HttpContext } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream } from "./open-stream.ts";

/**
 * `session.subscribe` in tRPC's SSE protocol, written by hand: tRPC's own producer serialises each message for each
 * subscriber through three streams, which would dominate the cost of a thousand subscribers. The bytes are the same,
 * and the tests read them with tRPC's own client.
 */
export function createTrpcStreamHandler(deps: {
  services: Services;
  streams: LiveStreams;
  noteFailure: NoteCallFailure;
  noteStreamFailure: NoteStreamFailure;
  logger: Logger;
}) {
  const encoder = new BatchEncoder();

  const start = (c: HttpContext): Response => {
    const input = readInput(c);
    const { sessionId, lastEventId: after = 0 } = input;
    const { principal } = c.get("authenticated");
    // The checks that the router would make.
    requireScope(principal, PATH);
    const stream = openStream(c, deps.streams);
    const { signal } = stream;
    const batches = deps.services.sessions.subscribe(principal, input, signal);
    const { outgoing } = c.env;
    return answerWithStream(outgoing, (headers) => {
      const failed = (error: unknown) => deps.noteStreamFailure(c, error, PATH, sessionId);
      writeEventStream(outgoing, batches, { format: TRPC_FORMAT, encoder, after, signal, headers, failed })
        .catch((error: unknown) =>
          deps.logger.error({ err: error, sessionId }, "A stream could not be written"),
        )
        .finally(() => stream.close());
    });
  };

  return (c: HttpContext): Response => {
    try {
      return start(c);
    } catch (cause) {
      const error = toCallError(cause);
      deps.noteFailure(c, error, PATH);
      return toErrorResponse(error, PATH);
    }
  };
}

const PATH = "session.subscribe";

const TRPC_FORMAT: StreamFormat = {
  opening: `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: STREAM_SILENCE_LIMIT_MS })}\n\n`,
  batch: (batch, cursor) => `data: ${JSON.stringify(batch)}\nid: ${cursor}\n\n`,
  ping: "event: ping\ndata: \n\n",
  failure: (error) => `event: serialized-error\ndata: ${errorShape(error)}\n\n`,
};

/** Streams carry the inside of tRPC's envelope. */
function errorShape(error: unknown): string {
  const { body } = toErrorAnswer(error, PATH);
  return JSON.stringify((JSON.parse(body) as { error: unknown }).error);
}

/** On a reconnect EventSource sends the cursor as a header, which is newer than the one in the URL. */
function readInput(c: HttpContext): SubscribeInput {
  const lastEventId =
    c.req.header("last-event-id") ?? c.req.query("lastEventId") ?? c.req.query("Last-Event-Id");
  const result = SubscribeInput.safeParse({
    ...parseObject(c.req.query("input")),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
  if (result.success) return result.data;
  throw new TRPCError({ code: "BAD_REQUEST", cause: result.error });
}

function parseObject(text: string | undefined): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw new TrunklineError("validation_failed", "input must be JSON", { cause });
  }
  throw new TrunklineError("validation_failed", "input must be a JSON object");
}
