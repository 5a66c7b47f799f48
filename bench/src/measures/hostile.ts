import { FakeProviderProcess } from "@trunkline/testkit";
import { HOSTILE_CALLS } from "../hostile/hostile-calls.ts";
import { tryHostileCalls } from "../hostile/try-hostile-calls.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun } from "./bench-run.ts";

/** Maximum effect of one user on all others, in ms. */
const BUDGET_MS = 200;

/** Worst `/health` latency while another user makes calls whose cost depends on their data. */
export async function measureHostileCalls(run: BenchRun): Promise<Row[]> {
  await using provider = await FakeProviderProcess.start();
  await using idle = await run.startRaw();
  const rows: Row[] = [];
  for await (const outcome of tryHostileCalls(HOSTILE_CALLS, provider, `${idle.url}/health`)) {
    rows.push({
      group: "GET /health at worst, while another user makes one call",
      measure: outcome.ended ? outcome.name : `${outcome.name} (given up)`,
      unit: "ms",
      ours: outcome.worstMs,
      yardstick: { what: "an idle server meanwhile", value: outcome.idleMs },
      budget: { atMost: BUDGET_MS },
    });
  }
  return rows;
}
