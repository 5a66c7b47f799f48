import { randomUUID } from "node:crypto";
import type { EventDataOf, EventType, SessionEvent } from "@trunkline/contract";
import { describe, expect, test } from "vitest";
import { TranscriptBuilder } from "./transcript.ts";

const USAGE = { inputTokens: 10, outputTokens: 2 };

/** Feeds a transcript like a log: event by event. */
class Story {
  readonly transcript: TranscriptBuilder;
  usage = USAGE;

  constructor(contextTokens?: number) {
    this.transcript = new TranscriptBuilder({ contextTokens });
  }

  at = 1_000;
  #seq = 0;

  tell<T extends EventType>(taskId: string, type: T, data: EventDataOf<T>): this {
    this.#seq += 1;
    this.transcript.apply({
      sessionId: "s",
      taskId,
      seq: this.#seq,
      at: this.at,
      type,
      data,
    } as SessionEvent);
    return this;
  }

  submit(taskId: string, prompt: string): this {
    return this.tell(taskId, "task.submitted", { prompt, model: null });
  }

  start(taskId: string, attempt = 1): this {
    return this.tell(taskId, "task.started", { attempt });
  }

  step(taskId: string, step: number, text: string, calls: readonly string[] = []): this {
    this.tell(taskId, "step.started", { step, model: "m" });
    if (text !== "") this.tell(taskId, "text.ended", { blockId: randomUUID(), text });
    return this.tell(taskId, "step.ended", {
      step,
      usage: this.usage,
      finishReason: calls.length > 0 ? "tool-calls" : "stop",
      toolCalls: calls.map((callId) => ({ callId, tool: "bash", input: { command: callId } })),
    });
  }

  call(taskId: string, callId: string): this {
    return this.tell(taskId, "tool.called", { callId, tool: "bash", input: { command: callId } });
  }

  end(
    taskId: string,
    callId: string,
    output = "ok",
    status: EventDataOf<"tool.ended">["status"] = "succeeded",
  ): this {
    return this.tell(taskId, "tool.ended", { callId, status, output, durationMs: 1 });
  }

  complete(taskId: string): this {
    return this.tell(taskId, "task.completed", { result: "" });
  }

  /** The prompt in short form: one line per message, its parts joined. */
  prompt(model = "m"): string[] {
    const [system, ...messages] = this.transcript.prompt("SYSTEM", model);
    expect(system).toEqual({ role: "system", content: "SYSTEM" });
    return messages.map((message) => {
      if (message.role === "system") return "system";
      const parts = message.content.map((part) => {
        if (part.type === "text") return part.text;
        if (part.type === "reasoning") return `(${part.text})`;
        if (part.type === "tool-call") return `call ${part.toolCallId}`;
        if (part.type !== "tool-result") return part.type;
        const { output } = part;
        return `result ${part.toolCallId}: ${"value" in output && typeof output.value === "string" ? output.value : output.type}`;
      });
      return `${message.role}: ${parts.join(" | ")}`;
    });
  }
}

describe("which tasks are in the conversation", () => {
  test("a task from the moment it starts, with the prompt it has then", () => {
    const story = new Story().submit("a", "first").submit("b", "second").submit("c", "third");
    expect(story.prompt()).toEqual([]);
    story.start("a").step("a", 1, "One.");
    story.tell("b", "task.updated", { prompt: "second, edited" });
    story.tell("b", "task.updated", { beforeTaskId: null });
    story.tell("c", "task.canceled", { reason: "user", by: "me" });
    expect(story.prompt()).toEqual(["user: first", "assistant: One."]);
    story.complete("a").start("b");
    expect(story.prompt()).toEqual(["user: first", "assistant: One.", "user: second, edited"]);
  });

  test("a task that was overtaken after an interruption goes on at the end", () => {
    const story = new Story().submit("a", "slow").start("a").step("a", 1, "Looking.", ["x"]);
    story.call("a", "x").end("a", "x").tell("a", "task.interrupted", { attempt: 1, reason: "shutdown" });
    story.submit("b", "quick").start("b").step("b", 1, "Quick.").complete("b").start("a", 2);
    expect(story.prompt()).toEqual([
      "user: quick",
      "assistant: Quick.",
      "user: slow",
      "assistant: Looking. | call x",
      "tool: result x: ok",
    ]);
  });
});

