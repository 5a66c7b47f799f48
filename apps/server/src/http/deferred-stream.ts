import type { ServerResponse } from "node:http";
import type { Http2Bindings, HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/** HTTP/1.1 is all that this server listens for; the library's type knows both. */
type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response>;
type StartStream = (headers: Headers) => void;

const starts = new WeakMap<ServerResponse, StartStream>();

/**
 * The answer to give in a handler for a stream that is written to the connection itself. It begins once everything that
 * stands around the handler has had its say about the headers.
 */
export function answerWithStream(outgoing: ServerResponse, start: StartStream): Response {
  starts.set(outgoing, start);
  return new Response(null);
}

/** Starts the streams that handlers asked for. Around the whole app: its own merging of answers knows no sent ones. */
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
