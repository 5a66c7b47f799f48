import { readFile } from "node:fs/promises";
import { assertLogHolds, say } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import type { Tool } from "../tools/port.ts";
import { appendTool } from "./testing/append-tool.ts";
import { LostError } from "./testing/memory-log.ts";
import { RunBench, type RunOptions } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };
const HOUR_MS = 3_600_000;

/** Calls named after their tool, each with a line of its own: `append 1`, `send 2`. */
function asking(...calls: string[]) {
  return say.reply(
    ...calls.map((call) => {
      const [tool = "", line] = call.split(" ");
      return say.toolCall(tool, { line: Number(line) }, { id: `call_${line}` });
    }),
  );
}

class ApprovalBench implements AsyncDisposable {
  readonly bench: RunBench;
  readonly tools: readonly Tool[];
  readonly #file: string;

  private constructor(bench: RunBench) {
    this.bench = bench;
    this.#file = bench.toolBench.path("lines");
    this.tools = [
      appendTool(this.#file),
      appendTool(this.#file, { name: "send", effects: ["egress"] }),
      appendTool(this.#file, { name: "fetch", effects: ["reads-untrusted"] }),
      ...bench.toolBench.tools.filter(({ name }) => name === "bash"),
    ];
  }

  static async create(): Promise<ApprovalBench> {
    return new ApprovalBench(await RunBench.create());
  }

  get log() {
    return this.bench.log;
  }

  run(taskId: string, options: RunOptions = {}) {
    return this.bench.run(taskId, { tools: this.tools, approvals: "auto", ...options });
  }

  /** What the tools did, in order. */
  async lines(): Promise<string[]> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** What the model was told last, call by call. */
  get results(): unknown[] {
    const messages = this.bench.provider.requests.at(-1)?.messages ?? [];
    return messages.flatMap((message) => (message.role === "tool" ? [message.content] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bench[Symbol.asyncDispose]();
  }
}

describe("calls that need an approval", () => {
  it("stop the run before them, and are asked about together; what is free before them is done", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("append 1", "send 2", "append 3", "send 4"));
    const taskId = bench.log.begin("go");
    const outcome = await bench.run(taskId, { approvals: "always" });
    expect(outcome).toMatchObject({
      type: "input-required",
      questions: [],
      approvals: [2, 4].map((line) => ({
        callId: `call_${line}`,
        tool: "send",
        input: { line },
        reason: "This call can access the network",
        always: "send",
      })),
    });
    expect(await bench.lines()).toEqual(["1"]);

    const [second, fourth] = bench.log.suspend(taskId, outcome);
    bench.log.answer(taskId, fourth, "deny", "that is private");
    bench.log.answer(taskId, second, "allow", "be quick");
    bench.log.resume(taskId);
    bench.bench.provider.enqueue(say.reply(say.text("Done.")));
    expect(await bench.run(taskId, { approvals: "always" })).toMatchObject({
      type: "completed",
      result: "Done.",
    });
    expect(await bench.lines()).toEqual(["1", "2", "3"]);
    expect(bench.results).toEqual([
      "ok",
      "ok\n[alice says: be quick]",
      "ok",
      "Denied by alice; not run. They say: that is private",
    ]);
    expect(bench.log.of("tool.ended").at(-1)).toMatchObject({ callId: "call_4", status: "denied" });
    assertLogHolds(bench.log.events, PARTIAL);
  });

  it("count as denied where nobody answers, and the model is told", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("send 1"), say.reply(say.text("Well then.")));
    const taskId = bench.log.begin("go");
    const [approvalId] = bench.log.suspend(taskId, await bench.run(taskId, { approvals: "always" }));
    bench.log.answer(taskId, approvalId, null);
    bench.log.resume(taskId);
    expect(await bench.run(taskId, { approvals: "always" })).toMatchObject({ result: "Well then." });
    expect(await bench.lines()).toEqual([]);
    expect(bench.results).toEqual([expect.stringContaining("nobody approved it in time")]);
  });

  it("are not asked about where no tool takes them", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(
      say.reply(say.toolCall("send", { line: "no number" }), say.toolCall("nothing", {})),
      say.reply(say.text("Oh.")),
    );
    expect(await bench.run(bench.log.begin("go"), { approvals: "always" })).toMatchObject({ result: "Oh." });
  });

  it("take effect once wherever the server dies after the answer", async () => {
    for (let appends = 0, completed = false; !completed; appends++) {
      await using bench = await ApprovalBench.create();
      bench.bench.provider.respond = ({ messages }) =>
        messages.at(-1)?.role === "tool" ? say.reply(say.text("Done.")) : asking("send 1", "send 2");
      const taskId = bench.log.begin("go");
      const outcome = await bench.run(taskId, { approvals: "always" });
      for (const id of bench.log.suspend(taskId, outcome)) bench.log.answer(taskId, id, "allow");
      bench.log.resume(taskId);

      bench.log.appendsLeft = appends;
      const first = await bench.run(taskId, { approvals: "always" }).catch((error: unknown) => error);
      bench.log.appendsLeft = Number.POSITIVE_INFINITY;
      completed = !(first instanceof LostError);
      if (!completed) {
        bench.log.interrupt(taskId, 2);
        bench.log.start(taskId, 3);
        expect(await bench.run(taskId, { approvals: "always" })).toMatchObject({ result: "Done." });
      }
      expect(await bench.lines()).toEqual(["1", "2"]);
      expect(bench.log.of("approval.requested")).toHaveLength(2);
      assertLogHolds(bench.log.events, PARTIAL);
    }
  });
});

