import { describe, expect, it } from "vitest";
import { applyEvents, emptySessionView, type SessionView, type TranscriptRow } from "./session-view.ts";
import { SESSION_ID, SessionLog } from "./testing/session-log.ts";

const written = (write: (log: SessionLog) => void): SessionView => {
  const log = new SessionLog();
  write(log);
  return applyEvents(emptySessionView(), log.live);
};

/** The rows in short form: kind and the one field that matters. */
const outline = ({ rows }: SessionView): string[] => rows.map(outlineOf);

function outlineOf(row: TranscriptRow): string {
  switch (row.kind) {
    case "turn":
      return `turn ${row.prompt}`;
    case "subagent":
      return `subagent ${row.title} ${row.state}`;
    case "steer":
      return `steer ${row.prompt}`;
    case "text":
    case "reasoning":
      return `${row.kind} ${row.state} ${row.text}`;
    case "tool":
      return `tool ${row.tool} ${row.state} ${row.output}`;
    case "approval":
    case "question":
    case "attempt":
    case "end":
      return `${row.kind} ${row.state}`;
    case "setup":
      return `setup ${row.command} ${row.state} ${row.output}`;
    case "files":
      return `files ${row.what.type}`;
    case "refusal":
      return `refusal ${row.host} ${row.allowedBy}`;
    case "notice":
      return `${row.level} ${row.message}`;
  }
}

describe("blocks", () => {
  it("grow piece by piece, and end as the whole", () => {
    const log = new SessionLog();
    log.start("a");
    log.startStep("a");
    log.say("a", "b1", "Hel", "lo");
    const open = applyEvents(emptySessionView(), log.live);
    expect(outline(open)).toEqual(["turn null", "text open Hello"]);
    log.endText("a", "b1", "Hello!");
    const ended = applyEvents(open, log.live);
    expect(outline(ended)).toEqual(["turn null", "text ended Hello!"]);
    expect(ended.rows[1]?.key).toBe(open.rows[1]?.key);
  });

  it("of a step that a crash cut off are marked, those of ended steps are not", () => {
    const view = written((log) => {
      log.start("a");
      log.startStep("a");
      log.endText("a", "b1", "whole");
      log.endStep("a");
      log.startStep("a", 2);
      log.endText("a", "b2", "half");
      log.add("task.interrupted", "a", { attempt: 1, reason: "orphaned" });
      log.start("a", 2);
    });
    expect(outline(view)).toEqual([
      "turn null",
      "text ended whole",
      "text interrupted half",
      "attempt interrupted",
      "attempt continued",
    ]);
    expect(view.tasks[0]).toMatchObject({ state: "working", attempt: 2 });
  });

  it("of a step that the provider cut off are marked once the step begins anew", () => {
    const view = written((log) => {
      log.start("a");
      log.startStep("a");
      log.endText("a", "b1", "half");
      log.add("notice", "a", { level: "warning", message: "Trying again" });
      log.startStep("a");
      log.say("a", "b2", "whole");
    });
    expect(outline(view).slice(1)).toEqual([
      "text interrupted half",
      "warning Trying again",
      "text open whole",
    ]);
  });
});

describe("tool calls", () => {
  it("show their output as it comes, and as it was kept once they end", () => {
    const log = new SessionLog();
    log.start("a");
    log.call("a", "c1");
    log.add("tool.progress", "a", { callId: "c1", chunk: "one\n" });
    log.add("tool.progress", "a", { callId: "c1", chunk: "two\n" });
    const running = applyEvents(emptySessionView(), log.live);
    expect(outline(running).at(-1)).toBe("tool bash running one\ntwo\n");
    log.endCall("a", "c1", "one\ntwo\nthree\n");
    const ended = applyEvents(running, log.live);
    expect(ended.rows.at(-1)).toMatchObject({ state: "succeeded", output: "one\ntwo\nthree\n", exitCode: 0 });
    expect(ended.events.some(({ type }) => type === "tool.progress")).toBe(false);
  });

  it("are told apart from those that were asked for and have not begun", () => {
    const log = new SessionLog();
    log.start("a");
    log.startStep("a");
    log.endStep("a", [
      { callId: "c1", tool: "bash", input: {} },
      { callId: "c2", tool: "read_file", input: {} },
    ]);
    log.call("a", "c1");
    const view = applyEvents(emptySessionView(), log.live);
    expect(outline(view)).toEqual(["turn null", "tool bash running "]);
    expect(view.tasks[0]?.pendingCalls).toMatchObject([{ callId: "c2", tool: "read_file" }]);
    log.add("tool.ended", "a", { callId: "c2", status: "denied", output: "no", durationMs: 0 });
    expect(outline(applyEvents(view, log.live)).at(-1)).toBe("tool read_file denied no");
  });

  it("whose beginning is on an older page get their name when that is read", () => {
    const log = new SessionLog();
    log.start("a");
    log.call("a", "c1");
    log.endCall("a", "c1");
    const newest = applyEvents(emptySessionView(), log.stored.slice(2));
    expect(outline(newest)).toEqual(["tool null succeeded done"]);
    expect(outline(applyEvents(newest, log.stored.slice(0, 2)))).toEqual([
      "turn null",
      "tool bash succeeded done",
    ]);
  });
});

