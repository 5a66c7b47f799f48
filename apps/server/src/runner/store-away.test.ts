import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionEvent } from "@trunkline/contract";
import { type Store, type StoredDraft, StoreUnavailableError } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import {
  done,
  isTerminalEventOf,
  type Script,
  type ScriptedNode,
  startScriptedNode,
} from "./testing/scripted-node.ts";

/** What becomes of an append: it is not stored, or it is and nobody is told. */
type Outage = "before" | "after";

describe("a store that other nodes share, and that is away for a while", () => {
  let directory: TemporaryDirectory;
  let node: ScriptedNode;
  let scripts: Map<string, Script>;
  /** Of the next append that holds an event of this type. */
  let outages: { type: SessionEvent["type"]; outage: Outage }[];

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    scripts = new Map();
    outages = [];
    const store = await openSqliteStore({
      path: join(directory.path, "db"),
      now: Date.now,
      onFatal: () => undefined,
    });
    node = await startScriptedNode({ store: unreliable(store), directory: directory.path, scripts });
  });
  afterEach(async () => {
    await node.close();
    await directory[Symbol.asyncDispose]();
  });

  function unreliable(store: Store): Store {
    return {
      ...store,
      now: store.now,
      isExclusive: false,
      ping: async () => store.ping(),
      close: async () => store.close(),
      async append(sessionId, events, options) {
        const append = async () => store.append(sessionId, events, options);
        const index = outages.findIndex(({ type }) =>
          events.some((event: StoredDraft) => event.type === type),
        );
        const [hit] = index < 0 ? [] : outages.splice(index, 1);
        if (hit === undefined) return append();
        if (hit.outage === "after") await append();
        throw new StoreUnavailableError("unavailable", "away");
      },
    };
  }

  const life = (events: readonly SessionEvent[]) =>
    events
      .flatMap(({ type, data }) => (type === "task.interrupted" ? [`${type}: ${data.reason}`] : [type]))
      .slice(2);

  it("interrupts a run whose write was lost, and does not fail its task", async () => {
    scripts.set("steps", async ({ sink, log }) => {
      const earlier = await Array.fromAsync(log.ofTypes(["task.interrupted"]));
      if (earlier.length > 0) return done();
      outages.push({ type: "step.started", outage: "before" });
      await sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      return done("never");
    });
    const task = await node.submit("steps");
    const events = await node.until(task.sessionId, isTerminalEventOf(task.id));
    expect(life(events)).toEqual([
      "task.started",
      "task.interrupted: shutdown",
      "task.started",
      "task.completed",
    ]);
    expect((await node.store.tasks.get(task.id))?.crashes).toBe(0);
  });

  it.each<Outage>(["before", "after"])(
    "ends a task once where its end was lost %s it was stored",
    async (outage) => {
      outages.push({ type: "task.completed", outage });
      const task = await node.submit("completes");
      const events = await node.until(task.sessionId, isTerminalEventOf(task.id));
      const next = await node.submit("next", task.sessionId);
      await node.until(task.sessionId, isTerminalEventOf(next.id));
      expect(life(events)).toEqual(["task.started", "task.completed"]);
    },
  );

  it("takes up by itself a task that it claimed without being told, and counts no crash", async () => {
    outages.push({ type: "task.started", outage: "after" });
    const task = await node.submit("claimed");
    const events = await node.until(task.sessionId, isTerminalEventOf(task.id));
    expect(life(events)).toEqual([
      "task.started",
      "task.interrupted: shutdown",
      "task.started",
      "task.completed",
    ]);
    expect((await node.store.tasks.get(task.id))?.crashes).toBe(0);
  });
});
