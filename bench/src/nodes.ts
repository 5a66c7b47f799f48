/** One, two and three servers on one PostgreSQL; README.md explains the measures. */
import { BenchRun } from "./measures/bench-run.ts";
import { measureAcross } from "./nodes/measure-across.ts";
import { measureNodes } from "./nodes/measure-nodes.ts";
import { runSuite } from "./run-suite.ts";

await runSuite("nodes", { tasks: measureNodes, across: measureAcross }, (options) => new BenchRun(options));
