import { TrunklineError } from "@trunkline/contract";
import { html } from "hono/html";
import type { Auth } from "../auth/port.ts";
import { readBrowserCookie, writeBrowserCookie } from "./browser-cookie.ts";
import { methodRefusal } from "./error-answer.ts";
import { htmlPage } from "./html-page.ts";
import { hostOf, type HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import type { NoteRefusal } from "./refusals.ts";
import type { Site } from "./site.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

export const SIGN_IN_PATH = "/sign-in";

/** @returns the link that signs a browser in, once. `origin` is the server's, as that browser reaches it. */
function signInUrl(origin: string, code: string): string {
  return `${origin}${SIGN_IN_PATH}?code=${encodeURIComponent(code)}`;
}

/** Exchanges the code of a sign-in link for the cookie, and leaves the code behind. */
export function createSignInHandler({
  auth,
  site,
  limits,
  noteRefusal,
  now,
}: {
  auth: Auth;
  site: Site;
  limits: Limits;
  noteRefusal: NoteRefusal;
  now: () => number;
}) {
  return async (c: HttpContext): Promise<Response> => {
    // Hono answers HEAD with the GET handler; a program that only looks must not use the code up.
    if (c.req.method !== "GET") return methodRefusal(["GET", "POST"]);
    const code = c.req.query("code") ?? "";
    const address = limits.addressOf(c.env.incoming);
    const name = comesFromElsewhere(c) ? auth.whoseSignInCode(code) : null;
    if (name !== null) return confirmPage(c, name);
    const redeemed = await auth.redeemSignInCode(code, address);
    if (redeemed !== null) {
      writeBrowserCookie(c, site, redeemed.cookieSecret, redeemed.expiresAt - now());
      return toUi(c);
    }
    // Reloaded, or opened twice: whoever is signed in already needs no other link.
    const known = await auth.authenticate({ authorization: undefined, cookie: readBrowserCookie(c, site) });
    if (known !== null) return toUi(c);
    const waitMs = limits.takeFailure(address);
    if (waitMs > 0) throw new TooManyRequestsError(waitMs);
    noteRefusal(c, new TrunklineError("unauthorized", "The link does not hold"));
    return oldLinkPage();
  };
}

/**
 * A link that somebody clicks on another site may be anybody's: it must not make them act as its sender without their
 * knowing it. A typed or pasted link, and one that a terminal opens, says `none`.
 */
function comesFromElsewhere(c: HttpContext): boolean {
  const site = c.req.header("sec-fetch-site");
  return site === "cross-site" || site === "same-site";
}

async function confirmPage(c: HttpContext, name: string): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  return htmlPage({
    status: 200,
    title: `Sign in as ${name}?`,
    body: html`<p>
        This link came from another site. Whoever made it can see what this browser does as
        <code>${name}</code>: go on only where that is you.
      </p>
      <p><a href="${pathname + search}">Sign in as ${name}</a></p>`,
  });
}

/**
 * The first page needs no cookie, which matters: SameSite=Strict keeps it out of a navigation that began on another
 * site, redirects included. Everything that the page then asks for carries it.
 */
function toUi(c: HttpContext): Response {
  return c.redirect("/", 303);
}

async function oldLinkPage(): Promise<Response> {
  return htmlPage({
    status: 403,
    title: "This link does not work any more",
    body: html` <p>
        A sign-in link works once, and for ten minutes. This one was used already, or is too old.
      </p>
      <p>
        For a new one, run <code>trunkline login</code> on the machine that the server runs on, or start it
        again with <code>npm start</code>.
      </p>`,
  });
}

/** `POST /api/sign-in-codes`: a new link, for who holds the token. A browser cannot multiply its own sign-in. */
export function createSignInCodeHandler({ auth, site }: { auth: Auth; site: Site }) {
  return (c: HttpContext): Response => {
    if (c.get("authenticated").via !== "bearer") {
      throw new TrunklineError(
        "forbidden",
        "A sign-in link is made with the API token, as 'Authorization: Bearer …'",
      );
    }
    const { code, expiresInMs } = auth.createSignInCode(c.get("authenticated"));
    return c.json({ url: signInUrl(site.originOf(hostOf(c)), code), expiresInMs });
  };
}
