import { secureHeaders } from "hono/secure-headers";
import type { Middleware } from "./http-env.ts";

/** Default headers of every response (the UI's pages have their own policy). */
export const guardAnswer: Middleware = secureHeaders({
  // A response opened as a page has an opaque origin, runs nothing and loads nothing.
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], sandbox: [] },
  xFrameOptions: "DENY",
  // Only plain HTTP is served here; the TLS proxy decides on HSTS.
  strictTransportSecurity: false,
  overwrite: false,
});

/**
 * Sets the request id, as in the log, and disables caching unless requested. Set on the response itself: headers
 * prepared by `c.header` are lost if a handler creates its own Response.
 */
export const labelAnswer: Middleware = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-request-id", c.get("requestId"));
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};
