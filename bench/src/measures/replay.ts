import { openSqliteStore } from "../../../apps/server/src/store/sqlite/sqlite-store.ts";
import type { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { SseRequest } from "../reader/sse-connection.ts";
import { median } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import { benchmarkEvent } from "../yardstick/benchmark-event.ts";
import type { BenchRun, Server } from "./bench-run.ts";

const LENGTHS = [1_000, 10_000, 100_000];
/** Events per commit while filling a log. */
const FILL_BATCH = 1_000;

interface ReplayFigures {
  eventsPerSecond: number;
  /** From request to the first message with events. */
  firstEventsMs: number;
}

/** Reads a whole log with one subscriber, and times its first events. */
export async function measureReplay(run: BenchRun): Promise<Row[]> {
  const rounds = run.quick ? 2 : 7;
  await using server = await run.startServer();
  const sessions = await server.createSessions(LENGTHS.length);
  await fillLogs(server, sessions);
  await using raw = await run.startRaw();
  await using subscribers = run.startSubscribers();

  const rows: Row[] = [];
  for (const [index, events] of LENGTHS.entries()) {
    await raw.remote.ask("fill", { events });
    const ours: ReplayFigures[] = [];
    const theirs: ReplayFigures[] = [];
    // One extra: the first runs uncompiled code.
    for (let round = 0; round <= rounds; round++) {
      ours.push(await replayOnce(subscribers, server.subscription(sessions[index] ?? ""), events));
      theirs.push(await replayOnce(subscribers, raw.stream(`/log/${events}`), events));
    }
    rows.push(...toRows(events, ours.slice(1), theirs.slice(1)));
  }
  return rows;
}

/** Directly into the store, while the server is stopped: over HTTP it would take minutes. */
async function fillLogs(server: Server, sessions: readonly string[]): Promise<void> {
  await server.fixture.stop();
  const store = await openSqliteStore({
    path: server.databasePath,
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  for (const [index, length] of LENGTHS.entries()) {
    // A session starts with `session.created`.
    for (let seq = 2; seq <= length; seq += FILL_BATCH) {
      const count = Math.min(FILL_BATCH, length - seq + 1);
      const events = Array.from({ length: count }, (_, offset) => benchmarkEvent(seq + offset));
      await store.append(sessions[index] ?? "", events);
    }
  }
  await store.close();
  await server.fixture.restart();
}

async function replayOnce(
  subscribers: Remote<SubscribersProtocol>,
  stream: SseRequest,
  events: number,
): Promise<ReplayFigures> {
  const opened = await subscribers.ask("open", { read: "count", requests: [stream] });
  const counted = await subscribers.ask("counted", {});
  await subscribers.ask("close", {});
  if (counted.events !== events) throw new Error(`${counted.events} of ${events} events were replayed`);
  const tookUs = (opened.caughtUpAtUs[0] ?? 0) - opened.startedAtUs;
  return {
    eventsPerSecond: (events / tookUs) * 1e6,
    firstEventsMs: ((opened.firstAtUs[0] ?? 0) - opened.startedAtUs) / 1_000,
  };
}

function toRows(events: number, ours: ReplayFigures[], theirs: ReplayFigures[]): Row[] {
  const group = "Replay to one subscriber";
  const of = (pick: (figures: ReplayFigures) => number) => ({
    ours: median(ours.map(pick)),
    yardstick: { what: "raw node:http, from memory", value: median(theirs.map(pick)) },
  });
  const name = `log of ${events.toLocaleString("en")} events`;
  return [
    {
      group,
      measure: name,
      unit: "events/s",
      ...of(({ eventsPerSecond }) => eventsPerSecond),
      budget: events === 100_000 ? { atLeast: 400_000 } : undefined,
    },
    {
      group,
      measure: `${name}: first events`,
      unit: "ms",
      ...of(({ firstEventsMs }) => firstEventsMs),
      budget: { atMost: 5 },
    },
  ];
}
