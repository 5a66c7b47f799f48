import { MAX_BATCH_CALLS, TrunklineError } from "@trunkline/contract";
import type { Auth } from "../auth/port.ts";
import { requestIsOf } from "../fairness/caller.ts";
import type { KnownCallers } from "./known-callers.ts";
import { tokenEnded } from "./live-streams.ts";
import { isApiDocs } from "./api-docs.ts";
import { PAGE_KEY_HEADER, readBrowserCookie } from "./browser-cookie.ts";
import type { Middleware } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import type { Site } from "./site.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

/** Rejects unauthenticated requests. It guards whole path prefixes, so no procedure or route can forget it. */
export function authenticate({
  auth,
  site,
  limits,
  callers,
}: {
  auth: Auth;
  site: Site;
  limits: Limits;
  callers: KnownCallers;
}): Middleware {
  return async (c, next) => {
    const address = limits.addressOf(c.env.incoming);
    const credentials = {
      authorization: c.req.header("authorization"),
      cookie: readBrowserCookie(c, site),
      pageKey: c.req.header(PAGE_KEY_HEADER),
    };
    const authenticated = await auth.authenticate(credentials);
    // Every server on this host gets the cookie, whatever its port: with it alone one may read how to call, and no more.
    const lacksKey = authenticated?.via === "cookie" && !authenticated.hasPageKey && !isApiDocs(c.req.path);
    if (authenticated === null || lacksKey) {
      const { authorization, cookie } = credentials;
      if (authenticated === null) callers.forget(credentials);
      const waitMs = (authorization ?? cookie) === undefined ? 0 : limits.takeFailure(address);
      if (waitMs > 0) throw new TooManyRequestsError(waitMs);
      throw new TrunklineError(
        "unauthorized",
        "Send a valid token as 'Authorization: Bearer …', or sign in again with a link from 'trunkline login'",
      );
    }
    const principal = { ...authenticated.principal, via: authenticated.via, address };
    c.set("authenticated", { ...authenticated, principal });
    callers.note(credentials, principal.userId);
    requestIsOf(principal.userId, async () => {
      if ((await auth.authenticate(credentials)) === null) throw tokenEnded();
    });
    const waitMs = limits.takeCalls(principal.userId, callsOf(c.req.path));
    if (waitMs > 0) throw new TooManyRequestsError(waitMs);
    await next();
  };
}

/** tRPC batches list their calls separated by commas; longer ones than allowed are refused as a whole. */
function callsOf(path: string): number {
  if (!path.includes(",")) return 1;
  return Math.min(path.split(",").length, MAX_BATCH_CALLS);
}
