import { assertLogHolds, say } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Tool, ToolContext } from "../tools/port.ts";
import { LostError } from "./testing/memory-log.ts";
import { RunBench } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };

/** Calls that wait until this many run at once, and report how many did. */
class Meeting {
  running = 0;
  most = 0;
  readonly contexts: ToolContext[] = [];
  readonly #size: number;
  readonly #met = Promise.withResolvers<void>();

  constructor(size: number) {
    this.#size = size;
  }

  tool(name: string, nature: Partial<Tool> = {}): Tool {
    return {
      name,
      description: "Meets the others",
      inputSchema: z.strictObject({ n: z.int() }),
      kind: "read",
      effects: [],
      ...nature,
      execute: async (input, context) => {
        this.contexts.push(context);
        this.running += 1;
        this.most = Math.max(this.most, this.running);
        if (this.running === this.#size) this.#met.resolve();
        const aborted = Promise.withResolvers<void>();
        if (context.signal.aborted) aborted.resolve();
        context.signal.addEventListener("abort", () => aborted.resolve(), { once: true });
        await Promise.race([this.#met.promise, aborted.promise]);
        this.running -= 1;
        return { status: "succeeded", output: `${z.object({ n: z.int() }).parse(input).n}` };
      },
    };
  }
}

const calls = (...names: string[]) =>
  say.reply(...names.map((name, n) => say.toolCall(name, { n }, { id: `call_${n}` })));

describe("calls of one step that only read", () => {
  it("run side by side, at most four, and the model reads their results in order", async () => {
    await using bench = await RunBench.create();
    const meeting = new Meeting(4);
    bench.provider.enqueue(calls(...Array<string>(9).fill("look")), say.reply(say.text("done")));
    expect(await bench.run(bench.log.begin("go"), { tools: [meeting.tool("look")] })).toMatchObject({
      result: "done",
    });
    expect(meeting.most).toBe(4);
    const results = bench.provider.requests[1]?.messages.filter(({ role }) => role === "tool");
    expect(results?.map(({ content }) => content)).toEqual(Array.from({ length: 9 }, (_, n) => `${n}`));
    assertLogHolds(bench.log.events, PARTIAL);
  });

  it("wait for a call before them that changes something, which has the workspace for itself", async () => {
    await using bench = await RunBench.create();
    const reads = new Meeting(2);
    const writes = new Meeting(1);
    const tools = [
      reads.tool("look"),
      writes.tool("change", { kind: "edit", effects: ["changes-workspace"] }),
    ];
    bench.provider.enqueue(
      calls("look", "look", "change", "change", "look", "look"),
      say.reply(say.text("done")),
    );
    expect(await bench.run(bench.log.begin("go"), { tools })).toMatchObject({ result: "done" });
    expect([reads.most, writes.most]).toEqual([2, 1]);
    const order = bench.log.events.flatMap(({ type, data }) =>
      type === "tool.called" || type === "tool.ended" ? [`${type.slice(5)} ${data.callId.slice(-1)}`] : [],
    );
    expect(order.slice(4, 8)).toEqual(["called 2", "ended 2", "called 3", "ended 3"]);
  });

  it("end together with a cancel", async () => {
    await using bench = await RunBench.create();
    const meeting = new Meeting(99);
    bench.provider.enqueue(calls("look", "look", "look", "look", "look"));
    const cancel = new AbortController();
    void bench.log
      .waitFor((event) => event.type === "tool.called" && event.data.callId === "call_3")
      .then(() => cancel.abort(new Error("canceled")));
    const run = bench.run(bench.log.begin("go"), { tools: [meeting.tool("look")], signal: cancel.signal });
    await expect(run).rejects.toThrow("canceled");
    expect(meeting.running).toBe(0);
    expect(bench.log.of("tool.called")).toHaveLength(4);
  });

  it("killed at any append, each is executed at most once, and none is lost", async () => {
    for (let appends = 0, completed = false; !completed; appends++) {
      await using bench = await RunBench.create();
      const tools = [new Meeting(1).tool("look")];
      bench.provider.respond = ({ messages }) =>
        messages.at(-1)?.role === "tool" ? say.reply(say.text("done")) : calls("look", "look", "look");
      const taskId = bench.log.begin("go");
      bench.log.appendsLeft = appends;
      const first = await bench.run(taskId, { tools }).catch((error: unknown) => error);
      bench.log.appendsLeft = Number.POSITIVE_INFINITY;
      completed = !(first instanceof LostError);
      if (!completed) {
        bench.log.interrupt(taskId);
        bench.log.start(taskId, 2);
        expect(await bench.run(taskId, { tools })).toMatchObject({ result: "done" });
      }
      expect(bench.log.of("tool.ended")).toHaveLength(3);
      expect(bench.log.of("tool.called")).toHaveLength(3);
      assertLogHolds(bench.log.events, PARTIAL);
    }
  });
});

it("a tool knows whose call it is, and gives content beside its text", async () => {
  await using bench = await RunBench.create();
  const meeting = new Meeting(1);
  const content = [{ type: "json" as const, value: { rows: 3 } }];
  const look = meeting.tool("look");
  const tool: Tool = {
    ...look,
    execute: async (input, context) => ({ ...(await look.execute(input, context)), content }),
  };
  bench.provider.enqueue(calls("look"), say.reply(say.text("done")));
  const taskId = bench.log.begin("go");
  await bench.run(taskId, { tools: [tool] });
  const { sessionId } = bench.log;
  expect(meeting.contexts).toMatchObject([
    {
      sessionId,
      taskId,
      ownerId: expect.any(String) as string,
      callId: "call_0",
      workspace: bench.toolBench.workspace,
    },
  ]);
  expect(bench.log.of("tool.ended")).toMatchObject([{ output: "0", content }]);
});

it("calls say in the log what they are: by the step that asked, by the call, by the approval", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(
      say.toolCall("read_file", { path: "a.txt", offset: 7 }),
      say.toolCall("bash", { command: "npm test\nexit 1" }),
      say.toolCall("unknown", {}),
    ),
  );
  const outcome = await bench.run(bench.log.begin("go"), { approvals: "always" });
  const read = { title: "a.txt", kind: "read", locations: [{ path: "a.txt", line: 7 }] };
  const run = { title: "npm test …", kind: "execute" };
  expect(bench.log.of("step.ended")[0]?.toolCalls).toMatchObject([read, run, { tool: "unknown" }]);
  expect(bench.log.of("tool.called")).toMatchObject([read]);
  expect(outcome).toMatchObject({ approvals: [{ ...run, input: { command: "npm test\nexit 1" } }] });
});

describe("K7: what small models write", () => {
  it.each([
    ["A9-null", "list_files", { path: null, depth: null, glob: null }],
    ["A9-extra", "bash", { command: "echo hi", description: "Say hi" }],
    ["a number in quotes", "bash", { command: "echo hi", timeoutSeconds: "20" }],
  ])("%s: is executed", async (_, tool, input) => {
    await using bench = await RunBench.create();
    bench.provider.enqueue(say.reply(say.toolCall(tool, input)), say.reply(say.text("ok")));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({ result: "ok" });
    expect(bench.log.of("tool.ended")).toMatchObject([{ status: "succeeded" }]);
    // What the model wrote goes back as it wrote it.
    expect(bench.log.of("step.ended")[0]?.toolCalls[0]?.input).toEqual(input);
  });

  it("nine calls of nulls do not end the task", async () => {
    await using bench = await RunBench.create();
    for (let n = 0; n < 9; n++) {
      const path = n % 2 === 0 ? null : ".";
      bench.provider.enqueue(say.reply(say.toolCall("list_files", { path, depth: null, glob: null })));
    }
    bench.provider.enqueue(say.reply(say.text("done")));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({ result: "done" });
  });
});
