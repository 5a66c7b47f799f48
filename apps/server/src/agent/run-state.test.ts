import { randomUUID } from "node:crypto";
import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import type { RunInput } from "./port.ts";
import { RunState } from "./run-state.ts";
import { MemoryLog } from "./testing/memory-log.ts";

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

it("reads long prompts of queued tasks once they are part of the conversation, and no others", async () => {
  const log = new MemoryLog();
  const long = "x".repeat(40_000);
  const first = log.begin(`first ${long}`);
  const [next = "", steering = "", ...later] = ["next", "steering", "later", "last"].map((prompt) =>
    log.submit(`${prompt} ${long}`),
  );
  log.append(
    { taskId: first, type: "task.completed", data: { result: "ok" } },
    { taskId: next, type: "task.updated", data: { prompt: `edited ${long}` } },
  );
  log.start(next);
  log.append(
    { taskId: next, type: "task.steered", data: { prompt: "more", steeredTaskId: steering } },
    { taskId: steering, type: "task.canceled", data: { reason: "steered", by: "server" } },
  );
  for (const taskId of later) {
    log.append({ taskId, type: "task.updated", data: { prompt: `${taskId} ${long}` } });
  }

  const state = await RunState.read({
    taskId: next,
    importedSeq: 0,
    model: {},
    signal: new AbortController().signal,
    sink: log.sink(next),
    log: log.reader(),
  } as unknown as RunInput);
  expect(state.transcript.turns.map(({ prompt }) => prompt.split(" ")[0])).toEqual(["first", "edited"]);
  const isRead = (seq: number): boolean => log.readSeqs.includes(seq) || log.singledOutSeqs.includes(seq);
  const unread = log.events.filter(({ seq }) => !isRead(seq));
  expect(Object.groupBy(unread, ({ taskId }) => String(taskId))).toEqual(
    Object.fromEntries(later.map((taskId) => [taskId, [expect.anything(), expect.anything()]])),
  );
  expect(state.lastSeq).toBe(log.events.at(-1)?.seq);
  expect(state.mayBeSteered()).toBe(true);
});

it("a long prompt that brought back what others wrote makes the session untrusted once it starts", async () => {
  const log = new MemoryLog();
  const [taskId, idle] = [randomUUID(), randomUUID()];
  for (const id of [taskId, idle]) {
    const prompt = "x".repeat(40_000);
    const broughtBack = { url: "https://example.com/1", items: [] };
    log.append({ taskId: id, type: "task.submitted", data: { prompt, model: null, broughtBack } });
  }
  const read = async () =>
    RunState.read({
      taskId,
      importedSeq: 0,
      model: {},
      signal: new AbortController().signal,
      sink: log.sink(taskId),
      log: log.reader(),
    } as unknown as RunInput);
  expect((await read()).ledger.hasReadUntrusted).toBe(false);
  log.start(taskId);
  expect((await read()).ledger.hasReadUntrusted).toBe(true);
});
