import { type Services, TrunklineError } from "@trunkline/contract";
import { forgetBrowserCookie } from "./browser-cookie.ts";
import type { HttpContext } from "./http-env.ts";
import type { Site } from "./site.ts";

/**
 * `POST /api/sign-out`: revokes the browser's own sign-in, whatever it may do otherwise: who may only read signs out as
 * well. Tokens of programs are revoked by `token.revoke`.
 */
export function createSignOutHandler({ services, site }: { services: Services; site: Site }) {
  return async (c: HttpContext): Promise<Response> => {
    const { principal, tokenId, via } = c.get("authenticated");
    if (via !== "cookie") {
      throw new TrunklineError("forbidden", "Only a browser signs out. To end a token, revoke it");
    }
    await services.tokens.revoke(principal, { tokenId });
    forgetBrowserCookie(c, site);
    return c.json({});
  };
}
