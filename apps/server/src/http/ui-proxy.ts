import { randomBytes } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { html } from "hono/html";
import type { Logger } from "pino";
import type { Web } from "../web/port.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import type { HttpContext } from "./http-env.ts";
import type { Site } from "./site.ts";
import { UiBelowBasePath } from "./ui-below-base-path.ts";
import { uiPolicy } from "./ui-policy.ts";

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

export interface UiProxyDeps {
  web: Web;
  site: Pick<Site, "basePath">;
  logger: Logger;
}

/** Forwards requests for pages and assets to the UI's process, without credentials. */
export function createUiProxy({ web, site, logger }: UiProxyDeps) {
  // A separate agent, so that no proxy from the environment gets between the two processes.
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const below = site.basePath === "" ? null : new UiBelowBasePath(site.basePath);

  return async (c: HttpContext): Promise<Response> => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return methodRefusal(["GET", "HEAD"]);
    const upstream = web.url();
    const problem = web.problem();
    if (problem !== null) return problemPage(problem);
    if (upstream === null) return startingPage();
    const policy = uiPolicy({ nonce: randomBytes(16).toString("base64"), dev: web.mode === "development" });
    const { pathname, search } = new URL(c.req.url);
    const passed = passedOn(c.req.raw.headers);
    try {
      const answer = await ask(`${upstream}${pathname}${search}`, {
        agent,
        method: c.req.method,
        headers: { ...(below?.asked(passed) ?? passed), "content-security-policy": policy },
        signal: c.req.raw.signal,
      });
      const headers = answerHeaders(answer, policy);
      below?.changeHeaders(headers);
      const status = answer.statusCode ?? 502;
      if (BODILESS.has(status) || c.req.method === "HEAD") {
        answer.resume();
        return new Response(null, { status, headers });
      }
      const accepted = c.req.header("accept-encoding");
      const body = (await below?.body(answer, { path: pathname, headers, accepted })) ?? null;
      return new Response(body ?? (Readable.toWeb(answer) as ReadableStream<Uint8Array>), {
        status,
        headers,
      });
    } catch (error) {
      if (!c.req.raw.signal.aborted)
        logger.warn({ err: error, path: pathname }, "The UI process does not answer");
      return startingPage();
    }
  };
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

async function startingPage(): Promise<Response> {
  return htmlPage({
    status: 502,
    title: "Trunkline is starting",
    body: html`<p>This page reloads in a moment. Running tasks are not affected.</p>`,
    refreshSeconds: 1,
    headers: { "retry-after": "1" },
  });
}

async function problemPage(problem: string): Promise<Response> {
  return htmlPage({ status: 503, title: "No web UI", body: html`<p>${problem}</p>` });
}

/** Shown in place of the UI if it is off. */
export function createUiOffHandler({ basePath }: Pick<Site, "basePath">) {
  return (c: HttpContext): Response => uiOff(c, basePath);
}

function uiOff(c: HttpContext, basePath: string): Response {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") return methodRefusal(["GET", "HEAD"]);
  if (c.req.path !== "/") return c.text("Not found. The UI is off (TRUNKLINE_WEB=off).\n", 404);
  return c.text(
    "Trunkline serves its API here. The UI is off (TRUNKLINE_WEB=off).\n\n" +
      `API:    ${basePath}/trpc and ${basePath}/api, with 'Authorization: Bearer <token>'; described at ${basePath}/api/docs\n` +
      `Health: ${basePath}/health, ${basePath}/ready\n`,
  );
}
