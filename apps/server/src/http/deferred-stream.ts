import type { ServerResponse } from "node:http";
import type { Http2Bindings, HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/** This server only speaks HTTP/1.1; the library's type also allows HTTP/2. */
type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response>;
type StartStream = (headers: Headers) => void;

const starts = new WeakMap<ServerResponse, StartStream>();

/**
 * Returned by a handler whose stream is written directly to the connection. It starts after all middleware has set its
 * headers.
 */
export function answerWithStream(outgoing: ServerResponse, start: StartStream): Response {
  starts.set(outgoing, start);
  return new Response(null);
}

/** Starts the deferred streams. Must wrap the whole app, because Hono can't merge responses that were already sent. */
export function startingStreams(fetch: Fetch): Fetch {
  return async (request, env) => {
    const answer = await fetch(request, env);
    const outgoing = env.outgoing as ServerResponse;
    const start = starts.get(outgoing);
    if (start === undefined) return answer;
    starts.delete(outgoing);
    start(answer.headers);
    return RESPONSE_ALREADY_SENT;
  };
}
