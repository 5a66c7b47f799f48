import type { IncomingMessage } from "node:http";
import { html } from "hono/html";
import { type ErrorAnswer, errorAnswer } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import type { Site } from "./site.ts";

/** What looks after the server itself is set up without knowing the base path. */
const AT_THE_ROOT = new Set(["/health", "/ready", "/metrics"]);

/**
 * Takes the base path off the request's target, so that everything behind knows only paths without it.
 *
 * @returns false for a request that is not below it
 */
export function moveBelow(incoming: IncomingMessage, { basePath }: Site): boolean {
  if (basePath === "") return true;
  const { path, rest } = ownTarget(incoming);
  if (AT_THE_ROOT.has(path)) return true;
  if (!path.startsWith(`${basePath}/`)) return false;
  incoming.url = path.slice(basePath.length) + rest;
  return true;
}

/** The answer to a request that is not below the base path. */
export async function outsideBasePath(incoming: IncomingMessage, { basePath }: Site): Promise<ErrorAnswer> {
  const { path, rest } = ownTarget(incoming);
  if (path === basePath) return movedTo(`${basePath}/${rest}`);
  return path === "/" || path === "" ? movedTo(`${basePath}/`) : elsewhere(incoming, basePath);
}

/** Of a target that names the server too (RFC 9112, 3.2.2), only the path counts. */
function ownTarget({ url = "" }: IncomingMessage): { path: string; rest: string } {
  const own = url.startsWith("/") ? url : url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  const [path = ""] = own.split(/[?#]/, 1);
  return { path, rest: own.slice(path.length) };
}

/** Never permanently: the base path may change. */
function movedTo(location: string): ErrorAnswer {
  return { status: 307, body: "", headers: { location } };
}

async function elsewhere({ headers }: IncomingMessage, basePath: string): Promise<ErrorAnswer> {
  const address = `${basePath}/`;
  if (headers.accept?.includes("text/html") !== true) {
    const hint = `Not found: this server is below ${address}. A proxy in front has to pass that part of the path on`;
    return errorAnswer("not_found", hint);
  }
  const page = await htmlPage({
    status: 404,
    title: "Trunkline is not here",
    body: html`<p>This server's address is <a href="${address}">${address}</a>.</p>
      <p>If you came from there, the proxy in front has to pass that part of the path on.</p>`,
  });
  return { status: 404, body: await page.text(), headers: Object.fromEntries(page.headers) };
}
