import { pino } from "pino";
import { createCompute, type PoolOptions } from "../pool.ts";
import type { Compute } from "../port.ts";

/** Silent. Its processes end with the test's. */
export function testCompute(options: Partial<PoolOptions> = {}): Compute {
  return createCompute({ logger: pino({ level: "silent" }), ...options });
}
