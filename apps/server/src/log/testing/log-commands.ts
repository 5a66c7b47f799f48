import { deepStrictEqual, ok, rejects } from "node:assert";
import { randomUUID } from "node:crypto";
import type { EventPage, SessionEvent } from "@trunkline/contract";
import * as fc from "fast-check";
import { GuardFailedError } from "../../store/port.ts";
import { createVisibleSession } from "../../store/testing/session-log.ts";
import { Follower } from "./follower.ts";
import { addToModel, dropPieces, type LogModel, type ModelSession } from "./log-model.ts";
import type { Append, LogUnderTest } from "./log-under-test.ts";

type LogCommand = fc.AsyncCommand<LogModel, LogUnderTest>;

/** Commands for a log, in any order. Numbers select one of the existing sessions, followers or cursors. */
export function logCommands(): fc.Arbitrary<LogCommand>[] {
  const pick = fc.nat({ max: 1_000 });
  const sizes = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 }),
    // More than the hub's tail holds.
    fc.constant([700, 700]),
  );
  const limit = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 50, max: 500 }));
  return [
    fc.constant(command("create a session", hasFewSessions, createModelSession)),
    fc
      .tuple(pick, sizes)
      .map(([s, counts]) =>
        onSession(`append ${counts.join(",")}`, s, (session, real) => append(session, real, counts)),
      ),
    fc
      .tuple(pick, pick, fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 40 }))
      .map(([s, b, pieces]) =>
        onSession(`block ${b % 3} gets ${pieces.length} pieces`, s, (session, real) =>
          addPieces(session, real, `block ${b % 3}`, pieces),
        ),
      ),
    fc
      .tuple(pick, pick)
      .map(([s, b]) =>
        onSession(`one of its blocks ends (${b})`, s, (session, real) => endBlock(session, real, b)),
      ),
    pick.map((s) => onSession("a refused append", s, refuse)),
    fc
      .tuple(pick, pick)
      .map(([s, cursor]) =>
        onSession(`follow after ${cursor}`, s, (session, real) => follow(session, real, cursor)),
      ),
    pick.map((f) =>
      command(`follower ${f} catches up`, hasSession, (model, real) => catchUp(model, real, f)),
    ),
    fc.tuple(pick, pick, sizes).map(([s, f, counts]) =>
      onSession(`append ${counts.join(",")} while ${f} catches up`, s, async (session, real, model) => {
        await Promise.all([append(session, real, counts), catchUp(model, real, f)]);
      }),
    ),
    fc
      .tuple(pick, pick, limit)
      .map(([s, cursor, size]) =>
        onSession(`read after ${cursor} by ${size}`, s, (session, real) =>
          readForwards(session, real, cursor, size),
        ),
      ),
    fc
      .tuple(pick, pick, limit)
      .map(([s, cursor, size]) =>
        onSession(`read before ${cursor} by ${size}`, s, (session, real) =>
          readBackwards(session, real, cursor, size),
        ),
      ),
    fc.constant(command("close and reopen", always, async (_, real) => real.reopen())),
    fc
      .tuple(pick, sizes, fc.constantFrom("before" as const, "after" as const), fc.nat({ max: 20 }))
      .map(([s, counts, moment, at]) =>
        onSession(`append ${counts.join(",")} and crash ${moment} ${at}`, s, (session, real) =>
          crash(session, real, counts, moment, at),
        ),
      ),
  ];
}

function command(
  name: string,
  check: (model: Readonly<LogModel>) => boolean,
  run: (model: LogModel, real: LogUnderTest) => Promise<void>,
): LogCommand {
  return { check, run, toString: () => name };
}

function onSession(
  name: string,
  choice: number,
  run: (session: ModelSession, real: LogUnderTest, model: LogModel) => Promise<void>,
): LogCommand {
  return command(`session ${choice}: ${name}`, hasSession, async (model, real) => {
    const session = model.sessions[choice % model.sessions.length];
    ok(session);
    await run(session, real, model);
  });
}

const always = (): boolean => true;
/** Few sessions, so that much happens to each. */
const hasFewSessions = (model: Readonly<LogModel>): boolean => model.sessions.length < 3;
const hasSession = (model: Readonly<LogModel>): boolean => model.sessions.length > 0;

async function createModelSession(model: LogModel, real: LogUnderTest): Promise<void> {
  const id = await createVisibleSession(real.store);
  const { events } = await real.log.read(id, { limit: 10 });
  model.sessions.push({ id, events, lastSeq: 1, blocks: new Map() });
}

const unitOf = (session: ModelSession, size: number): Append => [
  session.id,
  Array.from({ length: size }, (_, index) => ({
    taskId: null,
    type: "notice" as const,
    data: { level: "info" as const, message: `${index} of ${size}` },
  })),
];

/** Concurrent appends, which share commits. */
async function append(session: ModelSession, real: LogUnderTest, sizes: readonly number[]): Promise<void> {
  const units = sizes.map((size) => unitOf(session, size));
  const stored = await Promise.all(units.map(async (unit) => real.log.append(...unit)));
  for (const [index, events] of stored.entries()) assertFollowsOn(session, events, units[index]);
}

