import type { Logger } from "pino";
import type { HttpContext } from "./http-env.ts";

/** Resolves where the part works, throws where it does not. */
export type ReadinessCheck = () => Promise<void>;

/** A check that takes longer counts as failed: who asks has a time-out as well. */
const CHECK_TIMEOUT_MS = 2_000;

/** `GET /ready`: which parts work, without why not; the reason is for the log, this is open to anybody. */
export function createReadyHandler(checks: Readonly<Record<string, ReadinessCheck>>, logger: Logger) {
  const passes = async (name: string, check: ReadinessCheck): Promise<boolean> => {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error("no answer in time")), CHECK_TIMEOUT_MS);
    try {
      await Promise.race([check(), timeout.promise]);
      return true;
    } catch (error) {
      logger.warn({ err: error, check: name }, "Not ready");
      return false;
    } finally {
      clearTimeout(timer);
    }
  };

  return async (c: HttpContext): Promise<Response> => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await passes(name, check)] as const),
    );
    const ready = results.every(([, passed]) => passed);
    return c.json(
      {
        status: ready ? "ok" : "unavailable",
        checks: Object.fromEntries(results.map(([name, passed]) => [name, passed ? "ok" : "failed"])),
      },
      ready ? 200 : 503,
    );
  };
}

/** `GET /health`: the process serves. */
export function healthHandler(c: HttpContext): Response {
  return c.json({ status: "ok" });
}