describe("tasks", () => {
  it("take their place in the transcript when they start", () => {
    const view = written((log) => {
      log.submit("a");
      log.start("a");
      log.submit("b");
      log.submit("c");
      log.complete("a");
      log.add("task.updated", "b", { prompt: "edited" });
      log.start("b");
    });
    expect(outline(view)).toEqual(["turn prompt of a", "end completed", "turn edited"]);
    expect(view.tasks.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "a completed",
      "b working",
      "c submitted",
    ]);
  });

  it("keep the order of the queue when one is moved", () => {
    const view = written((log) => {
      for (const id of ["a", "b", "c", "d"]) log.submit(id);
      log.add("task.updated", "d", { beforeTaskId: "b" });
      log.add("task.updated", "a", { beforeTaskId: null });
    });
    expect(view.tasks.map(({ id }) => id)).toEqual(["d", "b", "c", "a"]);
  });

  it("are still queued when the first that is heard of them is that they were edited", () => {
    const view = written((log) => log.add("task.updated", "a", { prompt: "edited" }));
    expect(view.tasks).toMatchObject([
      { id: "a", state: "submitted", attempt: 0, prompt: "edited", openStep: null },
    ]);
  });

  it("that are withdrawn from the queue are one row, also in the middle of another task", () => {
    const view = written((log) => {
      log.submit("a");
      log.start("a");
      log.submit("b");
      log.add("task.canceled", "b", { reason: "user", by: "you" });
      log.complete("a");
    });
    expect(outline(view)).toEqual(["turn prompt of a", "end canceled", "end completed"]);
    expect(view.rows[1]).toMatchObject({ by: "you", durationMs: null, unstarted: "prompt of b" });
  });

  it("that fail before they start are shown with what they were to do", () => {
    const view = written((log) => {
      log.submit("a");
      const error = { code: "model_unknown", message: "There is no such model", retryable: false };
      log.add("task.failed", "a", { reason: "error", error });
    });
    expect(outline(view)).toEqual(["turn prompt of a", "end failed"]);
  });

  it("sum up their steps, and tell how long they took", () => {
    const view = written((log) => {
      log.submit("a");
      log.start("a");
      for (const step of [1, 2]) {
        log.startStep("a", step);
        log.endStep("a", [], step);
      }
      log.complete("a");
    });
    expect(view.tasks[0]).toMatchObject({ steps: 2, usage: { inputTokens: 20, outputTokens: 4 } });
    expect(view.rows.at(-1)).toMatchObject({
      durationMs: 5_000,
      usage: { inputTokens: 20, outputTokens: 4 },
    });
  });
});

describe("approvals", () => {
  it("are open until somebody answers", () => {
    const log = new SessionLog();
    const approvalId = "01900000-0000-7000-8000-00000000000b";
    log.start("a");
    log.add("approval.requested", "a", {
      approvalId,
      callId: "c1",
      tool: "bash",
      input: { command: "rm -rf build" },
      reason: "It deletes files",
      expiresAt: 99_000,
    });
    log.add("task.input-required", "a", { reason: "approval" });
    const asked = applyEvents(emptySessionView(), log.live);
    expect(asked.rows.at(-1)).toMatchObject({ kind: "approval", state: "open", tool: "bash" });
    expect(asked.tasks[0]).toMatchObject({ state: "input-required", reason: "approval" });
    log.add("approval.answered", "a", { approvalId, decision: "deny", by: "you" });
    log.add("task.resumed", "a", { attempt: 2 });
    const answered = applyEvents(asked, log.live);
    expect(answered.rows.at(-1)).toMatchObject({ state: "deny", by: "you" });
    expect(answered.tasks[0]).toMatchObject({ state: "working", attempt: 2 });
  });

  it("A4: a question and its answer are a row; one that its task leaves open is closed with it", () => {
    const log = new SessionLog();
    const [first, second] = ["01900000-0000-7000-8000-00000000000d", "01900000-0000-7000-8000-00000000000e"];
    log.start("a");
    log.add("question.asked", "a", { questionId: first, callId: "c1", text: "Red?" });
    log.add("question.asked", "a", { questionId: second, callId: "c2", text: "Blue?" });
    log.add("task.input-required", "a", { reason: "question" });
    log.add("question.answered", "a", { questionId: first, answer: { text: "No" }, by: "you" });
    log.add("task.canceled", "a", { reason: "user", by: "you" });
    const view = applyEvents(emptySessionView(), log.live);
    expect(view.rows.filter(({ kind }) => kind === "question")).toMatchObject([
      { text: "Red?", state: "answered", by: "you", answer: { text: "No" } },
      { text: "Blue?", state: "canceled", by: null, answer: null },
    ]);
  });

  it("are closed with their task, and no others", () => {
    const log = new SessionLog();
    const ask = (task: string, callId: string, approvalId: string) =>
      log.add("approval.requested", task, {
        approvalId,
        callId,
        tool: "bash",
        input: {},
        reason: "",
        always: "bash",
        expiresAt: 1,
      });
    log.start("a");
    ask("a", "c1", "01900000-0000-7000-8000-00000000000b");
    ask("a", "c2", "01900000-0000-7000-8000-00000000000c");
    log.add("task.input-required", "a", { reason: "approval" });
    log.add("approval.answered", "a", {
      approvalId: "01900000-0000-7000-8000-00000000000b",
      decision: "allow",
      by: "you",
    });
    log.add("task.canceled", "a", { reason: "user", by: "you" });
    const states = applyEvents(emptySessionView(), log.live).rows.flatMap((row) =>
      row.kind === "approval" ? [[row.state, row.always]] : [],
    );
    expect(states).toEqual([
      ["allow", "bash"],
      ["canceled", "bash"],
    ]);
  });
});

