import type { FakeProviderProcess } from "@trunkline/testkit";
import { tookMs } from "../processes/http-calls.ts";
import { readProcessTree } from "../processes/process-tree.ts";
import type { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { BenchRun, Server } from "./bench-run.ts";
import { pollHealth } from "./health-poller.ts";
import { checkTokens, type Load, promptOf, type StreamFigures, warmUpOf } from "./token-load.ts";

export interface ServerFigures extends StreamFigures {
  acksMs: number[];
  rssMB: number;
  healthMs: number[];
}

/** Streams through our server to one subscriber each, for all rounds of the load. */
export async function readThroughServer(
  run: BenchRun,
  provider: FakeProviderProcess,
  load: Load,
): Promise<ServerFigures> {
  await using server = await run.startServer({ provider });
  await using subscribers = run.startSubscribers();
  await server.calls.warm(load.sessions);
  await streamOnce(server, subscribers, warmUpOf(load));
  const all: ServerFigures[] = [];
  for (let round = 0; round < load.rounds; round++) all.push(await streamOnce(server, subscribers, load));
  return {
    latenciesMs: Float64Array.from(all.flatMap(({ latenciesMs }) => [...latenciesMs])),
    firstTokensMs: all.flatMap(({ firstTokensMs }) => firstTokensMs),
    acksMs: all.flatMap(({ acksMs }) => acksMs),
    healthMs: all.flatMap(({ healthMs }) => healthMs),
    cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    tokens: all.reduce((sum, { tokens }) => sum + tokens, 0),
    rssMB: Math.max(...all.map(({ rssMB }) => rssMB)),
  };
}

/**
 * Creates sessions with a subscriber each, then submits a task to all of them at once.
 *
 * @param follow the server that the subscribers read from, where it is another node
 */
export async function streamOnce(
  server: Server,
  subscribers: Remote<SubscribersProtocol>,
  load: Load,
  follow = server,
): Promise<ServerFigures> {
  const sessions = await server.createSessions(load.sessions);
  await subscribers.ask("open", { read: "tokens", requests: sessions.map((id) => follow.subscription(id)) });

  const before = readProcessTree(server.pid);
  const health = pollHealth(server.calls);
  const received = subscribers.ask("tokensReceived", {});
  const prompt = promptOf(load);
  const acks = await Promise.all(
    sessions.map((sessionId) => server.calls.post("/trpc/task.submit", { sessionId, prompt })),
  );
  const read = await received;
  const healthMs = await health.stop();
  const after = readProcessTree(server.pid);
  await subscribers.ask("close", {});

  const failed = read.endings.filter((ending) => ending !== "task.completed");
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${load.sessions} tasks ended with ${failed[0]}`);
  return {
    latenciesMs: read.latenciesUs.map((us) => us / 1_000),
    firstTokensMs: read.firstTokenAtUs.map((us, index) => (us - (acks[index]?.startedAtUs ?? 0)) / 1_000),
    acksMs: acks.map(tookMs),
    cpuMs: after.cpuMs - before.cpuMs,
    tokens: checkTokens(read.tokens, load),
    rssMB: after.rssBytes / 1e6,
    healthMs,
  };
}
