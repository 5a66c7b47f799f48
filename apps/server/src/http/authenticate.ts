import { TrunklineError } from "@trunkline/contract";
import type { Auth } from "../auth/port.ts";
import { readBrowserCookie } from "./browser-cookie.ts";
import type { Middleware } from "./http-env.ts";
import type { Site } from "./site.ts";

/** Nobody unknown gets past this: it guards whole paths, so that no procedure or route can forget to ask. */
export function authenticate(auth: Auth, site: Site): Middleware {
  return async (c, next) => {
    const authenticated = await auth.authenticate({
      authorization: c.req.header("authorization"),
      cookie: readBrowserCookie(c, site),
    });
    if (authenticated === null) {
      throw new TrunklineError(
        "unauthorized",
        "Send a valid token as 'Authorization: Bearer …', or sign in again with a link from 'trunkline login'",
      );
    }
    c.set("authenticated", authenticated);
    await next();
  };
}
