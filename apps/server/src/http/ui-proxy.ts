import { randomBytes } from "node:crypto";
import { html } from "hono/html";
import type { Logger } from "pino";
import type { Web } from "../web/port.ts";
import { ByteBudget } from "../fairness/byte-budget.ts";
import { networkOf } from "./client-address.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import type { HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import type { Site } from "./site.ts";
import { UiClient } from "./ui-client.ts";
import { buildFile, type UiAnswer, UiFiles } from "./ui-files.ts";
import { uiPolicy } from "./ui-policy.ts";

/**
 * What is read from the UI's process at a time for one network, where each answer counts as a megabyte; others wait. A page
 * needs no sign-in, and whoever asks for a thousand of them keeps nobody else from that process.
 */
const ANSWER_BYTES = 1_000_000;
const BYTES_PER_NETWORK = 16 * ANSWER_BYTES;

export interface UiProxyDeps {
  web: Web;
  site: Pick<Site, "basePath">;
  limits: Pick<Limits, "addressOf">;
  logger: Logger;
}

/** Forwards requests for pages and files to the UI's process, but for the build's files that it has by now. */
export function createUiProxy({ web, site, limits, logger }: UiProxyDeps) {
  const client = new UiClient(site);
  const files = new UiFiles();
  const budget = new ByteBudget(BYTES_PER_NETWORK);

  return async (c: HttpContext): Promise<Response> => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return methodRefusal(["GET", "HEAD"]);
    const upstream = web.url();
    const problem = web.problem();
    if (problem !== null) return problemPage(problem);
    if (upstream === null) return startingPage();
    try {
      return answerWith(c, await fetchAnswer(c, upstream));
    } catch (error) {
      if (!c.req.raw.signal.aborted)
        logger.warn({ err: error, path: c.req.path }, "The UI process does not answer");
      return startingPage();
    }
  };

  async function fetchAnswer(c: HttpContext, upstream: string): Promise<UiAnswer> {
    const { pathname, search } = new URL(c.req.url);
    const { method, headers, signal } = c.req.raw;
    const file = buildFile(pathname, headers);
    const kept = (): UiAnswer | undefined => (file === null ? undefined : files.get(file.name));
    const known = kept();
    if (known !== undefined) return known;
    const owner = networkOf(limits.addressOf(c.env.incoming));
    using _room = await budget.take(owner, ANSWER_BYTES, signal);
    // Whoever had the room before may have asked for the same.
    const request = file?.request ?? { method, path: `${pathname}${search}`, headers };
    const answer = kept() ?? (await client.fetch(upstream, { ...request, signal }, policyOf(web)));
    if (file !== null) files.keep(file.name, answer);
    return answer;
  }
}

function policyOf({ mode }: Web): string {
  return uiPolicy({ nonce: randomBytes(16).toString("base64"), dev: mode === "development" });
}

function answerWith(c: HttpContext, answer: UiAnswer): Response {
  const { status, body } = answer;
  const headers = new Headers(answer.headers);
  const etag = headers.get("etag");
  const isKnown = status === 200 && etag !== null && c.req.header("if-none-match") === etag;
  if (!isKnown) return new Response(c.req.method === "HEAD" ? null : body, { status, headers });
  headers.delete("content-length");
  return new Response(null, { status: 304, headers });
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
