import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createActivity } from "../activity/activity.ts";
import type { Activity } from "../activity/port.ts";
import { actForRequest, callerName } from "../fairness/caller.ts";
import { createHub } from "../hub/hub.ts";
import { createLog } from "../log/log.ts";
import type { Log } from "../log/port.ts";
import { Follower } from "../log/testing/follower.ts";
import type { Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createVisibleSession, OWNER } from "../store/testing/session-log.ts";
import type { Hint } from "./port.ts";
import { Relay } from "./relay.ts";
import { HintBus } from "./testing/hint-bus.ts";

interface Node {
  log: Log;
  relay: Relay;
  activity: Activity;
  /** Queries for what others have appended. */
  reads: string[][];
  /** On whose behalf they are asked. */
  readers: string[];
}

describe("relay", () => {
  let directory: string;
  let store: Store;
  let bus: HintBus;
  let here: Node;
  let there: Node;
  let sessionId: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-relay-"));
    store = await openSqliteStore({ path: join(directory, "db"), now: Date.now, onFatal: () => undefined });
    bus = new HintBus();
    here = openNode();
    there = openNode();
    sessionId = await createVisibleSession(store);
  });
  afterEach(async () => {
    await here.relay.stop();
    await there.relay.stop();
    await store.close();
    await rm(directory, { recursive: true });
  });

  function openNode(): Node {
    const hub = createHub();
    const activity = createActivity();
    const reads: string[][] = [];
    const readers: string[] = [];
    const events: Store["events"] = {
      ...store.events,
      async news(after, limit) {
        reads.push([...after.keys()]);
        readers.push(callerName());
        return store.events.news(after, limit);
      },
    };
    const deps = { store: { events, sessions: store.sessions, isExclusive: false }, hub, activity };
    const relay = new Relay({
      ...deps,
      hints: bus.connect(),
      onMissed: () => undefined,
      logger: pino({ level: "silent" }),
    });
    const log = createLog({ store, hub, announcer: relay, redact: (event) => event });
    return { log, relay, activity, reads, readers };
  }

  const say = async ({ log }: Node, message: string): Promise<number> => {
    const data = { level: "info", message } as const;
    const [event] = await log.append(sessionId, [{ taskId: null, type: "notice", data }]);
    return event!.seq;
  };
  const messages = (events: readonly SessionEvent[]): string[] =>
    events.flatMap((event) => (event.type === "notice" ? [event.data.message] : []));

  it("brings what one node appends to all followers on another, with one read for all of them", async () => {
    const followers = Array.from({ length: 50 }, () => new Follower(there.log, sessionId, 0));
    await Promise.all(followers.map(async (follower) => follower.catchUp(1)));
    for (let count = 0; count < 20; count++) await say(here, String(count));
    await Promise.all(followers.map(async (follower) => follower.catchUp(21)));
    for (const { received } of followers) {
      expect(messages(received)).toEqual(Array.from({ length: 20 }, (_, count) => String(count)));
    }
    expect(there.reads.length).toBeLessThanOrEqual(20);
    expect(here.reads).toEqual([]);
    for (const follower of followers) await follower.stop();
  });

  it("reads on nobody's behalf, whoever has appended: others follow, too", async () => {
    const follower = new Follower(there.log, sessionId, 0);
    await follower.catchUp(1);
    await say(there, "told");
    await follower.catchUp(2);
    bus.passes = () => false;
    await say(here, "untold");
    await actForRequest("somebody", async () => say(there, "and more"));
    await follower.catchUp(4);
    expect(there.readers).toEqual([""]);
    await follower.stop();
  });

  it("reads nothing for sessions that nobody follows here", async () => {
    await say(here, "unheard");
    const other = new Follower(there.log, sessionId, 0);
    await other.catchUp(2);
    expect(there.reads).toEqual([]);
    await other.stop();
  });

  it("keeps the order where two nodes append in turns, and drops nothing twice", async () => {
    const one = new Follower(here.log, sessionId, 0);
    const other = new Follower(there.log, sessionId, 0);
    await one.catchUp(1);
    await other.catchUp(1);
    const said: string[] = [];
    for (let count = 0; count < 40; count++) {
      said.push(String(count));
      await say(count % 3 === 0 ? here : there, String(count));
    }
    await one.catchUp(41);
    await other.catchUp(41);
    expect(messages(one.received)).toEqual(said);
    expect(messages(other.received)).toEqual(said);
    await one.stop();
    await other.stop();
  });

  it("finds by itself what no hint has told, removed sessions as well", async () => {
    bus.passes = () => false;
    const follower = new Follower(there.log, sessionId, 0);
    await follower.catchUp(1);
    there.relay.start();
    await say(here, "unannounced");
    await follower.catchUp(2);
    const entry = { id: "e", at: 0, userId: null, userName: null, tokenId: null, action: "session.delete" };
    const audit = {
      ...entry,
      target: null,
      decision: "allowed",
      detail: null,
      address: null,
      count: 1,
    } as const;
    await store.sessions.hide({ id: sessionId, at: 1, hiddenBy: "node" }, audit);
    await expect(follower.catchUp(Infinity)).rejects.toThrow("was deleted");
  });

  it("looks at everything where hints may have been lost", async () => {
    bus.passes = ({ type }) => type === "missed";
    const controller = new AbortController();
    const lists = there.activity.follow(OWNER, controller.signal);
    const follower = new Follower(there.log, sessionId, 0);
    await follower.catchUp(1);
    await say(here, "unannounced");
    const missed: Hint = { type: "missed" };
    bus.connect().announce(missed);
    await follower.catchUp(2);
    expect((await lists.next()).value).toEqual({ changed: [], removed: [], reset: true });
    controller.abort();
    await follower.stop();
  });

  it("tells an owner's lists on every node, and followers of a removed session", async () => {
    const controller = new AbortController();
    const lists = there.activity.follow(OWNER, controller.signal);
    await here.log.append(sessionId, [{ taskId: null, type: "session.updated", data: { title: "new" } }]);
    expect((await lists.next()).value).toMatchObject({ changed: [sessionId] });
    const follower = new Follower(there.log, sessionId, 0);
    await follower.catchUp(2);
    here.relay.removed(sessionId, OWNER);
    await expect(follower.catchUp(Infinity)).rejects.toThrow("was deleted");
    expect((await lists.next()).value).toMatchObject({ removed: [sessionId] });
    controller.abort();
  });

  it("gives the whole of a block whose pieces went before they were read", async () => {
    bus.passes = () => false;
    const follower = new Follower(there.log, sessionId, 0);
    await follower.catchUp(1);
    const taskId = null;
    const block = { blockId: "b" };
    const [piece] = await here.log.append(sessionId, [
      { taskId, type: "text.delta", data: { ...block, text: "He" } },
    ]);
    await here.log.append(sessionId, [{ taskId, type: "text.delta", data: { ...block, text: "y" } }]);
    await here.log.append(sessionId, [{ taskId, type: "text.ended", data: { ...block, text: "Hey" } }], {
      endedBlocks: [{ blockId: "b", fromSeq: piece!.seq }],
    });
    bus.passes = () => true;
    await say(here, "after");
    await follower.catchUp(5);
    expect(follower.received.map(({ seq }) => seq)).toEqual([1, 4, 5]);
    expect(there.reads).toHaveLength(1);
    await follower.stop();
  });
});
