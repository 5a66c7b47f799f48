import { MAX_SUBAGENTS } from "@trunkline/contract";
import { assertLogHolds, contentText, say } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import { createSubagentTool } from "../tools/subagent.ts";
import type { RunOutcome } from "./port.ts";
import { RunBench, type RunOptions } from "./testing/run-bench.ts";

const tools = [createSubagentTool()] as RunOptions["tools"];
const call = (id: string, more: object = {}) =>
  say.toolCall("subagent", { title: id, prompt: `do ${id}`, ...more }, { id });

/** Runs a task whose subagents are started, and end, as the test says. */
class Parent {
  readonly bench: RunBench;
  readonly started: { title: string; prompt: string; mayChange: boolean; readsUntrusted: boolean }[] = [];
  dies = false;
  readonly taskId: string;

  constructor(bench: RunBench) {
    this.bench = bench;
    this.taskId = bench.log.begin("go");
  }

  run = async (): Promise<RunOutcome> =>
    this.bench.run(this.taskId, {
      ...(tools && { tools }),
      subagents: {
        start: async (_child, { title, prompt, mayChange }, { readsUntrusted }) => {
          if (this.dies) throw new Error("the server dies");
          this.started.push({ title, prompt, mayChange, readsUntrusted });
        },
      },
    });

  /** What the runner writes: the task waits, its subagents end, it resumes. */
  settle(outcome: RunOutcome, attempt: number, more: object = {}): void {
    this.bench.log.suspend(this.taskId, outcome);
    const children = outcome.type === "input-required" ? (outcome.children ?? []) : [];
    for (const child of children) {
      const data = { ...child, state: "completed" as const, result: `did ${child.callId}`, ...more };
      this.bench.log.append({ taskId: this.taskId, type: "subagent.ended", data });
    }
    this.bench.log.resume(this.taskId, attempt);
  }
}

describe("calls for subagents", () => {
  it("that only read work together, one that may change something alone; answers are results", async () => {
    await using bench = await RunBench.create();
    const parent = new Parent(bench);
    bench.provider.enqueue(
      say.reply(call("one"), call("two"), call("three", { may_change: true })),
      say.reply(say.text("done")),
    );
    const first = await parent.run();
    expect(first).toMatchObject({ children: [{ callId: "one" }, { callId: "two" }] });
    parent.settle(first, 2);
    const second = await parent.run();
    expect(second).toMatchObject({ children: [{ callId: "three" }] });
    parent.settle(second, 3);
    expect(await parent.run()).toMatchObject({ type: "completed", result: "done" });
    expect(parent.started.map(({ title, mayChange }) => [title, mayChange])).toEqual([
      ["one", false],
      ["two", false],
      ["three", true],
    ]);
    const results = bench.provider.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
    expect(results?.map(({ content }) => contentText(content))).toEqual(["did one", "did two", "did three"]);
    assertLogHolds(bench.log.events, { allowUnfinished: true });
  });

  it("are started once, wherever the server dies, and what they read counts for the task", async () => {
    await using bench = await RunBench.create();
    const parent = new Parent(bench);
    bench.provider.enqueue(say.reply(call("one")), say.reply(call("two")));
    parent.dies = true;
    await expect(parent.run()).rejects.toThrow("dies");
    parent.dies = false;
    bench.log.interrupt(parent.taskId);
    bench.log.start(parent.taskId, 2);
    const first = await parent.run();
    expect(bench.log.of("subagent.started")).toHaveLength(1);
    expect(parent.started).toHaveLength(1);
    parent.bench.log.suspend(parent.taskId, first);
    bench.log.resume(parent.taskId, 3);
    // It was created: if it is gone, it was deleted.
    expect(await parent.run()).toEqual(first);
    expect(parent.started).toHaveLength(1);
    parent.settle(first, 4, { readsUntrusted: true });
    await parent.run();
    expect(parent.started[1]).toMatchObject({ title: "two", readsUntrusted: true });
  });

  it("are refused beyond their number", async () => {
    await using bench = await RunBench.create();
    const parent = new Parent(bench);
    const batches = Math.ceil(MAX_SUBAGENTS / 4);
    for (let batch = 0; batch < batches; batch++) {
      const calls = [1, 2, 3, 4].map((n) => call(`${batch}.${n}`));
      bench.provider.enqueue(say.reply(...calls));
      parent.settle(await parent.run(), batch + 2);
    }
    bench.provider.enqueue(say.reply(call("too many")), say.reply(say.text("done")));
    expect(await parent.run()).toMatchObject({ type: "completed" });
    expect(bench.log.of("tool.ended").at(-1)?.output).toContain("do the rest yourself");
  });
});
