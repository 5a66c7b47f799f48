import { TrunklineError } from "@trunkline/contract";
import { html } from "hono/html";
import { z } from "zod";
import type { FirstToken } from "../auth/port.ts";
import { readBrowserCookie, uiWithKey, writeBrowserCookie } from "./browser-cookie.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import { hostOf, type HttpContext } from "./http-env.ts";
import { readOwnForm } from "./own-form.ts";
import { hasBody, MAX_SHORT_BODY_BYTES, requireJson } from "./request-body.ts";
import type { SignInDeps } from "./sign-in.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

export const INVITE_PATH = "/invite";

const Body = z.strictObject({ code: z.string().max(200) });

/** `GET /invite?code=…`: shows who is invited. Viewing it does not use it up: chat programs fetch links. */
export function createInvitePageHandler(deps: SignInDeps) {
  const { auth, site } = deps;
  return async (c: HttpContext): Promise<Response> => {
    if (c.req.method !== "GET") return methodRefusal(["GET", "POST"]);
    const code = c.req.query("code") ?? "";
    const invited = await auth.whoseInvitation(code);
    if (invited === null) {
      noteFailure(deps, c);
      return usedPage();
    }
    const cookie = readBrowserCookie(c, site);
    const known = await auth.authenticate({ authorization: undefined, cookie });
    return htmlPage({
      status: 200,
      title: `Join as ${invited.name}?`,
      hasForm: true,
      body: html`<p>
          You are invited to use this Trunkline server as <code>${invited.name}</code>. The invitation works
          once: whoever accepts it is the only one who can see what <code>${invited.name}</code> does here.
        </p>
        ${known === null ? "" : html`<p>This browser is signed in as <code>${known.principal.name}</code> now.</p>`}
        <form method="post" action="${site.basePath}${INVITE_PATH}">
          <input type="hidden" name="code" value="${code}" />
          <button>Join as ${invited.name}</button>
        </form>`,
    });
  };
}

/** @throws TooManyRequestsError after too many attempts from this address */
function noteFailure({ limits, noteRefusal }: SignInDeps, c: HttpContext): void {
  const waitMs = limits.takeFailure(limits.addressOf(c.env.incoming));
  if (waitMs > 0) throw new TooManyRequestsError(waitMs);
  noteRefusal(c, new TrunklineError("unauthorized", "The invitation does not work"));
}

/**
 * `POST /invite`: redeems the code for the user's first token. The page's form also signs the browser in; a program
 * that sends the code as JSON only gets the token.
 */
export function createInviteHandler(deps: SignInDeps) {
  const { auth, site, limits } = deps;

  const redeem = async (c: HttpContext, code: string): Promise<FirstToken | null> => {
    const joined = await auth.redeemInvitation(code, limits.addressOf(c.env.incoming));
    if (joined === null) noteFailure(deps, c);
    return joined;
  };

  return async (c: HttpContext): Promise<Response> => {
    const form = await readOwnForm(c, site);
    if (form !== null) {
      const joined = await redeem(c, form.get("code") ?? "");
      return joined === null ? usedPage() : joinedPage(deps, c, joined);
    }
    const body = await readJson(c, deps);
    const joined = await redeem(c, body.code);
    if (joined === null) throw new TrunklineError("unauthorized", USED);
    const { userId, name, tokenId, secret, scope } = joined;
    return c.json({ userId, name, tokenId, scope, secret }, 201);
  };
}

async function readJson(c: HttpContext, { site }: SignInDeps): Promise<z.infer<typeof Body>> {
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== site.originOf(hostOf(c))) {
    throw new TrunklineError("forbidden", "Accept an invitation on the server's own page, or from a program");
  }
  await requireJson(c, async () => undefined);
  const length = Number(c.req.header("content-length") ?? (hasBody(c) ? Infinity : 0));
  if (length > MAX_SHORT_BODY_BYTES) {
    throw new TrunklineError("payload_too_large", `Body too large: limit ${MAX_SHORT_BODY_BYTES} bytes`);
  }
  const body = Body.safeParse(await c.req.json().catch(() => null));
  if (!body.success) throw new TrunklineError("validation_failed", `Send {"code": "…"}`);
  return body.data;
}

async function joinedPage(
  { auth, site, limits, now }: SignInDeps,
  c: HttpContext,
  { name, secret }: FirstToken,
): Promise<Response> {
  const signedIn = await auth.signInWithToken(secret, limits.addressOf(c.env.incoming));
  if (signedIn !== null) writeBrowserCookie(c, site, signedIn.cookieSecret, signedIn.expiresAt - now());
  const page = await htmlPage({
    status: 200,
    title: `Welcome, ${name}`,
    body: html`<p>This browser is signed in. This is your token for the terminal and for other browsers:</p>
      <p><code>${secret}</code></p>
      <p>Copy it now and keep it to yourself: it won't be shown again, and nobody can give you another.</p>
      <p>
        <a href="${signedIn === null ? `${site.basePath}/` : uiWithKey(site, signedIn.pageKey)}">Continue</a>
      </p>`,
  });
  return c.body(await page.text(), 200, Object.fromEntries(page.headers));
}

const USED =
  "This invitation doesn't work: it was used, replaced, or is older than a week. Ask whoever sent it";

async function usedPage(): Promise<Response> {
  return htmlPage({
    status: 403,
    title: "This invitation doesn't work",
    body: html`<p>It was used already, was replaced by a newer one, or is older than a week.</p>
      <p>
        If you haven't used it, somebody else has: tell whoever invited you, and don't use an account that
        others could be in.
      </p>`,
  });
}
