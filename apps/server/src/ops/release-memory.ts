import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Logger } from "pino";

type CollectGarbage = (options: {
  type: "major";
  flavor: "last-resort";
  execution: "async";
}) => Promise<void>;

/** Who waited for the start has got the first answers by then, in ms. */
const AFTER_START_MS = 1_000;
/** How often it is looked whether there is something to give back, in ms. */
const CHECK_EVERY_MS = 5_000;
/** The server is quiet where less than this share of the time since the last look was spent working. */
const QUIET = 0.05;
/** How long the server must have worked since memory was given back last, in ms: less is not worth the pause. */
const WORTH_A_PAUSE_MS = 500;

/**
 * Gives back what V8 would keep until there is pressure, which a server on a small machine never has: 20 MB of the start, and
 * up to 100 MB of every load. It takes about 50 ms in which nothing else happens, so it is done when nobody waits.
 */
export function releaseMemoryWhenQuiet(logger: Logger): void {
  let looked = performance.eventLoopUtilization();
  let released: EventLoopUtilization | undefined;
  const release = async (): Promise<void> => {
    await collectGarbage();
    released = performance.eventLoopUtilization();
    logger.debug({ heapBytes: process.memoryUsage().heapTotal }, "memory given back");
  };
  setTimeout(() => void release(), AFTER_START_MS).unref();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, looked);
    looked = now;
    if (released === undefined || utilization > QUIET) return;
    if (performance.eventLoopUtilization(now, released).active > WORTH_A_PAUSE_MS) void release();
  }, CHECK_EVERY_MS).unref();
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as CollectGarbage;
  // Compiled code is only taken from the cache by a process that has the flags of the one that stored it.
  setFlagsFromString("--no-expose-gc");
  await collect({ type: "major", flavor: "last-resort", execution: "async" });
}
