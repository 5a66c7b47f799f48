import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hostOf, type HttpContext } from "./http-env.ts";
import type { Site } from "./site.ts";

/**
 * The port is in the name because cookies know no ports: two servers on one machine would overwrite each other's. It is the
 * one that the browser knows, which is the same for all nodes behind one proxy.
 * Under TLS, `__Host-` keeps subdomains and plain HTTP from setting it (RFC 6265bis, 4.1.3.2). Below a base path, other
 * programs of that host don't get it: its path is the server's own, and `__Secure-` the prefix that allows that.
 */
function cookieName(c: HttpContext, site: Site): { name: string; prefix: "host" | "secure" | undefined } {
  const { protocol, port } = new URL(site.originOf(hostOf(c)));
  const secure = protocol === "https:";
  const name = `trunkline_${port || (secure ? 443 : 80)}${site.basePath.replaceAll("/", "_")}`;
  if (!secure) return { name, prefix: undefined };
  // `__Host-` is for the whole host alone.
  return { name, prefix: site.basePath === "" ? "host" : "secure" };
}

/** Sent by the page with each call: what it kept when the browser was signed in, which no other origin can read. */
export const PAGE_KEY_HEADER = "x-trunkline-page-key";

/** Where a browser goes once it is signed in. Of the fragment only this origin's page learns, and no server. */
export function uiWithKey({ basePath }: Site, pageKey: string): string {
  return `${basePath}/#page-key=${pageKey}`;
}

export function readBrowserCookie(c: HttpContext, site: Site): string | undefined {
  const { name, prefix } = cookieName(c, site);
  return getCookie(c, name, prefix);
}

/** @param maxAgeMs how long the browser keeps it, in milliseconds */
export function writeBrowserCookie(c: HttpContext, site: Site, secret: string, maxAgeMs: number): void {
  const { name, prefix } = cookieName(c, site);
  setCookie(c, name, secret, {
    path: site.basePath || "/",
    httpOnly: true,
    sameSite: "Strict",
    secure: prefix !== undefined,
    prefix,
    maxAge: Math.floor(maxAgeMs / 1_000),
  });
}

export function forgetBrowserCookie(c: HttpContext, site: Site): void {
  const { name, prefix } = cookieName(c, site);
  deleteCookie(c, name, { path: site.basePath || "/", secure: prefix !== undefined, prefix });
}
