import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CLOCK } from "../common/pace.ts";

/** A server may say how soon its stream is opened again (`retry:`), even at once. Not sooner than this, in ms. */
const SPACE_MS = 1_000;
/** Messages of one answer. They are parsed in one go, and the SDK takes lists, which earlier versions of MCP had. */
const MAX_MESSAGES = 100;

/** `fetch` of one connection, for the SDK's transport: what a server makes it do is bounded. */
export function boundedHttp(fetch: FetchLike, { now, wait } = CLOCK): FetchLike {
  let nextAt = 0;
  return async (url, init = {}) => {
    if (init.method === "GET") {
      const waitMs = nextAt - now();
      nextAt = Math.max(nextAt, now()) + SPACE_MS;
      if (waitMs > 0) await wait(waitMs, init.signal ?? undefined);
    }
    const response = await fetch(url, init);
    return isJson(response) ? withFewMessages(response) : response;
  };
}

function isJson({ ok, headers }: Response): boolean {
  return ok && headers.get("content-type")?.startsWith("application/json") === true;
}

/** @throws Error for a list that is too long. */
async function withFewMessages(response: Response): Promise<Response> {
  const text = await response.text();
  if (/^\s*\[/.test(text)) {
    const messages: unknown = JSON.parse(text);
    if (Array.isArray(messages) && messages.length > MAX_MESSAGES) {
      throw new Error(`It answered with ${messages.length} messages at once, more than ${MAX_MESSAGES}`);
    }
  }
  return new Response(text, { status: response.status, headers: response.headers });
}
