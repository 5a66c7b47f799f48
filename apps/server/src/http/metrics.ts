import { createHash, timingSafeEqual } from "node:crypto";
import { TrunklineError } from "@trunkline/contract";
import type { Auth } from "../auth/port.ts";
import type { MetricsPage } from "../ops/port.ts";
import type { HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";
import { TooManyRequestsError } from "./too-many-requests.ts";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * `GET /metrics`, in Prometheus's text format. For admins' tokens, and one that opens nothing else: a scraper need not be an
 * admin. Not for whoever comes from this machine, which behind a proxy is everybody.
 */
export function createMetricsHandler(deps: {
  auth: Auth;
  limits: Limits;
  metrics: MetricsPage;
  metricsToken: string | undefined;
}): (c: HttpContext) => Promise<Response> {
  const { auth, limits, metrics, metricsToken } = deps;
  const own = metricsToken === undefined ? undefined : digest(`Bearer ${metricsToken}`);
  return async (c) => {
    const authorization = c.req.header("authorization");
    const isOwn =
      own !== undefined && authorization !== undefined && timingSafeEqual(digest(authorization), own);
    if (!isOwn) {
      const authenticated = await auth.authenticate({ authorization, cookie: undefined });
      if (authenticated === null) {
        const address = limits.addressOf(c.env.incoming);
        const waitMs = authorization === undefined ? 0 : limits.takeFailure(address);
        if (waitMs > 0) throw new TooManyRequestsError(waitMs);
        throw new TrunklineError(
          "unauthorized",
          "Send an admin's token as 'Authorization: Bearer …', or the one of TRUNKLINE_METRICS_TOKEN",
        );
      }
      if (!authenticated.principal.scopes.includes("admin")) {
        throw new TrunklineError(
          "forbidden",
          "Metrics need a token with the scope 'admin', or the one of TRUNKLINE_METRICS_TOKEN",
        );
      }
    }
    return c.body(await metrics.text(), 200, { "content-type": CONTENT_TYPE });
  };
}

/** Compared in equal time, whatever their length. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
