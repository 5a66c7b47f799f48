import { once } from "node:events";
import { type IncomingMessage, request as sendRequest, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ProxyLimits } from "./limits.ts";
import { pour, type TransferBudget } from "./transfer.ts";

/** Headers that concern one connection (RFC 9110, section 7.6.1), and credentials meant for the proxy. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Sends a request on and its response back. Both are written anew: the host is the one that was decided about, whatever
 * the request's own `Host` said, and no spelling reaches the server that only one of the two reads as a second request.
 */
export async function forwardRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: { url: URL; upstream: Socket; budget: TransferBudget; limits: ProxyLimits; signal: AbortSignal },
): Promise<void> {
  const { url, upstream, budget, limits, signal } = options;
  const outgoing = sendRequest({
    createConnection: () => upstream,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    setHost: false,
    headers: [...endToEnd(incoming), "Host", url.host, "Connection", "close", ...framing(incoming)],
    signal,
  });
  response.on("close", () => upstream.destroy());
  incoming.socket.setTimeout(limits.idleMs, () => incoming.socket.destroy());
  const answered = once(outgoing, "response");
  pour(incoming, outgoing, (bytes) => budget.spend("sent", bytes));
  const [answer] = (await answered) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 502, [...endToEnd(answer)]);
  pour(answer, response, (bytes) => budget.spend("received", bytes));
}

/** A body's length, or that it comes in chunks: as it was read. */
function framing({ headers }: IncomingMessage): string[] {
  return headers["transfer-encoding"] === undefined ? [] : ["Transfer-Encoding", "chunked"];
}

/** Names and values in turn. */
function endToEnd({ rawHeaders, headers }: IncomingMessage): string[] {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named.has(lower)) kept.push(name, rawHeaders[at + 1] ?? "");
  }
  return kept;
}