describe("what ended and what did not", () => {
  test("only steps that ended count for the task that goes on", () => {
    const story = new Story()
      .submit("a", "go")
      .start("a")
      .step("a", 1, "One.", ["x"])
      .call("a", "x")
      .end("a", "x");
    story.tell("a", "step.started", { step: 2, model: "m" });
    story.tell("a", "text.ended", { blockId: "cut", text: "Half of a" });
    story.tell("a", "task.interrupted", { attempt: 1, reason: "orphaned" }).start("a", 2);
    expect(story.prompt()).toEqual(["user: go", "assistant: One. | call x", "tool: result x: ok"]);
    story.step("a", 2, "Whole.");
    expect(story.prompt().at(-1)).toBe("assistant: Whole.");
  });

  test("of a task that was canceled the partial text stays, and a note says that it was cut", () => {
    const story = new Story().submit("a", "go").start("a").step("a", 1, "One.", ["x", "y"]);
    story
      .call("a", "x")
      .end("a", "x", "half", "canceled")
      .tell("a", "task.canceled", { reason: "user", by: "me" });
    story.submit("b", "again").start("b");
    story.tell("b", "step.started", { step: 1, model: "m" });
    story.tell("b", "text.delta", { blockId: "t", text: "Half " });
    story.tell("b", "text.delta", { blockId: "t", text: "an answer" });
    story.tell("b", "task.failed", { reason: "error", error: { code: "x", message: "x", retryable: true } });
    story.submit("c", "and now?").start("c");
    expect(story.prompt()).toEqual([
      "user: go",
      "assistant: One. | call x | call y",
      "tool: result x: half\n[canceled: this call was stopped before it ended] | result y: [canceled: this call was never executed]",
      "assistant: [The task above was canceled before this was finished.]",
      "user: again",
      "assistant: Half an answer\n\n[The task above failed before this was finished.]",
      "user: and now?",
    ]);
  });

  test("an answer without words still answers", () => {
    const story = new Story()
      .submit("a", "go")
      .start("a")
      .step("a", 1, "")
      .complete("a")
      .submit("b", "hm")
      .start("b");
    expect(story.prompt()).toEqual(["user: go", "assistant: [no answer]", "user: hm"]);
  });

  test("K2: reasoning goes back to the model that it came from, in later tasks too, and to no other", () => {
    const model = "openai-compatible:m";
    const story = new Story().submit("a", "go").start("a");
    story.tell("a", "step.started", { step: 1, model });
    story.tell("a", "reasoning.ended", { blockId: "r", text: "hmm" });
    const toolCalls = [{ callId: "x", tool: "bash", input: "{oops" }];
    story.tell("a", "step.ended", { step: 1, usage: USAGE, finishReason: "tool-calls", toolCalls });
    story.end("a", "x", "bad", "failed");
    expect(story.prompt(model)).toEqual([
      "user: go",
      "assistant: (hmm) | call x",
      "tool: result x: bad\n[failed]",
    ]);
    expect(story.prompt("openai-compatible:other")[1]).toMatch(/^assistant: call [A-Za-z0-9]{9}$/);
    story.step("a", 2, "ok").complete("a").submit("b", "next").start("b");
    expect(story.prompt(model)[1]).toBe("assistant: (hmm) | call x");
    const [assistant] = story.transcript.prompt("", "other").slice(2);
    expect(assistant).toMatchObject({ content: [{ type: "tool-call", input: { invalidInput: "{oops" } }] });
  });
});

describe("where a task stands", () => {
  test("calls of the last step that were neither begun nor answered are to be executed", () => {
    const story = new Story().submit("a", "go");
    expect(story.transcript.progress("a")).toBeNull();
    story.start("a");
    expect(story.transcript.progress("a")).toEqual({
      steps: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
      workedMs: 0,
      pendingCalls: [],
      lastStep: null,
    });
    story.step("a", 1, "", ["w", "x", "y", "z"]).call("a", "w").end("a", "w");
    story.call("a", "x").end("a", "x", "", "interrupted").end("a", "y", "no", "denied");
    const progress = story.transcript.progress("a");
    expect(progress?.pendingCalls.map(({ callId }) => callId)).toEqual(["z"]);
    expect(progress).toMatchObject({
      steps: 1,
      usage: USAGE,
      lastStep: { text: "", finishReason: "tool-calls" },
    });
    expect(story.transcript.hasCall("z")).toBe(true);
    expect(story.transcript.hasCall("v")).toBe(false);
  });

  test("time worked leaves out the time between attempts", () => {
    const story = new Story().submit("a", "go");
    story.at = 10_000;
    story.start("a");
    story.at = 13_000;
    story.step("a", 1, "", ["x"]);
    story.at = 900_000;
    story.tell("a", "task.interrupted", { attempt: 1, reason: "orphaned" });
    story.at = 950_000;
    story.start("a", 2);
    expect(story.transcript.progress("a")?.workedMs).toBe(3_000);
    story.at = 951_000;
    story.call("a", "x");
    story.tell("a", "task.interrupted", { attempt: 2, reason: "orphaned" }).start("a", 3);
    expect(story.transcript.progress("a")?.workedMs).toBe(4_000);
  });
});

