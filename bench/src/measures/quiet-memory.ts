import { setTimeout as wait } from "node:timers/promises";
import { FakeProviderProcess } from "@trunkline/testkit";
import { readProcessTree } from "../processes/process-tree.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun } from "./bench-run.ts";
import { streamOnce } from "./tokens-through-server.ts";

/** Longer than the server takes to notice that it is quiet and to collect its garbage. */
const QUIET_MS = 15_000;

/** Resident memory before a load of 50 streams, at its end, and once the server has been quiet. */
export async function measureQuietMemory(run: BenchRun): Promise<Row[]> {
  await using provider = await FakeProviderProcess.start();
  await using server = await run.startServer({ provider });
  await using subscribers = run.startSubscribers();
  const residentMB = (): number => readProcessTree(server.pid).rssBytes / 1e6;
  await server.calls.warm(50);
  const beforeMB = residentMB();
  const load = { name: "50 sessions", sessions: 50, tokens: 300, rounds: run.quick ? 1 : 3 };
  for (let round = 0; round < load.rounds; round++) await streamOnce(server, subscribers, load);
  const atEndMB = residentMB();
  await wait(QUIET_MS);
  const group = "Memory, 50 sessions × 300 tokens";
  return [
    { group, measure: "before the load", unit: "MB", ours: beforeMB },
    { group, measure: "at its end", unit: "MB", ours: atEndMB },
    { group, measure: `${QUIET_MS / 1_000} s later`, unit: "MB", ours: residentMB() },
  ];
}
