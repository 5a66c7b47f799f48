/** One, two and three servers on one PostgreSQL; README.md explains the measures. */
import { BenchRun } from "./measures/bench-run.ts";
import { measureNodes } from "./nodes/measure-nodes.ts";
import { runSuite } from "./run-suite.ts";

await runSuite("nodes", { tasks: measureNodes }, (options) => new BenchRun(options));
