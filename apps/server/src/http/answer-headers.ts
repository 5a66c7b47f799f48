import { secureHeaders } from "hono/secure-headers";
import type { Middleware } from "./http-env.ts";

/** What every answer says about itself, unless its handler knows better (the UI's pages have a policy of their own). */
export const guardAnswer: Middleware = secureHeaders({
  // An answer that somebody opens as a page is one of no origin, in which nothing runs and nothing is loaded.
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], sandbox: [] },
  xFrameOptions: "DENY",
  // Plain HTTP is spoken here; who puts TLS in front of it decides about this one.
  strictTransportSecurity: false,
  overwrite: false,
});

/**
 * Names the request in its answer, as the log does, and keeps caches away from whatever does not ask for one.
 * Set on the answer itself: what `c.header` prepares is lost where a handler makes its own Response.
 */
export const labelAnswer: Middleware = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-request-id", c.get("requestId"));
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};
