import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { assertLogHolds, say } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import type { RuleInForce } from "../approvals/port.ts";
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
        always: "every call of send",
        rules: [{ tool: "send" }],
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

describe("rules", () => {
  const rule = (given: Partial<RuleInForce>): RuleInForce => ({
    effect: "allow",
    level: "user",
    expiresAt: null,
    ...given,
  });

  it("one that allows frees a call that would ask, and the log says so; one that denies ends it unasked", async () => {
    await using bench = await ApprovalBench.create();
    const rules = [rule({ tool: "send" }), rule({ effect: "deny", tool: "append", level: "operator" })];
    bench.bench.provider.enqueue(asking("send 1", "append 2"), say.reply(say.text("Done.")));
    const outcome = await bench.run(bench.log.begin("go"), { approvals: "always", rules });
    expect(outcome).toMatchObject({ result: "Done." });
    expect(await bench.lines()).toEqual(["1"]);
    expect(bench.log.of("tool.called")).toMatchObject([
      { tool: "send", allowedBy: "Allow every call of send in all your sessions" },
    ]);
    expect(bench.results.at(-1)).toContain("Deny every call of append for everybody on this server");
  });

  it("one that asks makes a free call ask, and offers no `always` that would undo it", async () => {
    await using bench = await ApprovalBench.create();
    bench.bench.provider.enqueue(say.reply(say.toolCall("bash", { command: "git push origin main" })));
    const rules = [rule({ effect: "ask", pattern: "git push *" })];
    const outcome = await bench.run(bench.log.begin("go"), { approvals: "never", rules });
    const reason = "By a rule: Ask before command `git push *` in all your sessions";
    expect(outcome).toMatchObject({ type: "input-required", approvals: [{ tool: "bash", reason }] });
    expect(outcome).not.toHaveProperty("approvals.0.always");
  });

  it("one made while a task runs holds from its next call on, and one deleted no longer", async () => {
    await using bench = await ApprovalBench.create();
    const { log } = bench;
    const ruleId = randomUUID();
    const made = { ruleId, effect: "allow", tool: "send", expiresAt: null, by: "alice" } as const;
    bench.bench.provider.enqueue(asking("fetch 1"), asking("send 2"), asking("send 3"));
    const taskId = log.begin("go");
    // Others write between the calls.
    const told = (line: number, write: () => void): Tool => {
      const tool = bench.tools.find(({ name }) => name === (line === 1 ? "fetch" : "send"));
      if (tool === undefined) throw new Error("there is no such tool");
      return {
        ...tool,
        execute: async (input, context) => {
          const result = await tool.execute(input, context);
          write();
          return result;
        },
      };
    };
    const tools = [
      told(1, () => log.append({ taskId: null, type: "rule.created", data: made })),
      told(2, () => log.append({ taskId: null, type: "rule.deleted", data: { ruleId, by: "alice" } })),
    ];
    expect(await bench.run(taskId, { tools })).toMatchObject({
      type: "input-required",
      approvals: [{ tool: "send", input: { line: 3 } }],
    });
    expect(await bench.lines()).toEqual(["1", "2"]);
  });

  it("one about paths is not led astray by a link", async () => {
    await using bench = await ApprovalBench.create();
    const { toolBench } = bench.bench;
    await mkdir(toolBench.path("src"));
    await mkdir(toolBench.path("secret"));
    await symlink("../secret", toolBench.path("src/link"));
    await symlink("secret", toolBench.path("open"));
    const write = (path: string) => say.toolCall("write_file", { path, content: "x" });
    const rules = [
      rule({ tool: "write_file", path: "src/**" }),
      rule({ effect: "deny", path: "secret/**", level: "project" }),
    ];
    bench.bench.provider.enqueue(
      say.reply(write("src/a.txt"), write("src/link/a.txt"), write("open/a.txt"), write("secret/a.txt")),
      say.reply(say.text("Done.")),
    );
    const outcome = await bench.run(bench.log.begin("go"), {
      tools: toolBench.tools,
      approvals: "auto",
      rules,
    });
    expect(outcome).toMatchObject({ result: "Done." });
    expect(await readdir(toolBench.path("src"))).toEqual(["a.txt", "link"]);
    expect(await readdir(toolBench.path("secret"))).toEqual([]);
    expect(bench.results.map(String)).toEqual([
      expect.stringContaining("created"),
      expect.stringContaining("src/link is a symbolic link"),
      expect.stringContaining("open is a symbolic link"),
      expect.stringContaining("by a rule"),
    ]);
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
