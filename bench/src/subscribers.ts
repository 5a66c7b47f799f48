/** The process that reads the streams, so that its cost is neither the server's nor the provider's. */
import { monotonicMicros } from "@trunkline/testkit";
import { answerRequests } from "./processes/answer-requests.ts";
import type {
  CountedEvents,
  OpenedStreams,
  ReadMode,
  SubscribersProtocol,
} from "./processes/subscribers-protocol.ts";
import { EventCounter } from "./reader/event-counter.ts";
import { SseConnection, type SseRequest } from "./reader/sse-connection.ts";
import { TaskCounter } from "./reader/task-counter.ts";
import { TokenReader } from "./reader/token-reader.ts";

interface Stream {
  reader: EventCounter | TokenReader | TaskCounter;
  connection: SseConnection;
  isOpen: boolean;
}

/** Streams whose messages are inspected: counting the events of all would take longer than sending them. */
const CHECKED_STREAMS = 20;
/** Connections opened concurrently: below the backlog of a listening socket. */
const MAX_OPENING = 100;

let streams: Stream[] = [];
let lastAtUs = 0;
/** The current condition, checked after every message. */
let watch: { isOver: () => boolean; resolve: () => void; reject: (error: Error) => void } | undefined;

const READERS = {
  count: () => new EventCounter(streams.length < CHECKED_STREAMS),
  tokens: () => new TokenReader(),
  tasks: () => new TaskCounter(),
};

function openStream(
  request: SseRequest,
  read: ReadMode,
  onCaughtUp: () => void,
  fail: (error: Error) => void,
): void {
  const reader = READERS[read]();
  const stream: Stream = {
    reader,
    isOpen: true,
    connection: new SseConnection(request, {
      onFrame: (frame) => {
        const wasCaughtUp = reader.caughtUp;
        try {
          reader.onFrame(frame);
        } catch (error) {
          fail(error as Error);
        }
        lastAtUs = monotonicMicros();
        if (!wasCaughtUp && reader.caughtUp) onCaughtUp();
        if (watch?.isOver() === true) watch.resolve();
      },
      onEnd: (error) => {
        stream.isOpen = false;
        fail(error);
      },
    }),
  };
  streams.push(stream);
}

async function open(requests: SseRequest[], read: ReadMode): Promise<OpenedStreams> {
  const startedAtUs = monotonicMicros();
  const caughtUpAtUs = requests.map(() => 0);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let next = 0;
  let missing = requests.length;
  const fail = (error: Error): void => {
    reject(error);
    watch?.reject(error);
  };
  const openNext = (): void => {
    const index = next;
    const request = requests[index];
    if (request === undefined) return;
    next += 1;
    const onCaughtUp = (): void => {
      caughtUpAtUs[index] = monotonicMicros();
      missing -= 1;
      if (missing === 0) resolve();
      else openNext();
    };
    openStream(request, read, onCaughtUp, fail);
  };
  for (let index = 0; index < MAX_OPENING; index++) openNext();
  await promise;
  const firstAtUs = streams.map(({ reader }) => (reader instanceof EventCounter ? reader.firstAtUs : 0));
  return { startedAtUs, firstAtUs, caughtUpAtUs };
}

async function until(isOver: () => boolean): Promise<void> {
  if (isOver()) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  watch = { isOver, resolve, reject };
  await promise.finally(() => {
    watch = undefined;
  });
}

function readersOf<Reader extends object>(kind: new (...args: never[]) => Reader): Reader[] {
  return streams
    .map(({ reader }) => reader)
    .filter((reader): reader is Reader & typeof reader => reader instanceof kind);
}

function counted(): CountedEvents {
  const sum = (pick: (counter: EventCounter) => number): number =>
    readersOf(EventCounter).reduce((total, counter) => total + pick(counter), 0);
  return {
    events: sum(({ events }) => events),
    frames: sum(({ frames }) => frames),
    bytes: sum(({ bytes }) => bytes),
    pings: sum(({ pings }) => pings),
    open: streams.filter(({ isOpen }) => isOpen).length,
    lastAtUs,
  };
}

answerRequests<SubscribersProtocol>({
  open: ({ requests, read }) => open(requests, read),

  async receivedUpTo({ seq }) {
    const all = readersOf(EventCounter);
    // Streams only move forward, so those that are there are never checked again.
    let first = 0;
    await until(() => {
      while ((all[first]?.lastSeq ?? 0) >= seq) first += 1;
      return first === all.length;
    });
    return counted();
  },

  async tokensReceived() {
    const all = readersOf(TokenReader);
    let first = 0;
    await until(() => {
      while (all[first]?.ending !== undefined) first += 1;
      return first === all.length;
    });
    return {
      latenciesUs: Float64Array.from(all.flatMap(({ latenciesUs }) => latenciesUs)),
      firstTokenAtUs: all.map(({ firstTokenAtUs }) => firstTokenAtUs),
      tokens: all.map(({ latenciesUs }) => latenciesUs.length),
      endings: all.map(({ ending }) => ending ?? ""),
    };
  },

  async tasksCompleted({ tasks }) {
    const all = readersOf(TaskCounter);
    await until(() => all.reduce((sum, { completed }) => sum + completed, 0) >= tasks);
    return { lastAtUs };
  },

  counted: async () => counted(),

  async close() {
    for (const { connection } of streams) connection.close();
    streams = [];
    return null;
  },
});
