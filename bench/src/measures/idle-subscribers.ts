import { setTimeout as wait } from "node:timers/promises";
import { readProcessTree } from "../processes/process-tree.ts";
import type { SseRequest } from "../reader/sse-connection.ts";
import type { Row } from "../report/row.ts";
import type { BenchRun } from "./bench-run.ts";

/** The servers ping at least this often. */
const PING_INTERVAL_MS = 10_000;
/**
 * Until garbage from opening the streams has been collected: our server checks every five seconds whether it is quiet.
 */
const SETTLE_MS = 12_000;

interface IdleFigures {
  kilobytesPerStream: number;
  /** CPU time per second with nothing but pings; undefined if not measured. */
  cpuMsPerSecond: number | undefined;
}

/** Subscribers of an idle session: their cost, and whether they stay connected. */
export async function measureIdleSubscribers(run: BenchRun): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of run.quick ? [1_000] : [1_000, 5_000]) {
    const holdMs = run.quick || count < 5_000 ? 0 : PING_INTERVAL_MS + 1_000;
    const ours = await holdOurs(run, count, holdMs);
    const theirs = await holdRaw(run, count, holdMs);
    rows.push(...toRows(count, ours, theirs));
  }
  return rows;
}

/** A fresh server each time: memory is not always given back. */
async function holdOurs(run: BenchRun, count: number, holdMs: number): Promise<IdleFigures> {
  await using server = await run.startServer();
  const [sessionId = ""] = await server.createSessions(1);
  return await hold(run, server.pid, server.subscription(sessionId), count, holdMs);
}

async function holdRaw(run: BenchRun, count: number, holdMs: number): Promise<IdleFigures> {
  await using raw = await run.startRaw();
  return await hold(run, raw.pid, raw.stream("/channel/idle"), count, holdMs);
}

async function hold(
  run: BenchRun,
  pid: number,
  stream: SseRequest,
  count: number,
  holdMs: number,
): Promise<IdleFigures> {
  await using subscribers = run.startSubscribers();
  const streams = (length: number): SseRequest[] => Array.from({ length }, () => stream);
  // The first streams load and compile code, which is not their cost.
  await subscribers.ask("open", { read: "count", requests: streams(50) });
  await subscribers.ask("close", {});
  await wait(SETTLE_MS);

  const before = readProcessTree(pid);
  await subscribers.ask("open", { read: "count", requests: streams(count) });
  await wait(SETTLE_MS);
  const opened = readProcessTree(pid);
  const { pings: pingsBefore } = await subscribers.ask("counted", {});
  await wait(holdMs);
  const held = readProcessTree(pid);
  const { open, pings } = await subscribers.ask("counted", {});
  if (open !== count) throw new Error(`of ${count} streams ${open} were left`);
  if (holdMs > PING_INTERVAL_MS && pings - pingsBefore < count) {
    throw new Error(`${pings - pingsBefore} pings came over ${count} streams`);
  }
  return {
    kilobytesPerStream: (opened.rssBytes - before.rssBytes) / count / 1_000,
    cpuMsPerSecond: holdMs === 0 ? undefined : (held.cpuMs - opened.cpuMs) / (holdMs / 1_000),
  };
}

function toRows(count: number, ours: IdleFigures, theirs: IdleFigures): Row[] {
  const group = "Idle subscribers";
  const name = count.toLocaleString("en");
  const rows: Row[] = [
    {
      group,
      measure: `${name} held, memory of each`,
      unit: "kB",
      ours: ours.kilobytesPerStream,
      yardstick: { what: "raw node:http", value: theirs.kilobytesPerStream },
      budget: { ratioAtMost: 1.4 },
    },
  ];
  if (ours.cpuMsPerSecond !== undefined && theirs.cpuMsPerSecond !== undefined) {
    rows.push({
      group,
      measure: `${name} held, CPU of all (pings)`,
      unit: "ms/s",
      ours: ours.cpuMsPerSecond,
      yardstick: { what: "raw node:http", value: theirs.cpuMsPerSecond },
    });
  }
  return rows;
}
