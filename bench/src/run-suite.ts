import { parseArgs } from "node:util";
import { readProcessTree } from "./processes/process-tree.ts";
import { describeMachine, readMachineCpuMs } from "./report/machine.ts";
import { writeResults } from "./report/results-file.ts";
import type { Row } from "./report/row.ts";
import { formatTable } from "./report/table.ts";

export interface SuiteOptions {
  quick: boolean;
  /** Directory for the server's CPU profiles, one per start; absent: no profiling. */
  profileDir: string | undefined;
}

/**
 * Runs the measures selected by `--only`, `--quick` and `--cpu-prof`, prints a table of each, and writes all figures to
 * a file. The exit code is 1 if one failed.
 */
export async function runSuite<Run>(
  suite: string,
  measures: Record<string, (run: Run) => Promise<Row[]>>,
  createRun: (options: SuiteOptions) => Run,
): Promise<void> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true, default: Object.keys(measures) },
      quick: { type: "boolean", default: false },
      "cpu-prof": { type: "string" },
    },
  });
  const chosen = values.only.flatMap((names) => names.split(","));
  const unknown = chosen.find((name) => measures[name] === undefined);
  if (unknown !== undefined) {
    console.error(`There is no measure '${unknown}'; there are ${Object.keys(measures).join(", ")}`);
    process.exit(2);
  }

  const machine = describeMachine();
  const startedAt = new Date();
  const run = createRun({ quick: values.quick, profileDir: values["cpu-prof"] });
  const rows: Row[] = [];
  const failures: { measure: string; reason: string }[] = [];
  const disturbance: Record<string, number> = {};
  console.log(`${machine.cores} cores (${machine.processor}), Linux ${machine.kernel}, Node ${machine.node}`);
  for (const name of chosen) {
    const measure = measures[name];
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
  const { quick } = values;
  const path = await writeResults({ suite, startedAt, seconds, quick, machine, disturbance, rows, failures });
  console.log(`\n${seconds} s in all; written to ${path}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
