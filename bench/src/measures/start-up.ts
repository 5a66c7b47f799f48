import { setTimeout as wait } from "node:timers/promises";
import { readProcessTree } from "../processes/process-tree.ts";
import { median } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun } from "./bench-run.ts";

/** Until garbage from the start has been collected. */
const SETTLE_MS = 2_000;

/** From spawning the process to the first response of `/health`, with an empty data directory; and its memory then. */
export async function measureStartUp(run: BenchRun): Promise<Row[]> {
  const rounds = run.quick ? 2 : 7;
  const readyMs: number[] = [];
  const rawReadyMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using server = await run.startServer();
    readyMs.push(server.fixture.readyMs);
    const startedAt = performance.now();
    await using raw = await run.startRaw();
    await raw.calls.get("/health");
    rawReadyMs.push(performance.now() - startedAt);
  }

  await using server = await run.startServer();
  await using raw = await run.startRaw();
  await wait(SETTLE_MS);
  const group = "Start";
  const what = "raw node:http";
  return [
    {
      group,
      measure: "ready, API alone",
      unit: "ms",
      ours: median(readyMs),
      yardstick: { what, value: median(rawReadyMs) },
      budget: { atMost: 700 },
    },
    {
      group,
      measure: "memory, idle",
      unit: "MB",
      ours: readProcessTree(server.pid).rssBytes / 1e6,
      yardstick: { what, value: readProcessTree(raw.pid).rssBytes / 1e6 },
      budget: { atMost: 110 },
    },
  ];
}
