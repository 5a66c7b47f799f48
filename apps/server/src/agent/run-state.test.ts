import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import type { RunInput } from "./port.ts";
import { RunState } from "./run-state.ts";

it("gives others a turn between two pages of a long log", async () => {
  const pages = 5;
  const notice = (seq: number) =>
    ({
      seq,
      at: 1,
      sessionId: "s",
      taskId: null,
      type: "notice",
      data: { level: "info", message: "x" },
    }) as SessionEvent;
  let turns = 0;
  const count = (): void => {
    turns += 1;
    if (turns < 1_000) next = setImmediate(count);
  };
  let next = setImmediate(count);
  const state = await RunState.read({
    taskId: "t",
    importedSeq: 0,
    model: { provider: "p", id: "m" },
    signal: new AbortController().signal,
    log: {
      // As SQLite's: it is there at once.
      read: async ({ after = 0 }: { after?: number }) => ({
        events: [notice(after + 1)],
        hasMore: after + 1 < pages,
      }),
      last: async () => undefined,
    },
  } as unknown as RunInput);
  clearImmediate(next);
  expect(state.lastSeq).toBe(pages);
  expect(turns).toBeGreaterThanOrEqual(pages - 1);
});