describe("after strangers' words", () => {
  it("what reaches the network asks: in the same step, in later tasks, after a restart; before them it is free", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("send 1", "fetch 2", "append 3", "send 4"));
    const first = bench.log.begin("one");
    const outcome = await bench.run(first);
    expect(outcome).toMatchObject({ type: "input-required", approvals: [{ callId: "call_4" }] });
    expect(await bench.lines()).toEqual(["1", "2", "3"]);
    bench.log.suspend(first, outcome);
    bench.log.append({ taskId: first, type: "task.canceled", data: { reason: "user", by: "alice" } });

    bench.bench.provider.enqueue(asking("send 5"));
    expect(await bench.run(bench.log.begin("two"))).toMatchObject({ type: "input-required" });
  });

  it("a command asks that is not kept in a sandbox", async () => {
    await using bench = await ApprovalBench.create();
    const command = (id: string) => say.reply(say.toolCall("bash", { command: "echo hi" }, { id }));
    bench.bench.provider.enqueue(command("before"), asking("fetch 1"), command("after"));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({
      type: "input-required",
      approvals: [
        {
          callId: "after",
          reason:
            "This command can modify files in the workspace and access the network and make changes outside the workspace, " +
            "and this session has read untrusted text",
        },
      ],
    });
    expect(bench.log.of("tool.ended").map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
  });

  it("a read that the server died in counts as well", async () => {
    await using bench = await ApprovalBench.create();
    const taskId = bench.log.begin("one");
    bench.bench.provider.enqueue(asking("fetch 1"));
    bench.log.appendsLeft = 3;
    await expect(bench.run(taskId)).rejects.toThrow(LostError);
    bench.log.appendsLeft = Number.POSITIVE_INFINITY;
    expect(bench.log.types.at(-1)).toBe("tool.called");
    bench.log.interrupt(taskId);
    bench.log.start(taskId, 2);
    bench.bench.provider.enqueue(asking("send 2"));
    expect(await bench.run(taskId)).toMatchObject({ type: "input-required" });
  });

  it("`always` frees the calls that it named, for later tasks as well, and no others", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("fetch 1", "send 2"));
    const first = bench.log.begin("one");
    const [approvalId] = bench.log.suspend(first, await bench.run(first));
    bench.log.answer(first, approvalId, "always");
    bench.log.resume(first);
    bench.bench.provider.enqueue(asking("send 3"), say.reply(say.text("Done.")));
    expect(await bench.run(first)).toMatchObject({ type: "completed" });
    bench.log.append({ taskId: first, type: "task.completed", data: { result: "Done." } });

    bench.bench.provider.enqueue(
      say.reply(say.toolCall("send", { line: 4 }), say.toolCall("bash", { command: "echo 5" })),
    );
    expect(await bench.run(bench.log.begin("two"))).toMatchObject({
      type: "input-required",
      approvals: [{ tool: "bash" }],
    });
    expect(await bench.lines()).toEqual(["1", "2", "3", "4"]);
  });

  it("a log from elsewhere is strangers' words, and what was allowed there is not allowed here", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("fetch 1", "send 2"));
    const there = bench.log.begin("there");
    const [approvalId] = bench.log.suspend(there, await bench.run(there));
    bench.log.answer(there, approvalId, "always");
    bench.log.append({ taskId: there, type: "task.canceled", data: { reason: "superseded", by: "import" } });

    const importedSeq = bench.log.events.at(-1)?.seq ?? 0;
    bench.bench.provider.enqueue(asking("send 3"), asking("send 4"), say.reply(say.text("Done.")));
    const here = bench.log.begin("here");
    const outcome = await bench.run(here, { importedSeq });
    const [again] = bench.log.suspend(here, outcome);
    bench.log.answer(here, again, "always");
    bench.log.resume(here);
    expect(await bench.run(here, { importedSeq })).toMatchObject({ type: "completed" });
  });

  it("nobody is asked where the server was told so", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(asking("fetch 1", "send 2"), say.reply(say.text("Done.")));
    expect(await bench.run(bench.log.begin("go"), { approvals: "never" })).toMatchObject({ result: "Done." });
  });
});

it("the time that a person takes is not the task's", async () => {
  await using bench = await ApprovalBench.create();
  bench.bench.provider.enqueue(asking("send 1"), say.reply(say.text("Done.")));
  const taskId = bench.log.begin("go");
  const [approvalId] = bench.log.suspend(taskId, await bench.run(taskId, { approvals: "always" }));
  bench.log.passTime(3 * HOUR_MS);
  bench.log.answer(taskId, approvalId, "allow");
  bench.log.resume(taskId);
  const budget = { maxDurationMs: 2 * HOUR_MS };
  expect(await bench.run(taskId, { approvals: "always", budget })).toMatchObject({ type: "completed" });
});
