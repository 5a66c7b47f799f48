import { FakeProviderProcess, PostgresServer } from "@trunkline/testkit";
import type { BenchRun, Server } from "../measures/bench-run.ts";
import { type Load, TOKENS_PER_SECOND, warmUpOf } from "../measures/token-load.ts";
import { streamOnce } from "../measures/tokens-through-server.ts";
import { readProcessTree } from "../processes/process-tree.ts";
import { median, quantile } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import { startNodes } from "./start-nodes.ts";

const CANCELS = 20;

/** Tokens of tasks on one node, read on the same and on another; tasks canceled from another node. */
export async function measureAcross(run: BenchRun): Promise<Row[]> {
  await using provider = await FakeProviderProcess.start();
  await using postgres = await PostgresServer.start();
  await using cluster = await startNodes(run, postgres, 2, provider);
  const [one, other] = cluster.nodes;
  if (one === undefined || other === undefined) throw new Error("there are not two nodes");
  const size = run.quick ? { tokens: 150, rounds: 1 } : { tokens: 300, rounds: 3 };
  const rows: Row[] = [];
  rows.push(
    ...(await measureTokens(run, postgres, [one, one], {
      name: "50 sessions, one node",
      sessions: 50,
      ...size,
    })),
    ...(await measureTokens(run, postgres, [one, other], {
      name: "20 sessions, read on another node",
      sessions: 20,
      ...size,
    })),
  );
  const cancelsMs = await cancelOnAnother(one, other);
  const group = "Canceled on another node";
  rows.push(
    { group, measure: "from the call to its end, p50", unit: "ms", ours: median(cancelsMs) },
    {
      group,
      measure: "from the call to its end, worst",
      unit: "ms",
      ours: Math.max(...cancelsMs),
      budget: { atMost: 1_000 },
    },
  );
  return rows;
}

async function measureTokens(
  run: BenchRun,
  postgres: PostgresServer,
  [submit, follow]: [Server, Server],
  load: Load,
): Promise<Row[]> {
  await using subscribers = run.startSubscribers();
  await submit.calls.warm(load.sessions);
  await streamOnce(submit, subscribers, warmUpOf(load), follow);
  const latenciesMs: number[] = [];
  const acksMs: number[] = [];
  let cpuMs = 0;
  let storeMs = 0;
  let tokens = 0;
  for (let round = 0; round < load.rounds; round++) {
    const before = readProcessTree(postgres.pid).cpuMs;
    const figures = await streamOnce(submit, subscribers, load, follow);
    storeMs += readProcessTree(postgres.pid).cpuMs - before;
    latenciesMs.push(...figures.latenciesMs);
    acksMs.push(...figures.acksMs);
    cpuMs += figures.cpuMs;
    tokens += figures.tokens;
  }
  const group = `PostgreSQL: ${load.name} × ${load.tokens} tokens at ${TOKENS_PER_SECOND}/s`;
  const isAcross = submit !== follow;
  return [
    {
      group,
      measure: "token latency p50",
      unit: "ms",
      ours: median(latenciesMs),
      budget: { atMost: isAcross ? 15 : 12 },
    },
    {
      group,
      measure: "token latency p99",
      unit: "ms",
      ours: quantile(latenciesMs, 0.99),
      budget: { atMost: isAcross ? 100 : 80 },
    },
    { group, measure: "submit acknowledged, p50", unit: "ms", ours: median(acksMs) },
    {
      group,
      measure: "CPU per 1,000 tokens: the node that runs them",
      unit: "ms",
      ours: (cpuMs / tokens) * 1_000,
    },
    { group, measure: "CPU per 1,000 tokens: PostgreSQL", unit: "ms", ours: (storeMs / tokens) * 1_000 },
  ];
}

/** @returns how long each took, in ms. */
async function cancelOnAnother(one: Server, other: Server): Promise<number[]> {
  const tookMs: number[] = [];
  for (let count = 0; count < CANCELS; count++) {
    const { data } = await one.mutate("task.submit", { prompt: `tokens: 10000 @ ${TOKENS_PER_SECOND}/s` });
    const { taskId } = data as { taskId: string };
    await untilState(one, taskId, (state) => state === "working");
    const startedAt = performance.now();
    await other.mutate("task.cancel", { taskId });
    await untilState(other, taskId, (state) => state === "canceled");
    tookMs.push(performance.now() - startedAt);
  }
  return tookMs;
}

async function untilState(server: Server, taskId: string, holds: (state: string) => boolean): Promise<void> {
  for (;;) {
    const { data } = await server.query("task.get", { taskId });
    if (holds((data as { state: string }).state)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
