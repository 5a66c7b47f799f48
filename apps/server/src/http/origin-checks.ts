import { TrunklineError } from "@trunkline/contract";
import { cors } from "hono/cors";
import { hostOf, type HttpContext, type Middleware } from "./http-env.ts";
import type { Site } from "./site.ts";

/**
 * One rule for everything under /trpc and /api, whatever the credentials: a request from a page must come from our own
 * origin or a listed one. Requests with a bearer token would not need it (no browser adds one by itself), but a foreign
 * page could not read the response anyway, and one rule is easier to maintain than two.
 */
export function refuseForeignOrigin(site: Site): Middleware {
  return async (c, next) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && origin !== site.originOf(hostOf(c)) && !site.listsOrigin(origin)) {
      throw new TrunklineError(
        "forbidden",
        "This origin is not allowed. To allow it, add it to TRUNKLINE_ALLOWED_ORIGINS",
      );
    }
    await next();
  };
}

/** CORS for listed origins; off until the operator lists one. */
export function allowListedOrigins(site: Site): Middleware {
  const allow = cors({
    origin: (origin) => origin,
    credentials: true,
    allowMethods: ["GET", "POST", "PATCH", "DELETE"],
    allowHeaders: ["authorization", "content-type", "last-event-id", "trpc-accept", "x-request-id"],
    exposeHeaders: ["retry-after", "x-request-id"],
    maxAge: 600,
  });
  return async (c, next) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && site.listsOrigin(origin)) return allow(c, next);
    await next();
    c.res.headers.append("vary", "Origin");
  };
}

const WRITES_NOTHING = new Set(["GET", "HEAD"]);

/**
 * Browsers attach cookies to requests from other pages, and another port of localhost even counts as same-site. So a
 * cookie alone proves nothing: a write must carry our origin, and a read must not claim a foreign one.
 */
export function refuseForgery(site: Site): Middleware {
  return async (c, next) => {
    if (c.get("authenticated").via === "cookie" && !comesFromOwnPage(c, site)) {
      throw new TrunklineError(
        "forbidden",
        "A request with a cookie must come from the server's own page; other programs send a bearer token",
      );
    }
    await next();
  };
}

function comesFromOwnPage(c: HttpContext, site: Site): boolean {
  const origin = c.req.header("origin");
  if (origin !== undefined && site.listsOrigin(origin)) return true;
  const fetchSite = c.req.header("sec-fetch-site");
  const sameOrigin = fetchSite === undefined || fetchSite === "same-origin" || fetchSite === "none";
  return sameOrigin && (origin !== undefined || WRITES_NOTHING.has(c.req.method));
}
