import { PostgresServer, waitFor } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hint } from "../../hints/port.ts";
import { PostgresHints } from "./postgres-hints.ts";

describe("hints by PostgreSQL", () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await PostgresServer.start();
    url = await server.createDatabase();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function openNode(name: string): Promise<AsyncDisposable & { hints: PostgresHints; heard: Hint[] }> {
    const hints = new PostgresHints({ url, node: name, logger: pino({ level: "silent" }) });
    const heard: Hint[] = [];
    hints.follow((hint) => heard.push(hint));
    hints.start();
    await waitFor("a connection", async () => heard.length > 0);
    return { hints, heard, [Symbol.asyncDispose]: async () => hints.stop() };
  }
  const has = (heard: readonly Hint[], taskId: string) => async () =>
    heard.some((hint) => hint.type === "cancel-requested" && hint.taskId === taskId);

  it("tells every other node, and not itself; soon also what comes while it tells", async () => {
    await using one = await openNode("one");
    await using two = await openNode("two");
    await using three = await openNode("three");
    for (let lastSeq = 1; lastSeq <= 500; lastSeq++) {
      one.hints.announce({ type: "appended", sessionId: "s", lastSeq });
      if (lastSeq % 100 === 0) await new Promise(setImmediate);
    }
    one.hints.announce({ type: "cancel-requested", taskId: "last" });
    for (const { heard } of [two, three]) {
      await waitFor("the last hint", has(heard, "last"));
      expect(heard).toContainEqual({ type: "appended", sessionId: "s", lastSeq: 500 });
      expect(heard.length).toBeLessThan(50);
    }
    expect(one.heard).toEqual([{ type: "missed" }]);
  });

  it("tells what is announced while PostgreSQL restarts once it is back, and that some may be lost", async () => {
    await using one = await openNode("one");
    await using two = await openNode("two");
    one.hints.announce({ type: "cancel-requested", taskId: "before" });
    await waitFor("a hint", has(two.heard, "before"));
    await server.stop("immediate");
    one.hints.announce({ type: "cancel-requested", taskId: "meanwhile" });
    await server.launch();
    const missed = async () => two.heard.filter(({ type }) => type === "missed").length === 2;
    await waitFor("the connection to be back", missed);
    one.hints.announce({ type: "cancel-requested", taskId: "after" });
    await waitFor("a hint", has(two.heard, "after"));
    // Perhaps before the other node listened again: this is what `missed` is for.
    await waitFor("the connection of the first to be back", async () => one.heard.length === 2);
    expect(one.heard).toEqual([{ type: "missed" }, { type: "missed" }]);
  });

  it("tells what was announced last before it stops", async () => {
    await using two = await openNode("two");
    {
      await using one = await openNode("one");
      one.hints.announce({ type: "cancel-requested", taskId: "at last" });
    }
    await waitFor("the hint", has(two.heard, "at last"));
    expect(two.heard).toHaveLength(2);
  });
});
