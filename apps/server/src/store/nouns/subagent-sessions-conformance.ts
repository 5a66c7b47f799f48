import { describe, expect, it } from "vitest";
import type { Store } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { OWNER } from "../testing/session-log.ts";
import { openForSuite } from "../testing/open-for-suite.ts";

/** Conformance suite for lists of subagents' sessions. */
export function describeSubagentSessions(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`sessions of subagents: ${name}`, () => {
    let store: Store;
    openForSuite(createHarness, (opened) => (store = opened));

    it("gives the sessions of subagents to whoever asks for their parent's, and counts them there", async () => {
      const append = (id: string, parent?: { sessionId: string; taskId: string }) => {
        const above = parent && { ...parent, rootSessionId: "root", rootTaskId: "t" };
        const data = { title: id, model: null, agent: "default", ...(above && { parent: above }) };
        return store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: OWNER });
      };
      await append("root");
      await append("child", { sessionId: "root", taskId: "t" });
      await append("other child", { sessionId: "root", taskId: "t" });
      await append("grandchild", { sessionId: "child", taskId: "u" });
      const page = async (parentSessionId?: string, ownerId = OWNER) => {
        const query = {
          ownerId,
          archived: false,
          limit: 10,
          ...(parentSessionId !== undefined && { parentSessionId }),
        };
        return (await store.sessions.page(query)).map(({ id, subagents }) => [id, subagents]);
      };
      expect(await page()).toEqual([["root", 2]]);
      expect((await page("root")).toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))).toEqual([
        ["child", 1],
        ["other child", undefined],
      ]);
      expect(await page("child")).toEqual([["grandchild", undefined]]);
      expect(await page("root", "somebody")).toEqual([]);
    });
  });
}
