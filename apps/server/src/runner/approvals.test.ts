import type { SessionEvent, Task } from "@trunkline/contract";
import { assertLogHolds } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../approvals/testing/manual-clock.ts";
import { readRows } from "../store/testing/raw-rows.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { askingScript } from "./testing/asking-script.ts";
import {
  alice,
  APPROVAL_TIMEOUT_MS,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "./testing/scripted-server.ts";

describe("a task that waits for an approval", () => {
  let directory: TemporaryDirectory;
  let server: ScriptedServer;
  let clock: ManualClock;
  const scripts = new Map<string, Script>([
    ["asks", askingScript("one")],
    ["asks twice", askingScript("one", "two")],
    ["other", async () => done()],
  ]);

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    clock = new ManualClock();
    server = await openScriptedServer(directory.path, scripts, 1, clock);
  });
  afterEach(async () => {
    await server.close();
    await directory[Symbol.asyncDispose]();
  });

  async function restart(): Promise<void> {
    await server.close();
    server = await openScriptedServer(directory.path, scripts, 1, clock);
  }

  const isOf = (type: SessionEvent["type"]) => (event: SessionEvent) => event.type === type;

  async function waiting(prompt = "asks"): Promise<{ task: Task; approvalIds: string[] }> {
    const task = await server.submit(prompt);
    const events = await server.until(task.sessionId, isOf("task.input-required"));
    const approvalIds = events.flatMap((event) =>
      event.type === "approval.requested" ? [event.data.approvalId] : [],
    );
    return { task, approvalIds };
  }

  async function endOf(task: Task): Promise<SessionEvent[]> {
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    assertLogHolds(events);
    return events;
  }

  const stateOf = async ({ id }: Task) => server.tasks.get(alice, { taskId: id });
  const statusOf = async ({ sessionId }: Task) =>
    (await server.sessions.get(alice, { sessionId })).session.status;
  const answer = async (approvalId: string | undefined, decision: "allow" | "always" | "deny" = "allow") =>
    server.approvals.answer(alice, { approvalId: approvalId ?? "", decision });

  it("says so in one commit, is found by its owner alone, and goes on with the answer", async () => {
    const { task, approvalIds } = await waiting();
    const { events } = await server.log.read(task.sessionId, { limit: 100 });
    const [requested, required] = events.slice(-2);
    expect([requested?.type, required?.type]).toEqual(["approval.requested", "task.input-required"]);
    expect(await stateOf(task)).toMatchObject({ state: "input-required", reason: "approval", node: null });

    const detail = await server.sessions.get(alice, { sessionId: task.sessionId });
    expect(detail.session.status).toBe("input-required");
    expect(detail.approvals).toEqual((await server.approvals.list(alice, { limit: 10 })).items);
    expect(detail.approvals).toEqual([
      {
        id: approvalIds[0],
        sessionId: task.sessionId,
        taskId: task.id,
        callId: "one",
        tool: "bash",
        input: { command: "one" },
        reason: "the test wants to know",
        always: "bash",
        state: "open",
        createdAt: expect.any(Number),
        expiresAt: clock.now() + APPROVAL_TIMEOUT_MS,
        answeredBy: null,
        answeredAt: null,
        note: null,
        rules: [],
      },
    ]);
    expect((await server.approvals.list(bob, { limit: 10 })).items).toEqual([]);
    await expect(
      server.approvals.answer(bob, { approvalId: approvalIds[0] ?? "", decision: "allow" }),
    ).rejects.toMatchObject({ reason: "not_found" });
    await expect(server.approvals.list(bob, { sessionId: task.sessionId, limit: 10 })).rejects.toMatchObject({
      reason: "not_found",
    });

    const answered = await server.approvals.answer(alice, {
      approvalId: approvalIds[0] ?? "",
      decision: "allow",
      note: "go on",
    });
    expect(answered).toMatchObject({ state: "allow", answeredBy: "alice", note: "go on" });
    const all = await endOf(task);
    expect(all.slice(-3).map(({ type }) => type)).toEqual([
      "approval.answered",
      "task.resumed",
      "task.completed",
    ]);
    expect(await stateOf(task)).toMatchObject({ state: "completed", attempt: 2 });
    expect((await server.approvals.list(alice, { limit: 10 })).items).toEqual([]);
  });

  it("leaves its slot to others, and its session to nobody", async () => {
    const { task, approvalIds } = await waiting();
    const behind = await server.submit("other", task.sessionId);
    const elsewhere = await server.submit("other");
    await endOf(elsewhere);
    expect(await stateOf(behind)).toMatchObject({ state: "submitted" });
    await answer(approvalIds[0]);
    await endOf(behind);
  });

  it("goes on when all of its calls are answered, and not before", async () => {
    const { task, approvalIds } = await waiting("asks twice");
    expect(approvalIds).toHaveLength(2);
    await answer(approvalIds[1], "deny");
    await endOf(await server.submit("other"));
    expect(await stateOf(task)).toMatchObject({ state: "input-required", reason: "approval" });
    expect(await statusOf(task)).toBe("input-required");
    await answer(approvalIds[0]);
    const events = await endOf(task);
    expect(events.filter(isOf("task.resumed"))).toHaveLength(1);
  });

  it("takes one answer: the same again is the first, another a conflict, and of two at once one wins", async () => {
    const { task, approvalIds } = await waiting();
    const decisions = ["allow", "deny", "allow", "deny", "allow"] as const;
    const answers = await Promise.allSettled(
      decisions.map(async (decision) => answer(approvalIds[0], decision)),
    );
    const events = await endOf(task);
    const [won, ...others] = events.flatMap((event) =>
      event.type === "approval.answered" ? [event.data.decision] : [],
    );
    expect(others).toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual(
      decisions.map((decision) => (decision === won ? "fulfilled" : "rejected")),
    );
    expect(await answer(approvalIds[0], won)).toMatchObject({ state: won });
    await expect(answer(approvalIds[0], won === "deny" ? "allow" : "deny")).rejects.toMatchObject({
      reason: "approval_closed",
      message: expect.stringContaining(`was answered with '${won}' by alice`) as string,
    });
    expect(events.filter(isOf("task.resumed"))).toHaveLength(1);
  });

  it("keeps waiting over a restart, and hears an answer that was given as the server died", async () => {
    const { task, approvalIds } = await waiting();
    await restart();
    expect(await stateOf(task)).toMatchObject({ state: "input-required", attempt: 1 });
    await answer(approvalIds[0]);
    await endOf(task);

    const second = await waiting();
    // The answer is stored, and nobody is left to hear the doorbell.
    await server.runner.stop();
    await answer(second.approvalIds[0]);
    expect(await stateOf(second.task)).toMatchObject({ state: "input-required", reason: "queued" });
    expect(await statusOf(second.task)).toBe("queued");
    await restart();
    await endOf(second.task);
  });

  it.each(["cancel", "interrupt"])(
    "ends by %s: nobody has to answer any more, and the queue behind it goes on",
    async (way) => {
      const { task, approvalIds } = await waiting();
      const behind = await server.submit("other", task.sessionId);
      if (way === "cancel") await server.tasks.cancel(alice, { taskId: task.id });
      else {
        const input = { prompt: "other", sessionId: task.sessionId, whenBusy: "interrupt" } as const;
        await server.tasks.submit(alice, input);
      }
      const events = await endOf(behind);
      expect(events.find(isTerminalEventOf(task.id))?.data).toMatchObject({
        reason: way === "cancel" ? "user" : "superseded",
      });
      expect((await server.approvals.list(alice, { limit: 10 })).items).toEqual([]);
      await expect(answer(approvalIds[0])).rejects.toMatchObject({ reason: "approval_closed" });
    },
  );

  it("goes with its session, approvals and all", async () => {
    const { task, approvalIds } = await waiting();
    await server.sessions.delete(alice, { sessionId: task.sessionId });
    await expect(answer(approvalIds[0])).rejects.toMatchObject({ reason: "not_found" });
    expect(readRows(server.databasePath, "approvals")).toEqual([]);
  });

  it("counts silence as a no when the time is up, also where it was up while no server ran", async () => {
    const first = await waiting();
    clock.advance(APPROVAL_TIMEOUT_MS - 1);
    const second = await waiting();
    expect(await stateOf(first.task)).toMatchObject({ state: "input-required", reason: "approval" });
    clock.advance(1);
    const events = await endOf(first.task);
    expect(events.filter(isOf("approval.expired")).map(({ data }) => data)).toEqual([
      { approvalId: first.approvalIds[0] },
    ]);
    await expect(answer(first.approvalIds[0])).rejects.toMatchObject({ reason: "approval_closed" });
    expect(await stateOf(second.task)).toMatchObject({ state: "input-required" });

    await server.close();
    clock.advance(APPROVAL_TIMEOUT_MS);
    server = await openScriptedServer(directory.path, scripts, 1, clock);
    expect((await endOf(second.task)).filter(isOf("approval.expired"))).toHaveLength(1);
  });

  it("lists what is open page by page, newest first", async () => {
    const all = [await waiting(), await waiting("asks twice"), await waiting()].flatMap(
      ({ approvalIds }) => approvalIds,
    );
    const first = await server.approvals.list(alice, { limit: 3 });
    const rest = await server.approvals.list(alice, { limit: 3, cursor: first.nextCursor ?? "" });
    expect(rest.nextCursor).toBeNull();
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    expect(ids).toEqual(all.toSorted().toReversed());
    await expect(server.approvals.list(alice, { limit: 3, cursor: "made-up" })).rejects.toMatchObject({
      reason: "cursor_invalid",
    });
  });

  it("is left behind by a fork and by an import: both start with nothing open and nothing allowed", async () => {
    const { task, approvalIds } = await waiting();
    const fork = await server.sessions.fork(alice, { sessionId: task.sessionId });
    const document = await server.sessions.export(alice, { sessionId: task.sessionId });
    const { session: imported } = await server.sessions.import(alice, { document });
    for (const { id, status } of [fork, imported]) {
      expect(status).toBe("idle");
      expect((await server.sessions.get(alice, { sessionId: id })).approvals).toEqual([]);
    }
    expect((await server.approvals.list(alice, { limit: 10 })).items.map(({ id }) => id)).toEqual(
      approvalIds,
    );
  });
});
