import type { EventDataOf, EventType, SessionEvent } from "@trunkline/contract";
import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import type { Look } from "./look.ts";
import { Transcript } from "./transcript.ts";

const plain: Look = {
  colors: picocolors.createColors(false),
  width: Number.POSITIVE_INFINITY,
  maxOutputLines: Number.POSITIVE_INFINITY,
  prompts: true,
  answers: "command",
  command: (...words) => ["trunkline", ...words].join(" "),
};
const terminal: Look = { ...plain, width: 40, maxOutputLines: 5 };

let seq = 0;
function event<T extends EventType>(type: T, data: EventDataOf<T>, at = 1_000): SessionEvent {
  seq += 1;
  return { sessionId: "s", taskId: "t", seq, at, type, data } as SessionEvent;
}

const called = (callId: string, tool: string, input: EventDataOf<"tool.called">["input"]): SessionEvent =>
  event("tool.called", { callId, tool, input });
const ended = (callId: string, more: Partial<EventDataOf<"tool.ended">> = {}): SessionEvent =>
  event("tool.ended", { callId, status: "succeeded", output: "", durationMs: 12, ...more });

function print(events: SessionEvent[], look: Look = plain): string {
  const transcript = new Transcript(look);
  return events.map((each) => transcript.print(each)).join("");
}

it("tells a whole task", () => {
  const text = print([
    event("session.created", { title: "List files", model: null }),
    event("task.submitted", { prompt: "list files\nand count them\n", model: null }),
    event("task.started", { attempt: 1 }, 2_000),
    event("step.started", { step: 1, model: "demo" }),
    event("text.delta", { blockId: "a", text: "\n\nI will " }),
    event("text.delta", { blockId: "a", text: "look.\n" }),
    event("text.ended", { blockId: "a", text: "\n\nI will look.\n" }),
    event("step.ended", {
      step: 1,
      usage: { inputTokens: 1_200, outputTokens: 34 },
      finishReason: "tool-calls",
      toolCalls: [],
    }),
    called("1", "bash", { command: "ls" }),
    event("tool.progress", { callId: "1", chunk: "a.txt\n" }),
    ended("1", { output: "a.txt\nb.txt\n" }),
    called("2", "write_file", { path: "n.txt", content: "2" }),
    ended("2", { durationMs: 3 }),
    event("file.changed", { path: "n.txt", change: "created", additions: 1, deletions: 0 }),
    called("3", "bash", { command: "false" }),
    ended("3", { status: "failed", exitCode: 1, durationMs: 1_250 }),
    event("text.ended", { blockId: "b", text: "Two files." }),
    event("task.completed", { result: "Two files." }, 5_400),
  ]);
  expect(text).toBe(`› list files
  and count them

I will look.

✓ bash  ls  12 ms
  a.txt
  b.txt

✓ write_file  n.txt  3 ms
  created n.txt  +1 -0

✗ bash  false  failed, exit 1, 1.3 s

Two files.

✓ Completed in 3.4 s · 1 step · 1,234 tokens
`);
});

describe("text", () => {
  it("is set as Markdown where there are colours, and stays as it is elsewhere", () => {
    const events = ["Two **fi", "les**:\n- `a`", "\n- b"].map((text) =>
      event("text.delta", { blockId: "m", text }),
    );
    const whole = event("text.ended", { blockId: "m", text: "Two **files**:\n- `a`\n- b\n" });
    expect(print([...events, whole])).toBe("Two **files**:\n- `a`\n- b\n");
    const { bold, cyan, dim } = picocolors.createColors(true);
    expect(print([...events, whole], { ...plain, colors: picocolors.createColors(true) })).toBe(
      `Two ${bold("files")}:\n${dim("• ")}${cyan("a")}\n${dim("• ")}b\n`,
    );
  });

  const delta = (text: string): SessionEvent => event("text.delta", { blockId: "a", text });
  const end = (text: string): SessionEvent => event("text.ended", { blockId: "a", text });

  it("completes a block whose deltas were lost on the way", () => {
    expect(print([delta("One, "), end("One, two, three.")])).toBe("One, two, three.\n");
  });

  it("prints nothing twice where a replay begins in the middle of a block", () => {
    expect(print([delta("three."), end("One, two, three.")])).toBe("three.\n");
  });

  it("prints the whole where what was seen is no part of it", () => {
    expect(print([delta("Something"), end("Else")])).toBe("Something\nElse\n");
  });

  it("keeps empty lines inside a block and drops those around it", () => {
    expect(print([delta("a\n"), delta("\n"), delta("b\n\n"), end("a\n\nb\n\n")])).toBe("a\n\nb\n");
    expect(print([delta(" \n"), end(" \n"), called("1", "bash", {}), ended("1")])).toBe("✓ bash  12 ms\n");
  });

  it("starts anew after an interruption", () => {
    const text = print([
      delta("Half a"),
      event("task.interrupted", { attempt: 1, reason: "orphaned" }),
      event("task.started", { attempt: 2 }),
      delta("A whole"),
      end("A whole one"),
    ]);
    expect(text).toBe(
      "Half a\n\n! Interrupted: the server crashed. The task resumes by itself.\nResuming the task (attempt 2)\n\nA whole one\n",
    );
  });
});

