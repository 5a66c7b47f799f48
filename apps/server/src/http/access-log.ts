import type { Logger } from "pino";
import type { Middleware } from "./http-env.ts";

/** One line per request when it ends; for a stream, when its connection closes. Never the query. */
export function logAccess(logger: Logger): Middleware {
  return async (c, next) => {
    if (logger.isLevelEnabled("debug")) {
      const startedAt = performance.now();
      const { outgoing } = c.env;
      outgoing.once("close", () => {
        logger.debug(
          {
            requestId: c.get("requestId"),
            method: c.req.method,
            path: c.req.path,
            status: outgoing.statusCode,
            durationMs: Math.round(performance.now() - startedAt),
          },
          outgoing.writableFinished ? "request" : "request cut off",
        );
      });
    }
    await next();
  };
}