function assertFollowsOn(
  session: ModelSession,
  events: readonly SessionEvent[],
  unit: Append | undefined,
): void {
  deepStrictEqual(
    events.map((event) => event.seq),
    events.map((_, index) => session.lastSeq + 1 + index),
  );
  deepStrictEqual(
    events.map(({ type, data }) => ({ type, data })),
    unit?.[1].map(({ type, data }) => ({ type, data })),
  );
  addToModel(session, events);
}

/** Pending pieces may be merged into one event; their text must not change. */
async function addPieces(
  session: ModelSession,
  real: LogUnderTest,
  blockId: string,
  pieces: readonly string[],
): Promise<void> {
  const stored = await Promise.all(
    pieces.map(async (text) =>
      real.log.append(session.id, [{ taskId: null, type: "text.delta", data: { blockId, text } }]),
    ),
  );
  const events = [...new Map(stored.flat().map((event) => [event.seq, event])).values()];
  deepStrictEqual(
    events.map((event) => event.seq),
    events.map((_, index) => session.lastSeq + 1 + index),
  );
  const text = events.map((event) => (event.type === "text.delta" ? event.data.text : "?")).join("");
  deepStrictEqual(text, pieces.join(""));
  const block = session.blocks.get(blockId) ?? { fromSeq: session.lastSeq + 1, text: "" };
  session.blocks.set(blockId, { ...block, text: block.text + text });
  addToModel(session, events);
}

async function endBlock(session: ModelSession, real: LogUnderTest, choice: number): Promise<void> {
  const open = [...session.blocks].at(choice % Math.max(1, session.blocks.size));
  if (open === undefined) return;
  const [blockId, block] = open;
  const stored = await real.log.append(
    session.id,
    [{ taskId: null, type: "text.ended", data: { blockId, text: block.text } }],
    { endedBlocks: [{ blockId, fromSeq: block.fromSeq }] },
  );
  dropPieces(session, blockId);
  addToModel(session, stored);
}

/** Together with valid appends, which must be stored without losing a seq. */
async function refuse(session: ModelSession, real: LogUnderTest): Promise<void> {
  // If not undone with the invalid event, these notices would show in the seqs that follow.
  const [id, events] = unitOf(session, 3);
  const never = { taskId: null, type: "approval.expired", data: { approvalId: randomUUID() } } as const;
  const [, stored] = await Promise.all([
    rejects(real.log.append(id, [...events, never]), GuardFailedError),
    real.log.append(...unitOf(session, 1)),
  ]);
  assertFollowsOn(session, stored, unitOf(session, 1));
}

async function follow(session: ModelSession, real: LogUnderTest, cursor: number): Promise<void> {
  real.followers.push(new Follower(real.log, session.id, cursor % (session.lastSeq + 1)));
}

async function catchUp(model: LogModel, real: LogUnderTest, choice: number): Promise<void> {
  const follower = real.followers[choice % Math.max(1, real.followers.length)];
  const session = model.sessions.find(({ id }) => id === follower?.sessionId);
  if (follower === undefined || session === undefined) return;
  await follower.catchUp(session.lastSeq);
}

async function readForwards(
  session: ModelSession,
  real: LogUnderTest,
  cursor: number,
  limit: number,
): Promise<void> {
  const after = cursor % (session.lastSeq + 1);
  const read: SessionEvent[] = [];
  for (let hasMore = true; hasMore;) {
    const page = await real.log.read(session.id, { after: read.at(-1)?.seq ?? after, limit });
    read.push(...page.events);
    assertPage(page, limit, (read.at(-1)?.seq ?? after) < (session.events.at(-1)?.seq ?? 0));
    hasMore = page.hasMore;
  }
  deepStrictEqual(
    read,
    session.events.filter((event) => event.seq > after),
  );
}

function assertPage(page: EventPage, limit: number, hasMore: boolean): void {
  ok(page.events.length <= limit, `${page.events.length} events, ${limit} at most`);
  deepStrictEqual(page.hasMore, hasMore);
}

async function readBackwards(
  session: ModelSession,
  real: LogUnderTest,
  cursor: number,
  limit: number,
): Promise<void> {
  const before = (cursor % (session.lastSeq + 1)) + 1;
  let read: SessionEvent[] = [];
  for (let hasMore = true; hasMore;) {
    const page = await real.log.read(session.id, { before: read[0]?.seq ?? before, limit });
    read = [...page.events, ...read];
    assertPage(page, limit, (read[0]?.seq ?? before) > (session.events[0]?.seq ?? before));
    hasMore = page.hasMore;
  }
  deepStrictEqual(
    read,
    session.events.filter((event) => event.seq < before),
  );
}

/** After a crash the log is what was acknowledged, plus perhaps some whole appends, in order. */
async function crash(
  session: ModelSession,
  real: LogUnderTest,
  sizes: readonly number[],
  moment: "before" | "after",
  at: number,
): Promise<void> {
  const units = sizes.map((size) => unitOf(session, size));
  const acknowledged = await real.crash(units, moment, at);
  const { events } = await real.log.read(session.id, { after: session.lastSeq, limit: 10_000 });
  let position = 0;
  let whole = 0;
  while (position < events.length) {
    const unit = units[whole];
    const stored = events.slice(position, position + (unit?.[1].length ?? 1));
    assertFollowsOn(session, stored, unit);
    position += stored.length;
    whole += 1;
  }
  ok(whole >= acknowledged, `${acknowledged} appends were acknowledged, ${whole} are there`);
}
