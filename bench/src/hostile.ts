/** One user against all others: calls whose cost the caller's data decides, and what `/health` says meanwhile. */
import { BenchRun } from "./measures/bench-run.ts";
import { measureHostileCalls } from "./measures/hostile.ts";
import { runSuite } from "./run-suite.ts";

await runSuite("hostile", { calls: measureHostileCalls }, (options) => new BenchRun(options));
