import { requireScope, type Services, STREAM_SILENCE_LIMIT_MS, TrunklineError } from "@trunkline/contract";
import { SubscribeInput } from "@trunkline/contract/schemas";
import type { Logger } from "pino";
import { answerWithStream } from "./deferred-stream.ts";
import { errorAnswer, INTERNAL_MESSAGE } from "./error-answer.ts";
import { BatchEncoder, type StreamFormat, writeEventStream } from "./event-stream.ts";
import type { HttpContext } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream } from "./open-stream.ts";

/**
 * `session.subscribe` in tRPC's SSE protocol, written by hand: tRPC's own producer serialises each message for each
 * subscriber through three streams, which costs most of what a thousand of them can get. What goes over the wire is
 * the same, and the tests read it with tRPC's own client.
 */
export function createTrpcStreamHandler(deps: { services: Services; streams: LiveStreams; logger: Logger }) {
  const encoder = new BatchEncoder();

  return async (c: HttpContext): Promise<Response> => {
    const input = readInput(c);
    const { principal } = c.get("authenticated");
    // What the router would ask, were it asked.
    requireScope(principal, "session.subscribe");
    const stream = openStream(c, deps.streams);
    const { signal } = stream;
    const batches = deps.services.sessions.subscribe(principal, input, signal);
    const after = input.lastEventId ?? 0;
    const { outgoing } = c.env;
    return answerWithStream(outgoing, (headers) => {
      writeEventStream(outgoing, batches, { format: TRPC_FORMAT, encoder, after, signal, headers })
        .catch((error: unknown) => deps.logger.error({ err: error }, "a stream could not be written"))
        .finally(() => stream.close());
    });
  };
}

const TRPC_FORMAT: StreamFormat = {
  opening: `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: STREAM_SILENCE_LIMIT_MS })}\n\n`,
  batch: (batch, cursor) => `data: ${JSON.stringify(batch)}\nid: ${cursor}\n\n`,
  ping: "event: ping\ndata: \n\n",
  failure: (error) => `event: serialized-error\ndata: ${errorShape(error)}\n\n`,
};

function errorShape(error: unknown): string {
  const { body } =
    error instanceof TrunklineError
      ? errorAnswer(error.reason, error.message)
      : errorAnswer("internal", INTERNAL_MESSAGE);
  return JSON.stringify((JSON.parse(body) as { error: unknown }).error);
}

/** The cursor may come as EventSource sends it on a reconnect, and then counts more than what the URL still says. */
function readInput(c: HttpContext): SubscribeInput {
  const lastEventId =
    c.req.header("last-event-id") ?? c.req.query("lastEventId") ?? c.req.query("Last-Event-Id");
  const result = SubscribeInput.safeParse({
    ...parseObject(c.req.query("input")),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
  if (result.success) return result.data;
  throw new TrunklineError(
    "validation_failed",
    result.error.issues.map((issue) => [...issue.path, issue.message].join(": ")).join("; "),
  );
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
