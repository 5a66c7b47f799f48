import type { Logger } from "pino";
import type { HttpContext } from "./http-env.ts";

/** Resolves if the part works, with a word about it if not all is well; otherwise throws. */
export type ReadinessCheck = () => Promise<string | void>;

/** A check that takes longer fails: the caller has a timeout as well. */
const CHECK_TIMEOUT_MS = 2_000;

/** `GET /ready`: which parts work. The reason of a failure only goes to the log, because this is public. */
export function createReadyHandler(checks: Readonly<Record<string, ReadinessCheck>>, logger: Logger) {
  const passes = async (name: string, check: ReadinessCheck): Promise<string | null> => {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error("no answer in time")), CHECK_TIMEOUT_MS);
    try {
      return (await Promise.race([check(), timeout.promise])) ?? "ok";
    } catch (error) {
      logger.warn({ err: error, check: name }, "Not ready");
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  return async (c: HttpContext): Promise<Response> => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await passes(name, check)] as const),
    );
    const ready = results.every(([, said]) => said !== null);
    return c.json(
      {
        status: ready ? "ok" : "unavailable",
        checks: Object.fromEntries(results.map(([name, said]) => [name, said ?? "failed"])),
      },
      ready ? 200 : 503,
    );
  };
}

/**
 * `GET /health`: the process responds. Its date is the server's time, which all times in answers are of; clients measure by
 * it.
 */
export function createHealthHandler(now: () => number): (c: HttpContext) => Response {
  return (c) => c.json({ status: "ok" }, 200, { date: new Date(now()).toUTCString() });
}
