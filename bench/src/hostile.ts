/** One user against all others: calls whose cost depends on the caller's data, and their effect on `/health`. */
import { BenchRun } from "./measures/bench-run.ts";
import { measureHostileCalls } from "./measures/hostile.ts";
import { runSuite } from "./run-suite.ts";

await runSuite("hostile", { calls: measureHostileCalls }, (options) => new BenchRun(options));
