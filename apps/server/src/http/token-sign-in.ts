import { TrunklineError } from "@trunkline/contract";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { Auth } from "../auth/port.ts";
import { writeBrowserCookie } from "./browser-cookie.ts";
import { hostOf, type HttpContext, type Middleware } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import { requireJson } from "./request-body.ts";
import type { Site } from "./site.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

const MAX_BYTES = 1_024;

const Body = z.strictObject({ token: z.string().max(200) });

/**
 * `POST /sign-in`: exchanges a token pasted into the UI for a cookie. Requires JSON and an exact Origin: otherwise
 * another site could sign somebody in as its own user, and read what they then write.
 */
export function tokenSignIn({
  auth,
  site,
  limits,
  now,
}: {
  auth: Auth;
  site: Site;
  limits: Limits;
  now: () => number;
}): [Middleware, Middleware, Middleware, (c: HttpContext) => Promise<Response>] {
  const fromOwnPage: Middleware = async (c, next) => {
    if (c.req.header("origin") !== site.originOf(hostOf(c))) {
      throw new TrunklineError("forbidden", "Browsers must sign in from the server's own page");
    }
    await next();
  };
  const short = bodyLimit({
    maxSize: MAX_BYTES,
    onError() {
      throw new TrunklineError("payload_too_large", `Body too large: limit ${MAX_BYTES} bytes`);
    },
  });

  const handler = async (c: HttpContext): Promise<Response> => {
    const address = limits.addressOf(c.env.incoming);
    const body = Body.safeParse(await c.req.json().catch(() => null));
    if (!body.success) throw new TrunklineError("validation_failed", `Send {"token": "tl_…"}`);
    const signedIn = await auth.signInWithToken(body.data.token.trim(), address);
    if (signedIn === null) {
      const waitMs = limits.takeFailure(address);
      if (waitMs > 0) throw new TooManyRequestsError(waitMs);
      throw new TrunklineError(
        "unauthorized",
        "This token doesn't work: it was revoked, has expired, or never existed",
      );
    }
    writeBrowserCookie(c, site, signedIn.cookieSecret, signedIn.expiresAt - now());
    return c.json({ pageKey: signedIn.pageKey });
  };
  return [fromOwnPage, requireJson, short, handler];
}