describe("tools", () => {
  it.each([
    ["succeeded", "✓ t  12 ms"],
    ["failed", "✗ t  failed, 12 ms"],
    ["denied", "⊘ t  denied, not run"],
    ["interrupted", "! t  interrupted, 12 ms"],
    ["canceled", "■ t  canceled, 12 ms"],
  ] as const)("a call that %s", (status, row) => {
    expect(print([called("1", "t", {}), ended("1", { status })])).toBe(`${row}\n`);
  });

  it("keeps a row on one line of the terminal, wide characters and all", () => {
    const text = print(
      [called("1", "bash", { command: `echo ${"日本".repeat(40)}\nls` }), ended("1")],
      terminal,
    );
    expect(text).toBe("✓ bash  echo 日本日本日本日本日…  12 ms\n");
  });

  it("shows the beginning and the end of a long output, and its lines cut", () => {
    const output = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join("\n") + "x".repeat(60);
    expect(print([called("1", "bash", {}), ended("1", { output, omittedBytes: 9 })], terminal)).toBe(
      `✓ bash  12 ms
  line 1
  line 2
  … 16 more lines
  line 19
  line 20${"x".repeat(30)}…
  9 bytes omitted from the middle
`,
    );
    expect(print([called("1", "bash", {}), ended("1", { output })]).split("\n")).toHaveLength(22);
  });

  it("names a call whose beginning it has not seen as best it can", () => {
    expect(print([ended("1", { output: "out" })])).toBe("✓ tool  12 ms\n  out\n");
  });

  it("says what is awaited", () => {
    const transcript = new Transcript(plain);
    const activities = [
      event("task.submitted", { prompt: "p", model: null }),
      event("task.started", { attempt: 1 }),
      event("text.delta", { blockId: "a", text: "Hm" }),
      event("text.ended", { blockId: "a", text: "Hm" }),
      called("1", "bash", { command: "make" }),
      event("tool.progress", { callId: "1", chunk: "10%\r20%\r\n" }),
      ended("1"),
      event("task.input-required", { reason: "approval" }),
      event("task.canceled", { reason: "user", by: "me" }),
    ].map((each) => {
      transcript.print(each);
      const { label, detail } = transcript.activity ?? { label: null, detail: "" };
      return detail === "" ? label : `${label} | ${detail}`;
    });
    expect(activities).toEqual([
      "Queued",
      "Waiting for the model",
      null,
      "Waiting for the model",
      "Running bash  make",
      "Running bash  make | 20%",
      "Waiting for the model",
      "Waiting: approval",
      null,
    ]);
  });
});

it("shows a prompt when its task gets its turn", () => {
  const of = (taskId: string, each: SessionEvent): SessionEvent => ({ ...each, taskId });
  const text = print([
    event("task.submitted", { prompt: "first", model: null }),
    event("task.started", { attempt: 1 }, 1_000),
    called("1", "bash", { command: "make" }),
    of("2", event("task.submitted", { prompt: "second,\nlater", model: null })),
    of("2", event("task.updated", { prompt: "second, edited" })),
    of("3", event("task.submitted", { prompt: "third", model: null })),
    of("3", event("task.canceled", { reason: "user", by: "me" })),
    ended("1", { output: "made" }),
    event("task.completed", { result: "" }, 2_000),
    of("2", event("task.started", { attempt: 1 }, 2_000)),
    of("2", event("task.completed", { result: "" }, 2_500)),
  ]);
  expect(text).toBe(`› first

Queued: second, later
Queued: third

› third

■ Canceled

✓ bash  make  12 ms
  made

✓ Completed in 1.0 s

› second, edited

✓ Completed in 0.5 s
`);
});

