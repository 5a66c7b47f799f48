import { FakeProviderProcess } from "@trunkline/testkit";
import { readProcessTree } from "../processes/process-tree.ts";
import { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { Row } from "../report/row.ts";
import { median, quantile } from "../report/quantile.ts";
import type { DirectProtocol } from "../yardstick/direct-protocol.ts";
import { pollHealth } from "./health-poller.ts";
import type { BenchRun, Server } from "./bench-run.ts";

const PER_SECOND = 100;

interface StreamFigures {
  latenciesMs: Float64Array;
  /** Submit, or request, to the receipt of the first token; per session. */
  firstTokensMs: number[];
  cpuMs: number;
  tokens: number;
}

interface ServerFigures extends StreamFigures {
  acksMs: number[];
  rssMB: number;
  healthMs: number[];
}

/** Tokens from the provider to a subscriber: latency, acknowledgement, CPU, memory; beside the provider read directly. */
export async function measureTokenStreams(run: BenchRun): Promise<Row[]> {
  await using provider = await FakeProviderProcess.start();
  const rounds = run.quick ? 1 : 3;
  const loads: Load[] = [
    { name: "1 session", sessions: 1, tokens: 300, rounds },
    { name: "50 sessions", sessions: 50, tokens: 300, rounds },
  ];
  if (!run.quick) loads.push({ name: "50 sessions, steady", sessions: 50, tokens: 1_500, rounds: 1 });

  const rows: Row[] = [];
  for (const load of loads) {
    const fetched = await readDirectly(provider, load, "fetch");
    const bySdk = await readDirectly(provider, load, "sdk");
    rows.push(...toRows(load, await readThroughServer(run, provider, load), fetched, bySdk));
  }
  return rows;
}

interface Load {
  name: string;
  sessions: number;
  /** Per session. */
  tokens: number;
  rounds: number;
}

function promptOf({ tokens }: Load): string {
  return `tokens: ${tokens} @ ${PER_SECOND}/s`;
}

/** A process that has just started has compiled nothing yet. */
function warmUpOf(load: Load): Load {
  return { ...load, tokens: load.sessions === 1 ? 200 : 50 };
}

async function readDirectly(
  provider: FakeProviderProcess,
  load: Load,
  by: "fetch" | "sdk",
): Promise<StreamFigures> {
  await using direct = new Remote<DirectProtocol>("direct.ts");
  const request = { providerUrl: provider.url, by, prompt: promptOf(load) };
  await direct.ask("read", { ...request, streams: load.sessions, prompt: promptOf(warmUpOf(load)) });
  const before = readProcessTree(direct.pid);
  const read = await direct.ask("read", { ...request, streams: load.sessions });
  const after = readProcessTree(direct.pid);
  return {
    latenciesMs: read.latenciesUs.map((us) => us / 1_000),
    firstTokensMs: read.firstTokenAtUs.map((us) => (us - read.startedAtUs) / 1_000),
    cpuMs: after.cpuMs - before.cpuMs,
    tokens: checkTokens(read.tokens, load),
  };
}

async function readThroughServer(
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

/** New sessions, each with its subscriber, and then a task in all of them at once. */
async function streamOnce(
  server: Server,
  subscribers: Remote<SubscribersProtocol>,
  load: Load,
): Promise<ServerFigures> {
  const sessions = await server.createSessions(load.sessions);
  await subscribers.ask("open", { read: "tokens", requests: sessions.map((id) => server.subscription(id)) });

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
    acksMs: acks.map(({ startedAtUs, answeredAtUs }) => (answeredAtUs - startedAtUs) / 1_000),
    cpuMs: after.cpuMs - before.cpuMs,
    tokens: checkTokens(read.tokens, load),
    rssMB: after.rssBytes / 1e6,
    healthMs,
  };
}

/** @returns how many tokens came. @throws Error where a stream is not whole. */
function checkTokens(tokens: readonly number[], load: Load): number {
  const wrong = tokens.find((count) => count !== load.tokens);
  if (wrong !== undefined) throw new Error(`a stream of ${load.tokens} tokens came with ${wrong}`);
  return tokens.length * load.tokens;
}

function toRows(load: Load, ours: ServerFigures, fetched: StreamFigures, bySdk: StreamFigures): Row[] {
  const group = `Token stream, ${load.name} × ${load.tokens} tokens at ${PER_SECOND}/s`;
  const many = load.sessions > 1;
  const cpu = ({ cpuMs, tokens }: StreamFigures): number => (cpuMs / tokens) * 1_000;
  const row = (figure: Omit<Row, "group">): Row => ({ group, ...figure });
  const provider = "provider by fetch";
  return [
    row({
      measure: "token latency p50",
      unit: "ms",
      ours: median(ours.latenciesMs),
      yardstick: { what: provider, value: median(fetched.latenciesMs) },
      budget: { atMost: many ? 15 : 2 },
    }),
    row({
      measure: "token latency p99",
      unit: "ms",
      ours: quantile(ours.latenciesMs, 0.99),
      yardstick: { what: provider, value: quantile(fetched.latenciesMs, 0.99) },
      budget: { atMost: many ? 100 : 15 },
    }),
    row({
      measure: "submit to first token, p50",
      unit: "ms",
      ours: median(ours.firstTokensMs),
      yardstick: { what: provider, value: median(fetched.firstTokensMs) },
    }),
    row({
      measure: "submit to first token, p99",
      unit: "ms",
      ours: quantile(ours.firstTokensMs, 0.99),
      yardstick: { what: provider, value: quantile(fetched.firstTokensMs, 0.99) },
    }),
    row({
      measure: "submit acknowledged, p50",
      unit: "ms",
      ours: median(ours.acksMs),
      budget: many ? { atMost: 15 } : undefined,
    }),
    row({
      measure: "submit acknowledged, p99",
      unit: "ms",
      ours: quantile(ours.acksMs, 0.99),
      budget: many ? { atMost: 60 } : undefined,
    }),
    row({
      measure: "CPU per 1,000 tokens",
      unit: "ms",
      ours: cpu(ours),
      yardstick: { what: "provider by SDK", value: cpu(bySdk) },
      budget: many ? { atMost: 130 } : undefined,
    }),
    row({
      measure: "CPU per 1,000 tokens",
      unit: "ms",
      ours: cpu(ours),
      yardstick: { what: provider, value: cpu(fetched) },
    }),
    row({ measure: "memory", unit: "MB", ours: ours.rssMB }),
    row({
      measure: "GET /health under this load, p99",
      unit: "ms",
      ours: quantile(ours.healthMs, 0.99),
      budget: many ? { atMost: 20 } : undefined,
    }),
  ];
}
