import { FakeProviderProcess, monotonicMicros } from "@trunkline/testkit";
import { readProcessTree } from "../processes/process-tree.ts";
import type { HttpCalls } from "../processes/http-calls.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun, Server } from "./bench-run.ts";

/** Enough sessions that none has much history, which each task reads. */
const SESSIONS = 200;
/** Concurrent submits. */
const WINDOW = 64;

interface Throughput {
  perSecond: number;
  cpuMsEach: number;
}

/** Tasks that do next to nothing: submitted, claimed, run and finished durably, and seen as finished. */
export async function measureNoOpTasks(run: BenchRun): Promise<Row[]> {
  const durationMs = run.quick ? 1_500 : 6_000;
  await using provider = await FakeProviderProcess.start();
  const demo = await runTasks(run, durationMs, undefined);
  const withProvider = await runTasks(run, durationMs, provider);
  const raw = await postToRaw(run, durationMs);
  const group = "No-op tasks";
  const yardstick = { what: "POST to raw node:http", value: raw.perSecond };
  const budget = { atLeast: 1_000 };
  return [
    { group, measure: "demo model", unit: "tasks/s", ours: demo.perSecond, yardstick, budget },
    { group, measure: "demo model: CPU", unit: "ms per task", ours: demo.cpuMsEach },
    {
      group,
      measure: "provider that answers one token",
      unit: "tasks/s",
      ours: withProvider.perSecond,
      yardstick,
    },
    { group, measure: "provider: CPU", unit: "ms per task", ours: withProvider.cpuMsEach },
  ];
}

async function runTasks(
  run: BenchRun,
  durationMs: number,
  provider: FakeProviderProcess | undefined,
): Promise<Throughput> {
  await using server = await run.startServer({ provider });
  const prompt = provider === undefined ? "say: ok" : "reply: ok";
  await runOn(run, server, durationMs / 5, prompt);
  return await runOn(run, server, durationMs, prompt);
}

/** Submits for this long, then waits until everything is done. */
async function runOn(run: BenchRun, server: Server, durationMs: number, prompt: string): Promise<Throughput> {
  await using subscribers = run.startSubscribers();
  const sessions = await server.createSessions(SESSIONS);
  await subscribers.ask("open", { read: "tasks", requests: sessions.map((id) => server.subscription(id)) });
  await server.calls.warm(WINDOW);
  const before = readProcessTree(server.pid);
  const startedAtUs = monotonicMicros();
  const tasks = await postFor(server.calls, durationMs, "/trpc/task.submit", (index) => ({
    sessionId: sessions[index % SESSIONS],
    prompt,
  }));
  const { lastAtUs } = await subscribers.ask("tasksCompleted", { tasks });
  const { cpuMs } = readProcessTree(server.pid);
  return {
    perSecond: (tasks / (lastAtUs - startedAtUs)) * 1e6,
    cpuMsEach: (cpuMs - before.cpuMs) / tasks,
  };
}

/** The same client against an idle server: its own maximum. */
async function postToRaw(run: BenchRun, durationMs: number): Promise<{ perSecond: number }> {
  await using raw = await run.startRaw();
  await raw.calls.warm(WINDOW);
  const startedAtUs = monotonicMicros();
  const body = (index: number) => ({ sessionId: String(index), prompt: "reply: ok" });
  const requests = await postFor(raw.calls, durationMs / 3, "/submit", body);
  return { perSecond: (requests / (monotonicMicros() - startedAtUs)) * 1e6 };
}

/** @returns the number of responses. */
async function postFor(
  calls: HttpCalls,
  durationMs: number,
  path: string,
  bodyOf: (index: number) => unknown,
): Promise<number> {
  const endsAt = performance.now() + durationMs;
  let posted = 0;
  const keepPosting = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const index = posted;
      posted += 1;
      await calls.post(path, bodyOf(index));
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, keepPosting));
  return posted;
}