describe("work in files", () => {
  const PROJECT_ID = "01900000-0000-7000-8000-00000000000a";
  const SETUP_ID = "01900000-0000-7000-8000-00000000000b";
  const COMMIT = "a".repeat(40);

  it("is told in rows of its own, but for what is no news", () => {
    const view = written((log) => {
      log.start("a");
      log.add("project.fetched", "a", { projectId: PROJECT_ID, commit: COMMIT, durationMs: 5 });
      log.add("workspace.prepared", "a", { kind: "clone", projectId: PROJECT_ID, branch: "trunkline/x" });
      log.add("workspace.prepared", "a", { kind: "fresh" });
      for (const cause of ["base", "step", "end", "before-revert", "revert"] as const)
        log.add("checkpoint.created", "a", { commit: COMMIT, cause });
      log.add("workspace.reverted", null, { toSeq: 3, by: "you" });
    });
    expect(outline(view)).toEqual([
      "turn null",
      "files project.fetched",
      "files workspace.prepared",
      "files checkpoint.created",
      "files checkpoint.created",
      "files workspace.reverted",
    ]);
  });

  it("shows a setup's output as it comes, and as it was kept once it ends", () => {
    const log = new SessionLog();
    log.start("a");
    log.add("setup.started", "a", { setupId: SETUP_ID, source: "project", command: "make" });
    log.add("setup.progress", "a", { setupId: SETUP_ID, chunk: "one\n" });
    const running = applyEvents(emptySessionView(), log.live);
    expect(outline(running).at(-1)).toBe("setup make running one\n");
    const end = {
      status: "failed",
      exitCode: 2,
      output: "one\ntwo\n",
      durationMs: 7,
      cached: false,
    } as const;
    log.add("setup.ended", "a", { setupId: SETUP_ID, ...end });
    const ended = applyEvents(running, log.live).rows.at(-1);
    expect(ended).toMatchObject({ key: running.rows.at(-1)?.key, state: "failed", exitCode: 2 });
    expect(ended).toMatchObject({ output: "one\ntwo\n", command: "make" });
  });

  it("has one row for a refused host, which says who allowed it", () => {
    const view = written((log) => {
      log.start("a");
      for (const callId of ["c1", "c2"])
        log.add("network.refused", "a", { host: "x.example", port: 443, callId, reason: "not-allowed" });
      log.add("network.allowed", null, { host: "x.example", by: "you" });
      log.add("network.allowed", null, { host: "y.example", by: "you" });
    });
    expect(outline(view)).toEqual([
      "turn null",
      "refusal x.example you",
      "info you allowed y.example in this session",
    ]);
  });
});

it("knows whose tasks those before the fork are, however late they are read", () => {
  const log = new SessionLog();
  log.start("parents");
  log.add("task.completed", "parents", { result: "x" });
  log.add("session.forked", null, { parentId: SESSION_ID, atSeq: log.live.length });
  log.start("own");
  const facts = [
    ["parents", true],
    ["own", false],
  ];
  const whole = applyEvents(emptySessionView(), log.live);
  expect(whole.tasks.map(({ id, isParents }) => [id, isParents])).toEqual(facts);
  const newest = applyEvents(emptySessionView(), log.live.slice(-1));
  const withOlder = applyEvents(newest, log.live.slice(0, -1));
  expect(withOlder.tasks.map(({ id, isParents }) => [id, isParents])).toEqual(facts);
});

it("takes no title from the log of which the session is a fork", () => {
  const view = written((log) => {
    log.add("session.created", null, { title: "Parent", model: "demo" });
    log.add("session.forked", null, { parentId: SESSION_ID, atSeq: 1 });
  });
  expect(view).toMatchObject({ title: null, model: null });
});

it("ignores types that it does not know, but keeps them in the log", () => {
  const log = new SessionLog();
  log.start("a");
  const view = applyEvents(emptySessionView(), log.live);
  const unknown = {
    ...log.live[0]!,
    seq: 2,
    type: "weather.changed",
    data: {},
  } as unknown as (typeof log.live)[0];
  const next = applyEvents(view, [unknown]);
  expect(next.rows).toBe(view.rows);
  expect(next.events).toHaveLength(2);
});
