import { monotonicMicros } from "@trunkline/testkit";
import { readProcessTree } from "../processes/process-tree.ts";
import type { Remote } from "../processes/remote.ts";
import type { SubscribersProtocol } from "../processes/subscribers-protocol.ts";
import type { SseRequest } from "../reader/sse-connection.ts";
import { median } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import { eventTitle } from "../yardstick/benchmark-event.ts";
import type { BenchRun, Raw, Server } from "./bench-run.ts";

/** How events are produced: events per request, and concurrent requests. */
interface Pattern {
  name: string;
  eventsPerTick: number;
  ticksUnderWay: number;
}

const PATTERNS: readonly Pattern[] = [
  { name: "1 event per tick", eventsPerTick: 1, ticksUnderWay: 2 },
  { name: "10 events per tick", eventsPerTick: 10, ticksUnderWay: 2 },
  { name: "burst", eventsPerTick: 20, ticksUnderWay: 8 },
];

/** What is fanned out, and how to produce it. */
interface Source {
  pid: number;
  stream: SseRequest;
  /** Events that a new subscriber starts with. */
  eventsBefore: number;
  /** Appends events; resolves once acknowledged. */
  append(events: number): Promise<unknown>;
}

interface FanOutFigures {
  deliveriesPerSecond: number;
  cpuMsPer1000: number;
  eventsPerMessage: number;
}

/** One session, many subscribers: deliveries per second, beside the raw server. */
export async function measureFanOut(run: BenchRun): Promise<Row[]> {
  const rounds = run.quick ? 1 : 2;
  const durationMs = run.quick ? 700 : 1_500;
  await using server = await run.startServer();
  await using raw = await run.startRaw();
  await using subscribers = run.startSubscribers();
  await Promise.all([server.calls.warm(8), raw.calls.warm(8)]);
  // Warm up both.
  for (const source of [await newSession(server), newChannel(raw, "warm-up")]) {
    await fanOut(source, subscribers, { name: "", eventsPerTick: 5, ticksUnderWay: 2 }, 20, 500);
  }

  const rows: Row[] = [];
  for (const count of run.quick ? [1, 1_000] : [1, 100, 1_000]) {
    for (const pattern of run.quick ? PATTERNS.slice(0, 2) : PATTERNS) {
      const ours: FanOutFigures[] = [];
      const theirs: FanOutFigures[] = [];
      // Alternating, so that other load on the machine affects both.
      for (let round = 0; round < rounds; round++) {
        ours.push(await fanOut(await newSession(server), subscribers, pattern, count, durationMs));
        const channel = newChannel(raw, `${count}-${pattern.eventsPerTick}-${round}`);
        theirs.push(await fanOut(channel, subscribers, pattern, count, durationMs));
      }
      rows.push(...toRows(count, pattern, ours, theirs));
    }
  }
  return rows;
}

async function fanOut(
  source: Source,
  subscribers: Remote<SubscribersProtocol>,
  { eventsPerTick, ticksUnderWay }: Pattern,
  count: number,
  durationMs: number,
): Promise<FanOutFigures> {
  await subscribers.ask("open", {
    read: "count",
    requests: Array.from({ length: count }, () => source.stream),
  });
  const start = await subscribers.ask("counted", {});
  const before = readProcessTree(source.pid);
  const startedAtUs = monotonicMicros();
  let events = 0;
  const keepAppending = async (): Promise<void> => {
    while (monotonicMicros() - startedAtUs < durationMs * 1_000) {
      events += eventsPerTick;
      await source.append(eventsPerTick);
    }
  };
  await Promise.all(Array.from({ length: ticksUnderWay }, keepAppending));
  const end = await subscribers.ask("receivedUpTo", { seq: source.eventsBefore + events });
  const cpuMs = readProcessTree(source.pid).cpuMs - before.cpuMs;
  await subscribers.ask("close", {});

  const deliveries = end.events - start.events;
  if (deliveries !== events * count)
    throw new Error(`${deliveries} deliveries of ${events} events to ${count}`);
  return {
    deliveriesPerSecond: (deliveries / (end.lastAtUs - startedAtUs)) * 1e6,
    cpuMsPer1000: (cpuMs / deliveries) * 1_000,
    eventsPerMessage: deliveries / (end.frames - start.frames),
  };
}

/** A session of our server. Renaming it is the cheapest way to produce events from outside. */
async function newSession(server: Server): Promise<Source> {
  const [sessionId = ""] = await server.createSessions(1);
  let number = 0;
  return {
    pid: server.pid,
    stream: server.subscription(sessionId),
    eventsBefore: 1,
    append(events) {
      const inputs = Array.from({ length: events }, () => ({ sessionId, title: eventTitle((number += 1)) }));
      const path = `/trpc/${inputs.map(() => "session.update").join(",")}?batch=1`;
      return server.calls.post(path, Object.fromEntries(inputs.entries()));
    },
  };
}

function newChannel(raw: Raw, name: string): Source {
  return {
    pid: raw.pid,
    stream: raw.stream(`/channel/${name}`),
    eventsBefore: 0,
    append: (events) => raw.calls.post(`/channel/${name}?count=${events}`, null),
  };
}

function toRows(count: number, pattern: Pattern, ours: FanOutFigures[], theirs: FanOutFigures[]): Row[] {
  const group = "Fan-out of one session (with what it takes to append the events)";
  const name = `${count.toLocaleString("en")} subscribers, ${pattern.name}`;
  const of = (pick: (figures: FanOutFigures) => number) => ({
    ours: median(ours.map(pick)),
    yardstick: { what: "raw node:http", value: median(theirs.map(pick)) },
  });
  return [
    {
      group,
      measure: name,
      unit: "deliveries/s",
      ...of(({ deliveriesPerSecond }) => deliveriesPerSecond),
      budget: count >= 100 ? { ratioAtLeast: 0.8 } : undefined,
    },
    { group, measure: `${name}: CPU`, unit: "ms per 1,000", ...of(({ cpuMsPer1000 }) => cpuMsPer1000) },
    {
      group,
      measure: `${name}: batching`,
      unit: "events/message",
      ...of(({ eventsPerMessage }) => eventsPerMessage),
    },
  ];
}
