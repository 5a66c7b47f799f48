import { once } from "node:events";
import { type IncomingMessage, request as requestOver } from "node:http";
import { request as requestSecurely } from "node:https";
import type { Socket } from "node:net";
import { type Connect, DestinationError } from "../../network/port.ts";
import { FetchError } from "./fetch-error.ts";
import { readPageAddress } from "./page-address.ts";
import { ACCEPTED_ENCODINGS, type Body, readBody } from "./read-body.ts";

export interface FetchLimits {
  redirects: number;
  /** Maximum bytes of a body, compressed or not. */
  bodyBytes: number;
  /** Total timeout, from resolving the first name to the last byte, over all redirects, in ms. */
  timeoutMs: number;
}

export const FETCH_LIMITS: FetchLimits = { redirects: 5, bodyBytes: 2_097_152, timeoutMs: 30_000 };

export interface FetchedPage {
  /** Final address after redirects. */
  url: URL;
  /** Target of a redirect to another site, which is not followed. */
  redirectsTo: URL | null;
  status: number;
  /** Content-Type; empty if absent. */
  contentType: string;
  /** Null if its type is not wanted. */
  body: Body | null;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a page: GET, no cookies, no credentials, no referrer. Redirects are followed only within a site, each checked
 * like a new request: an approval for one site says nothing about another, and an address can carry data there.
 * @param wants decides by the content type whether to read the body.
 * @throws FetchError; the signal's reason once aborted.
 */
export async function fetchPage(
  address: string,
  options: {
    connect: Connect;
    limits: FetchLimits;
    wants: (contentType: string) => boolean;
    signal: AbortSignal;
  },
): Promise<FetchedPage> {
  const { limits, signal } = options;
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  try {
    return await follow(readPageAddress(address), {
      ...options,
      signal: AbortSignal.any([signal, deadline]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) throw new FetchError(`No response within ${limits.timeoutMs / 1_000} s`);
    if (error instanceof FetchError || error instanceof DestinationError) throw error;
    throw new FetchError(`Can't fetch the page: ${describe(error)}`, { cause: error });
  }
}

async function follow(
  start: URL,
  {
    connect,
    limits,
    wants,
    signal,
  }: { connect: Connect; limits: FetchLimits; wants: (contentType: string) => boolean; signal: AbortSignal },
): Promise<FetchedPage> {
  let url = start;
  for (let hops = 0; hops <= limits.redirects; hops++) {
    const socket = await connect(url, signal);
    try {
      const response = await ask(url, socket, signal);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (!REDIRECTS.has(status) || location === undefined) {
        const contentType = response.headers["content-type"] ?? "";
        const body = wants(contentType) ? await readBody(response, limits.bodyBytes) : null;
        return { url, redirectsTo: null, status, contentType, body };
      }
      const target = readPageAddress(location, url);
      if (!isSameSite(url, target)) {
        return { url, redirectsTo: target, status, contentType: "", body: null };
      }
      url = target;
    } finally {
      socket.destroy();
    }
  }
  throw new FetchError(`More than ${limits.redirects} redirects`);
}

/** The same origin, or its HTTPS version. */
export function isSameSite(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const isUpgrade = from.protocol === "http:" && to.protocol === "https:";
  return isUpgrade && from.hostname === to.hostname && from.port === "" && to.port === "";
}

async function ask(url: URL, socket: Socket, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? requestSecurely : requestOver;
  const request = send(url, {
    createConnection: () => socket,
    signal,
    headers: {
      accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, application/json;q=0.7, */*;q=0.1",
      "accept-encoding": ACCEPTED_ENCODINGS,
      "user-agent": "Trunkline (web_fetch)",
    },
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  // Later errors are reported by the body's reader.
  request.on("error", () => undefined);
  return response;
}

function describe(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return String(first);
  const code = "code" in first && typeof first.code === "string" ? first.code : null;
  return code === null || first.message.includes(code) ? first.message : `${first.message} (${code})`;
}
