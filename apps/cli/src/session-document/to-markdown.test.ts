import type { EventDataOf, EventType, SessionDocument, SessionEvent, Task } from "@trunkline/contract";
import { expect, it } from "vitest";
import { codeBlock, codeSpan } from "./markdown-code.ts";
import { toMarkdown } from "./to-markdown.ts";

let seq = 0;
function event<T extends EventType>(type: T, data: EventDataOf<T>, taskId: string | null = "t") {
  seq += 1;
  return { seq, taskId, at: 1_000, type, data } as Omit<SessionEvent, "sessionId">;
}

function document(events: SessionDocument["events"], tasks: Partial<Task>[] = []): SessionDocument {
  return {
    format: "trunkline.session",
    version: 1,
    session: { title: "List\nfiles", agent: "default", model: null, createdAt: 0, updatedAt: 1 },
    tasks: tasks as SessionDocument["tasks"],
    events,
  };
}

it("tells who said what, and what tools did", () => {
  const text = toMarkdown(
    document([
      event("session.created", { title: "List files", model: null }, null),
      event("task.submitted", { prompt: "list files\n", model: null }),
      event("task.submitted", { prompt: "and count", model: null }, "later"),
      event("task.started", { attempt: 1 }),
      event("text.ended", { blockId: "a", text: "\nI will look.\n" }),
      event("reasoning.ended", { blockId: "r", text: "hm" }),
      event("tool.called", { callId: "1", tool: "bash", input: { command: "ls" } }),
      event("tool.ended", { callId: "1", status: "succeeded", output: "a.md\n```\n", durationMs: 12 }),
      event("tool.called", { callId: "2", tool: "write_file", input: { path: "n", content: "2" } }),
      event("tool.ended", { callId: "2", status: "failed", output: "", durationMs: 3, exitCode: 1 }),
      event("file.changed", { path: "n", change: "created", additions: 1, deletions: 0 }),
      event("task.completed", { result: "One file." }),
      event("task.updated", { prompt: "and count them" }, "later"),
      event("task.started", { attempt: 1 }, "later"),
      event("task.canceled", { reason: "user", by: "me" }, "later"),
    ]),
  );
  expect(text).toBe(`# List files

Started 1970-01-01T00:00:00.000Z

## User

list files

## Assistant

I will look.

**Tool** \`bash\` (succeeded, 12 ms)

\`\`\`sh
ls
\`\`\`

\`\`\`\`
a.md
\`\`\`
\`\`\`\`

**Tool** \`write_file\` (failed, exit 1, 3 ms)

\`\`\`json
{
  "path": "n",
  "content": "2"
}
\`\`\`

- created \`n\` (+1 -0)

## User

and count them

## Assistant

_Canceled: on request._
`);
});

it("shows a prompt once, whose attempts are many, and one that never began", () => {
  const text = toMarkdown(
    document(
      [
        event("task.submitted", { prompt: "first", model: null }),
        event("task.started", { attempt: 1 }),
        event("task.interrupted", { attempt: 1, reason: "orphaned" }),
        event("task.started", { attempt: 2 }),
        event("task.submitted", { prompt: "waits", model: null }, "queued"),
      ],
      [
        { id: "t", state: "working" },
        { id: "queued", state: "submitted" },
      ],
    ),
  );
  expect(text.match(/## User\n\nfirst/g)).toHaveLength(1);
  expect(text).toMatch(/finished when this was exported: working\._\n\n## User\n\nwaits/);
});

it("lets nothing through that a terminal would obey, and no event that it does not know", () => {
  const unknown = { seq: 9, taskId: null, at: 1, type: "dream.dreamt", data: {} };
  const text = toMarkdown(
    document([event("text.ended", { blockId: "a", text: "\u001b]0;x\u0007hi" }), unknown]),
  );
  expect(text).toMatch(/\n\nhi\n$/);
});

it("fences what has fences in it", () => {
  expect(codeBlock(["a", "`````", "b"], "md")).toBe("``````md\na\n`````\nb\n``````");
  expect(codeSpan("`a` b")).toBe("`` `a` b ``");
});

it("names the call that was denied, and says who did, or that nobody answered", () => {
  const ask = (callId: string, command: string) =>
    event("approval.requested", {
      approvalId: callId,
      callId,
      tool: "bash",
      input: { command },
      reason: "",
      expiresAt: 1,
    });
  const denied = (callId: string) =>
    event("tool.ended", { callId, status: "denied", output: "Not executed", durationMs: 0 });
  const text = toMarkdown(
    document([
      event("task.started", { attempt: 1 }),
      ask("1", "make"),
      event("approval.answered", { approvalId: "1", decision: "deny", by: "me" }),
      denied("1"),
      ask("2", "make more"),
      event("approval.expired", { approvalId: "2" }),
      denied("2"),
    ]),
  );
  expect(text).toContain(
    "_Denied by `me`._\n\n**Tool** `bash` (denied, not run)\n\n```sh\nmake\n```\n\n```\nNot executed\n```",
  );
  expect(text).toContain(
    "_Timed out: nobody answered._\n\n**Tool** `bash` (denied, not run)\n\n```sh\nmake more\n",
  );
});