it.each([
  [
    event("task.failed", { reason: "error", error: { code: "x", message: "No key", retryable: false } }),
    "✗ Failed: No key",
  ],
  [event("task.canceled", { reason: "user", by: "me" }), "■ Canceled"],
  [event("task.canceled", { reason: "superseded", by: "me" }), "■ Canceled: superseded by another task"],
  [event("task.rejected", { reason: "budget" }), "✗ Rejected: budget exceeded"],
])("how a task ends: $type", (end, row) => {
  expect(print([end])).toBe(`${row}\n`);
});

it("says which instructions were read", () => {
  const documents = [
    { source: "project" as const, text: "x" },
    { source: "repository" as const, path: "a\nb/AGENTS.md", text: "x" },
  ];
  const skills = [{ name: "pdf", description: "d", path: "p" }];
  expect(print([event("instructions.read", { documents, skills })])).toBe(
    "Read the project's instructions, a b/AGENTS.md, 1 skill\n",
  );
});

it("lets nothing through that a terminal would obey", () => {
  const evil = "\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b[31mred\u001b[0m\u0000\u009b1A\u202etxt\r\nnext";
  const text = print([
    event("task.submitted", { prompt: evil, model: null }),
    event("text.delta", { blockId: "a", text: "\u001b" }),
    event("text.delta", { blockId: "a", text: `[2J${evil}` }),
    called(evil, evil, { command: evil }),
    ended(evil, { output: `${evil}\rover` }),
    event("file.changed", { path: evil, change: "modified", additions: 1, deletions: 1 }),
    event("notice", { level: "warning", message: evil }),
    event("plan.updated", { items: [{ text: evil, status: "active" }] }),
    event("task.failed", { reason: "error", error: { code: "x", message: evil, retryable: false } }),
  ]);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).toContain("red");
});

it("is silent about types it does not know", () => {
  const unknown = { ...event("notice", { level: "info", message: "" }), type: "weather.changed", data: 7 };
  expect(print([unknown as unknown as SessionEvent])).toBe("");
});

describe("a call that somebody has to allow", () => {
  const request = {
    approvalId: "id",
    callId: "1",
    tool: "bash",
    input: { command: "make" },
    reason: "why not",
  };
  const asked = event("approval.requested", { ...request, always: "bash", expiresAt: 1 });

  it("says what it is, why, and how to answer", () => {
    expect(print([asked])).toBe(
      "? bash\n  │ make\n  why not\n  allow: trunkline approve id\n  deny: trunkline approve id --deny\n" +
        "  always allow bash: trunkline approve id --always\n",
    );
    expect(print([asked], { ...plain, answers: "prompt" })).toBe("? bash\n  │ make\n  why not\n");
  });

  it("is what is awaited until somebody has decided, and is named where it was denied", () => {
    const transcript = new Transcript(plain);
    transcript.print(asked);
    expect(transcript.activity?.label).toBe("Waiting for approval: bash  make");
    transcript.print(event("approval.answered", { approvalId: "id", decision: "deny", by: "you" }));
    expect(transcript.activity?.label).toBe("Waiting for a free slot");
    expect(transcript.print(ended("1", { status: "denied", output: "Not executed" }))).toContain(
      "⊘ bash  make  denied, not run\n  Not executed\n",
    );
  });
});

describe("A4: a question", () => {
  const asked = event("question.asked", {
    questionId: "q",
    callId: "1",
    text: "Which database?\nIt is for tests.",
    options: [
      { id: "pg", label: "Postgres", description: "as in production" },
      { id: "lite", label: "SQLite" },
    ],
  });

  it("is shown with its options, and the answer in the history", () => {
    const answered = event("question.answered", {
      questionId: "q",
      by: "you",
      answer: { text: "Postgres, \u001b[2Jplease" },
    });
    expect(print([asked, answered])).toBe(
      "? Which database?\n  It is for tests.\n  1. Postgres  as in production\n  2. SQLite\n" +
        '  answer: trunkline answer q …\nAnswered by you: "Postgres, please"\n',
    );
  });
});
