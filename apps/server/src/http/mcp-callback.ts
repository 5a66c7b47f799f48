import { type Services, TrunklineError } from "@trunkline/contract";
import { html } from "hono/html";
import { MCP_CALLBACK_PATH } from "../mcp/port.ts";
import { readBrowserCookie } from "./browser-cookie.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import { hostOf, type HttpContext } from "./http-env.ts";
import { readOwnForm } from "./own-form.ts";
import type { SignInDeps } from "./sign-in.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

const FIELDS = ["code", "state", "iss", "error"] as const;

/**
 * `GET /mcp/authorized?code=…&state=…`: where authorization servers send browsers. It changes nothing: no cookie comes along
 * from another site (SameSite=Strict), so nobody knows yet who this is. The form that it shows brings the cookie.
 */
export function createMcpCallbackPage({ site }: Pick<SignInDeps, "site">) {
  return async (c: HttpContext): Promise<Response> => {
    if (c.req.method !== "GET") return methodRefusal(["GET", "POST"]);
    const fields = FIELDS.flatMap((name) => {
      const value = c.req.query(name);
      return value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}" />`];
    });
    return htmlPage({
      status: 200,
      title: c.req.query("error") === undefined ? "Connect the MCP server?" : "Not authorized",
      hasForm: true,
      body: html`<p>Continue only if you just asked Trunkline to connect an MCP server.</p>
        <form method="post" action="${site.basePath}${MCP_CALLBACK_PATH}">
          ${fields}
          <button>Continue</button>
        </form>
        <p>If you asked in a terminal, paste the address of this page there instead.</p>`,
    });
  };
}

/** `POST /mcp/authorized` with that form: for the user who asked, in the browser where they did. */
export function createMcpCallbackForm(deps: SignInDeps & { services: Pick<Services, "mcp"> }) {
  const { auth, site, limits, noteRefusal, services } = deps;
  return async (c: HttpContext): Promise<Response> => {
    const form = await readOwnForm(c, site);
    if (form === null) throw new TrunklineError("validation_failed", "Send the form of the page");
    const address = limits.addressOf(c.env.incoming);
    const known = await auth.authenticate({ authorization: undefined, cookie: readBrowserCookie(c, site) });
    if (known === null) {
      const waitMs = limits.takeFailure(address);
      if (waitMs > 0) throw new TooManyRequestsError(waitMs);
      return answerPage(
        403,
        "This browser is not signed in",
        "Sign in first, or paste the address of the page before into the terminal where you asked.",
      );
    }
    const principal = { ...known.principal, via: known.via, address };
    const waitMs = limits.takeCalls(principal.userId, 1);
    if (waitMs > 0) throw new TooManyRequestsError(waitMs);
    if (!principal.scopes.includes("write")) {
      return answerPage(403, "Not authorized", "This browser's sign-in may only read.");
    }
    const given = new URL(site.urlOf(hostOf(c)) + MCP_CALLBACK_PATH);
    for (const name of FIELDS) {
      const value = form.get(name);
      if (value !== null) given.searchParams.set(name, value);
    }
    try {
      const server = await services.mcp.finishAuthorization(principal, { address: given.href });
      const text =
        server.state === "connected" ? "It is connected. You can close this page." : (server.message ?? "");
      return await answerPage(200, `${server.name} is authorized`, text);
    } catch (error) {
      if (!(error instanceof TrunklineError)) throw error;
      noteRefusal(c, error);
      return answerPage(403, "Not authorized", error.message);
    }
  };
}

async function answerPage(status: number, title: string, text: string): Promise<Response> {
  return htmlPage({ status, title, body: html`<p>${text}</p>` });
}
