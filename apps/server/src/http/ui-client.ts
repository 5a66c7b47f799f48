import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Site } from "./site.ts";
import type { UiAnswer } from "./ui-files.ts";
import { UiBelowBasePath } from "./ui-below-base-path.ts";

/**
 * Request headers passed to the UI's process. An allowlist, because what must not pass (cookies, tokens,
 * `x-middleware-subrequest` of CVE-2025-29927, whatever comes next) is open-ended.
 */
const PASSED_ON = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "if-modified-since",
  "if-none-match",
  "purpose",
  "range",
  "rsc",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-purpose",
  "user-agent",
]);
const ROUTER_HEADER = /^(?:next-(?:router-[a-z-]+|url|hmr-refresh)|x-nextjs-(?:html-)?request-id)$/;

/** Response headers to drop: hop-by-hop headers (RFC 9110, 7.6.1), and those that the UI must not decide. */
const KEPT_BACK = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-powered-by",
]);

/** Statuses without a body (Fetch standard, "null body status"). */
const BODILESS = new Set([204, 205, 304]);

/** What is asked of the UI's process. */
export interface UiRequest {
  /** With the query. */
  path: string;
  method: string;
  /** Of the client's; those on the list are passed on. */
  headers: Headers;
  signal: AbortSignal;
}

/**
 * Asks the UI's process, without credentials. An answer is read whole before it is passed on, so that a client that does
 * not read holds nothing of that process.
 */
export class UiClient {
  // A separate agent, so that no proxy from the environment gets between the two processes.
  readonly #agent = new Agent({ keepAlive: true });
  readonly #below: UiBelowBasePath | null;

  constructor({ basePath }: Pick<Site, "basePath">) {
    this.#below = basePath === "" ? null : new UiBelowBasePath(basePath);
  }

  /**
   * @param url of the UI's process
   * @param policy the page's
   * @throws what asking throws, and where the answer breaks off
   */
  async fetch(url: string, { path, method, headers, signal }: UiRequest, policy: string): Promise<UiAnswer> {
    const passed = passedOn(headers);
    const answer = await ask(`${url}${path}`, {
      agent: this.#agent,
      method,
      headers: { ...(this.#below?.asked(passed) ?? passed), "content-security-policy": policy },
      signal,
    });
    const given = answerHeaders(answer, policy);
    this.#below?.changeHeaders(given);
    const status = answer.statusCode ?? 502;
    if (BODILESS.has(status) || method === "HEAD") {
      answer.resume();
      return { status, headers: given, body: null };
    }
    const accepted = headers.get("accept-encoding") ?? undefined;
    const changed = await this.#below?.body(answer, { path, headers: given, accepted });
    return { status, headers: given, body: changed ?? (await buffer(answer)) };
  }
}

async function ask(url: string, options: Parameters<typeof request>[1]): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, options, resolve).on("error", reject).end();
  return promise;
}

function passedOn(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Array.from(headers).filter(([name]) => PASSED_ON.has(name) || ROUTER_HEADER.test(name)),
  );
}

/**
 * Like every response's, but without sandbox: a worker's script gets its rights from here, and would have another
 * origin. Scripts bring a policy of their own (next.config.ts) for what a worker loads.
 */
const FILE_POLICY = "default-src 'none'; frame-ancestors 'none'";

function answerHeaders(answer: IncomingMessage, policy: string): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    if (KEPT_BACK.has(name)) continue;
    for (const value of values ?? []) headers.append(name, value);
  }
  if (headers.get("content-type")?.startsWith("text/html") === true) {
    headers.set("content-security-policy", policy);
    // A cached page would have the nonce of another response's policy, and its scripts would not run.
    headers.set("cache-control", "no-store");
  } else if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", FILE_POLICY);
  }
  return headers;
}