describe("near the end of the model's window", () => {
  const OUTPUT = "x".repeat(10_000);
  /** Ten steps with an output each, of which the provider reports this many tokens per step. */
  const tell = (story: Story, tokensPerStep: number, prompts: string[][] = []): Story => {
    story.submit("t", "go").start("t");
    for (let step = 1; step <= 10; step++) {
      story.usage = { inputTokens: step * tokensPerStep, outputTokens: 0 };
      const callId = `call-${step}`;
      story.step("t", step, "", [callId]).call("t", callId).end("t", callId, OUTPUT);
      prompts.push(story.prompt());
    }
    return story;
  };
  const wholeOutputs = (story: Story): number =>
    story.prompt().filter((message) => message.includes(OUTPUT)).length;

  test("old outputs are shortened, the newest stay, and what is freed counts", () => {
    const story = tell(new Story(10_000), 700);
    expect(wholeOutputs(story)).toBeLessThan(9);
    expect(wholeOutputs(story)).toBeGreaterThanOrEqual(3);
    expect(story.prompt().at(-1)).toContain(OUTPUT);
    expect(story.prompt().find((message) => message.includes("characters omitted"))).toContain("call-1");
    expect(story.transcript.length).toBeLessThan(80_000);
    expect(story.transcript.estimatedTokens).toBeLessThan(8_500);
  });

  test("nothing is shortened before, or where the window is not known", () => {
    expect(wholeOutputs(tell(new Story(100_000), 700))).toBe(10);
    expect(wholeOutputs(tell(new Story(), 700_000))).toBe(10);
  });

  test("all at once and then not for a while, so that the provider's cache holds; the same for every reader", () => {
    const prompts: string[][] = [];
    const story = tell(new Story(10_000), 700, prompts);
    const breaks = prompts.slice(1).filter((prompt, index) => {
      const before = prompts[index] ?? [];
      return before.some((message, at) => prompt[at] !== message);
    });
    expect(breaks.length).toBeGreaterThan(0);
    expect(breaks.length).toBeLessThanOrEqual(2);
    expect(tell(new Story(10_000), 700).prompt()).toEqual(story.prompt());
  });
});

describe("what is held of a long log is bounded", () => {
  const heldOf = ({ transcript }: Story): number =>
    transcript.turns.reduce((sum, { attachments, steps }) => {
      const parts = steps.map(({ blocks, ended, results }) => [blocks, ended, [...results.values()]]);
      return sum + JSON.stringify([attachments, parts]).length;
    }, 0);
  const LARGE = "x".repeat(500_000);

  test("where its calls carry metadata", () => {
    const story = new Story().submit("a", "go").start("a");
    for (let step = 1; step <= 30; step += 1) {
      story.tell("a", "step.started", { step, model: "m" }).tell("a", "step.ended", {
        step,
        usage: USAGE,
        finishReason: "tool-calls",
        toolCalls: [{ callId: `call ${step}`, tool: "t", input: {}, providerMetadata: { p: { s: LARGE } } }],
      });
    }
    expect(heldOf(story)).toBeLessThan(7_000_000);
    expect(story.transcript.isCut).toBe(true);
    expect(story.transcript.progress("a")?.steps).toBe(30);
  });

  test("where its results carry diffs", () => {
    const story = new Story().submit("a", "go").start("a");
    for (let step = 1; step <= 30; step += 1) {
      const callId = `call ${step}`;
      story.step("a", step, "", [callId]).tell("a", "tool.ended", {
        callId,
        status: "succeeded",
        output: "ok",
        durationMs: 1,
        content: [{ type: "diff", path: "f", diff: LARGE }],
      });
    }
    expect(heldOf(story)).toBeLessThan(100_000);
    expect(story.prompt().filter((message) => message.endsWith(": ok"))).toHaveLength(30);
  });

  test("where prompts carry data", () => {
    const story = new Story();
    for (let task = 1; task <= 30; task += 1) {
      const taskId = `t${task}`;
      const attachments = [{ type: "json" as const, value: { LARGE } }];
      story.tell(taskId, "task.submitted", { prompt: "go", model: null, attachments });
      story.start(taskId).complete(taskId);
    }
    expect(heldOf(story)).toBeLessThan(7_000_000);
    expect(story.transcript.turns.at(-1)?.taskId).toBe("t30");
  });

  test("where its steps and tasks are many and empty", () => {
    const story = new Story().submit("a", "").start("a");
    for (let step = 1; step <= 15_000; step += 1) story.step("a", step, "");
    expect(story.transcript.turns[0]?.steps.length).toBeLessThan(12_000);
    story.complete("a");
    for (let task = 1; task <= 15_000; task += 1)
      story.submit(`t${task}`, "").start(`t${task}`).complete(`t${task}`);
    expect(story.transcript.turns.length).toBeLessThan(12_000);
  });
});
