import { parseForeignJson } from "../../common/foreign-json.ts";
import { WebSearchError } from "./port.ts";

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 2_097_152;

/**
 * Asks an engine's API: no redirects, bounded in time and size.
 * @throws WebSearchError; the signal's reason once aborted.
 */
export async function requestJson(
  name: string,
  url: URL,
  { signal, ...init }: RequestInit & { signal: AbortSignal },
): Promise<unknown> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { ...init, redirect: "error", signal: bounded });
    const body = await readBounded(response);
    if (!response.ok)
      throw new WebSearchError(`${name} answered ${response.status}. ${adviceFor(response.status)}`);
    return parseForeignJson(body);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WebSearchError) throw error;
    // Its own words may quote the address, which may hold a key.
    const reason =
      error instanceof DOMException && error.name === "TimeoutError" ? "took too long" : "cannot be reached";
    if (error instanceof SyntaxError)
      throw new WebSearchError(`${name} answered with something that is no JSON`);
    throw new WebSearchError(`${name} ${reason}. Try again later, or go on without a search`, {
      cause: error,
    });
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new WebSearchError("The answer of the search engine is too large");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return "The server's operator has to check its key";
  if (status === 429) return "Too many searches: wait, or go on without";
  return "Try again later, or go on without a search";
}
