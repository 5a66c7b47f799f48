import type { IncomingMessage } from "node:http";
import { html } from "hono/html";
import { type ErrorAnswer, errorAnswer } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import { settingForHost } from "./request-target.ts";

/**
 * Response to a request for another host: 421 (RFC 9110, 15.5.20). A user who opened the server by another address or a
 * forwarded port gets a page that names the variable to set; programs get JSON.
 */
export async function misdirected(incoming: IncomingMessage, message: string): Promise<ErrorAnswer> {
  const { host = "", accept = "" } = incoming.headers;
  if (!accept.includes("text/html")) return errorAnswer("forbidden", message, { status: 421 });
  const page = await htmlPage({
    status: 421,
    title: "This address is not set up",
    body: html`<p>
        This server answers only to addresses it knows, so that other web sites can't reach it through your
        browser.
      </p>
      <p>If this address is yours, set this variable where the server runs, then restart the server:</p>
      <p><code>${settingForHost(host)}</code></p>
      <p>Separate several addresses with commas.</p>`,
  });
  return { status: 421, body: await page.text(), headers: Object.fromEntries(page.headers) };
}
