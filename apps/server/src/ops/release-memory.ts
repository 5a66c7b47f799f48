import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Logger } from "pino";

type CollectGarbage = (options: {
  type: "major";
  flavor: "last-resort";
  execution: "async";
}) => Promise<void>;

/** Who waited for the start has got the first answers by then, in ms; if nobody is served any more, the start's garbage goes. */
const AFTER_START_MS = 1_000;
/** How often it is looked whether there is something to give back, in ms. */
const CHECK_EVERY_MS = 5_000;
/** The server is quiet where less than this share of the time since the last look was spent working. */
const QUIET = 0.05;
/** How long the server must have worked since memory was given back last, in ms: less is not worth the pause. */
const WORTH_A_PAUSE_MS = 500;

/**
 * Gives back what V8 would keep until there is pressure, which a server on a small machine never has: 20 MB of the start, and
 * up to 100 MB of every load. It takes 50 to 200 ms in which nothing else happens, so it is done when nobody waits.
 */
export function releaseMemoryWhenQuiet(logger: Logger): void {
  let looked = performance.eventLoopUtilization();
  let released: EventLoopUtilization | undefined;
  const release = async (): Promise<void> => {
    await collectGarbage();
    released = performance.eventLoopUtilization();
    logger.debug({ heapBytes: process.memoryUsage().heapTotal }, "memory given back");
  };
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, looked);
    looked = now;
    if (utilization > QUIET) return;
    const active = released === undefined ? Infinity : performance.eventLoopUtilization(now, released).active;
    if (active > WORTH_A_PAUSE_MS) void release();
  };
  setTimeout(() => {
    looked = performance.eventLoopUtilization();
  }, AFTER_START_MS / 2).unref();
  setTimeout(look, AFTER_START_MS).unref();
  setInterval(look, CHECK_EVERY_MS).unref();
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as CollectGarbage;
  // Compiled code is only taken from the cache by a process that has the flags of the one that stored it.
  setFlagsFromString("--no-expose-gc");
  await collect({ type: "major", flavor: "last-resort", execution: "async" });
}
