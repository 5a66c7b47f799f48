/** The whole server beside its yardsticks; README.md says what is measured and how to read it. */
import { parseArgs } from "node:util";
import { BenchRun } from "./measures/bench-run.ts";
import { measureFanOut } from "./measures/fan-out.ts";
import { measureIdleSubscribers } from "./measures/idle-subscribers.ts";
import { measureNoOpTasks } from "./measures/no-op-tasks.ts";
import { measureReplay } from "./measures/replay.ts";
import { measureStartUp } from "./measures/start-up.ts";
import { measureTokenStreams } from "./measures/token-streams.ts";
import { readProcessTree } from "./processes/process-tree.ts";
import { describeMachine, readMachineCpuMs } from "./report/machine.ts";
import { writeResults } from "./report/results-file.ts";
import type { Row } from "./report/row.ts";
import { formatTable } from "./report/table.ts";

const MEASURES: Record<string, (run: BenchRun) => Promise<Row[]>> = {
  start: measureStartUp,
  tokens: measureTokenStreams,
  "fan-out": measureFanOut,
  idle: measureIdleSubscribers,
  replay: measureReplay,
  tasks: measureNoOpTasks,
};

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", multiple: true, default: Object.keys(MEASURES) },
    quick: { type: "boolean", default: false },
    "cpu-prof": { type: "string" },
  },
});
const chosen = values.only.flatMap((names) => names.split(","));
const unknown = chosen.find((name) => MEASURES[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no measure '${unknown}'; there are ${Object.keys(MEASURES).join(", ")}`);
  process.exit(2);
}

const machine = describeMachine();
const startedAt = new Date();
const run = new BenchRun({ quick: values.quick, profileDir: values["cpu-prof"] });
const rows: Row[] = [];
const failures: { measure: string; reason: string }[] = [];
const disturbance: Record<string, number> = {};
console.log(`${machine.cores} cores (${machine.processor}), Linux ${machine.kernel}, Node ${machine.node}`);
for (const name of chosen) {
  const measure = MEASURES[name];
  if (measure === undefined) continue;
  const since = performance.now();
  const othersBeforeMs = readMachineCpuMs() - readProcessTree(process.pid).cpuMs;
  try {
    const measured = await measure(run);
    rows.push(...measured);
    console.log(formatTable(measured));
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push({ measure: name, reason });
    console.error(`\n${name} could not be measured: ${reason}`);
  }
  const tookMs = performance.now() - since;
  const othersMs = readMachineCpuMs() - readProcessTree(process.pid).cpuMs - othersBeforeMs;
  disturbance[name] = Math.max(0, Math.round((othersMs / tookMs) * 100) / 100);
  console.log(
    `\n(${name}: ${(tookMs / 1_000).toFixed(0)} s; others used ${disturbance[name]} cores meanwhile)`,
  );
}
const seconds = Math.round((Date.now() - startedAt.getTime()) / 1_000);
const path = await writeResults({
  suite: "stream",
  startedAt,
  seconds,
  quick: values.quick,
  machine,
  disturbance,
  rows,
  failures,
});
console.log(`\n${seconds} s in all; written to ${path}`);
process.exitCode = failures.length === 0 ? 0 : 1;
