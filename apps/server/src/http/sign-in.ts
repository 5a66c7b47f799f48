import { TrunklineError } from "@trunkline/contract";
import { html } from "hono/html";
import type { Auth } from "../auth/port.ts";
import { readBrowserCookie, uiWithKey, writeBrowserCookie } from "./browser-cookie.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import { hostOf, type HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import { readOwnForm } from "./own-form.ts";
import type { NoteRefusal } from "./refusals.ts";
import type { Site } from "./site.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

export const SIGN_IN_PATH = "/sign-in";

export interface SignInDeps {
  auth: Auth;
  site: Site;
  limits: Limits;
  noteRefusal: NoteRefusal;
  now: () => number;
}

/** @returns the link that signs a browser in, once. `url` is the server's, as that browser reaches it. */
function signInUrl(url: string, code: string): string {
  return `${url}${SIGN_IN_PATH}?code=${encodeURIComponent(code)}`;
}

/**
 * `GET /sign-in?code=…`: exchanges the code for the cookie, and leaves the code behind. Asks first where somebody else may
 * have made the reader open it, and where the browser is signed in as another user.
 */
export function createSignInHandler(deps: SignInDeps) {
  const { auth, site } = deps;
  return async (c: HttpContext): Promise<Response> => {
    // Hono answers HEAD with the GET handler; a program that only looks must not use the code up.
    if (c.req.method !== "GET") return methodRefusal(["GET", "POST"]);
    const code = c.req.query("code") ?? "";
    const holder = await auth.whoseSignInCode(code);
    if (holder === null) return redeem(deps, c, code);
    const cookie = readBrowserCookie(c, site);
    const known = await auth.authenticate({ authorization: undefined, cookie });
    const isSomebodyElse = known !== null && known.principal.userId !== holder.userId;
    if (!isOpenedByHand(c) || isSomebodyElse) {
      return confirmPage(site, { code, name: holder.name, now: known?.principal.name ?? null });
    }
    return redeem(deps, c, code);
  };
}

/** `POST /sign-in` with the form of the page that asks. JSON is for another handler. */
export function createSignInFormHandler(deps: SignInDeps) {
  return async (c: HttpContext, next: () => Promise<void>): Promise<Response | void> => {
    const form = await readOwnForm(c, deps.site);
    return form === null ? next() : redeem(deps, c, form.get("code") ?? "");
  };
}

async function redeem(deps: SignInDeps, c: HttpContext, code: string): Promise<Response> {
  const { auth, site, limits, noteRefusal, now } = deps;
  const address = limits.addressOf(c.env.incoming);
  const redeemed = await auth.redeemSignInCode(code, address);
  if (redeemed !== null) {
    writeBrowserCookie(c, site, redeemed.cookieSecret, redeemed.expiresAt - now());
    return c.redirect(uiWithKey(site, redeemed.pageKey), 303);
  }
  // Reloaded, or opened twice: whoever is signed in already needs no other link.
  const known = await auth.authenticate({ authorization: undefined, cookie: readBrowserCookie(c, site) });
  if (known !== null) return toUi(c, site);
  const waitMs = limits.takeFailure(address);
  if (waitMs > 0) throw new TooManyRequestsError(waitMs);
  noteRefusal(c, new TrunklineError("unauthorized", "The sign-in link is used up or too old"));
  return oldLinkPage();
}

/**
 * Whether the reader typed, pasted or opened the address from outside the browser. A link on any page may be anybody's, our
 * own pages too: they show what a model wrote. Browsers say so, but only to addresses they trust (HTTPS and loopback):
 * over plain HTTP they say nothing, which only a program that is no browser may do.
 */
function isOpenedByHand(c: HttpContext): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "none";
  return !(c.req.header("user-agent") ?? "").startsWith("Mozilla/");
}

async function confirmPage(
  { basePath }: Site,
  { code, name, now }: { code: string; name: string; now: string | null },
): Promise<Response> {
  return htmlPage({
    status: 200,
    title: `Sign in as ${name}?`,
    hasForm: true,
    body: html`<p>
        Whoever made this link can see everything this browser does as <code>${name}</code>. Continue only if
        you made it yourself, for example with <code>trunkline login</code>.
      </p>
      ${now === null ? "" : html`<p>This browser is signed in as <code>${now}</code> now.</p>`}
      <form method="post" action="${basePath}${SIGN_IN_PATH}">
        <input type="hidden" name="code" value="${code}" />
        <button>Sign in as ${name}</button>
      </form>
      <p><a href="${basePath}/">Cancel</a></p>`,
  });
}

/**
 * The first page needs no cookie, which matters: SameSite=Strict keeps it out of a navigation that began on another
 * site, redirects included. Everything that the page then asks for carries it.
 */
function toUi(c: HttpContext, { basePath }: Site): Response {
  return c.redirect(`${basePath}/`, 303);
}

async function oldLinkPage(): Promise<Response> {
  return htmlPage({
    status: 403,
    title: "This link no longer works",
    body: html` <p>A sign-in link works once, for ten minutes. This one was used already, or is too old.</p>
      <p>
        For a new one, run <code>trunkline login</code> on the server's machine, or restart the server with
        <code>npm start</code>.
      </p>`,
  });
}

/** `POST /api/sign-in-codes`: a new link, for who holds the token. A browser can't sign in other browsers. */
export function createSignInCodeHandler({ auth, site }: Pick<SignInDeps, "auth" | "site">) {
  return async (c: HttpContext): Promise<Response> => {
    if (c.get("authenticated").via !== "bearer") {
      throw new TrunklineError(
        "forbidden",
        "Creating a sign-in link takes the API token, as 'Authorization: Bearer …'",
      );
    }
    const { code, expiresInMs } = await auth.createSignInCode(c.get("authenticated"));
    return c.json({ url: signInUrl(site.urlOf(hostOf(c)), code), expiresInMs });
  };
}
