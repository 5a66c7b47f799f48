import { followTask } from "@trunkline/client";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EventType, SessionEvent, SubmitTaskOutput, Task } from "@trunkline/contract";
import {
  assertLogHolds,
  contentText,
  FakeProvider,
  readLog,
  say,
  ServerFixture,
  waitFor,
} from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

/** A tree of agents: the root's task has one subagent, which has another, which asks. */
describe("subagents", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  /** What the grandchild does first, by the last word of the root's prompt. */
  const deeds = {
    approval: () => say.toolCall("bash", { command: "echo grand >> lines" }),
    question: () => say.toolCall("ask_user", { question: "Which way?" }),
  };

  beforeAll(async () => {
    provider = await FakeProvider.start();
    const env = { ...provider.serverEnv, TRUNKLINE_APPROVALS: "always", TRUNKLINE_CONCURRENCY: "2" };
    server = await ServerFixture.start({ env });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider.close();
  });
  beforeEach(() => {
    provider.respond = ({ messages }) => {
      const [, first] = messages;
      const last = messages.at(-1);
      const prompt = contentText(first?.content);
      if (last?.role === "tool") return say.reply(say.text(`heard: ${contentText(last.content)}`));
      const [who, deed] = prompt.split(" ");
      if (who === "grand") return say.reply(deeds[deed as keyof typeof deeds]());
      const next = who === "root" ? "child" : "grand";
      return say.reply(
        say.toolCall("subagent", { title: `a ${next}`, prompt: `${next} ${deed}`, may_change: true }),
      );
    };
  });

  const submit = async (deed: keyof typeof deeds): Promise<SubmitTaskOutput> =>
    server.client.task.submit.mutate({ prompt: `root ${deed}` });
  const detail = async ({ sessionId }: { sessionId: string }) =>
    server.client.session.get.query({ sessionId });
  const taskOf = async (taskId: string): Promise<Task> => server.client.task.get.query({ taskId });

  async function requestIn(root: { sessionId: string }) {
    return waitFor("the grandchild to ask", async () => {
      const { approvals, questions } = await detail(root);
      return [...approvals, ...questions].at(0) ?? null;
    });
  }
  async function end(task: { sessionId: string; taskId: string }): Promise<SessionEvent[]> {
    for await (const event of followTask(server.client, task)) void event;
    const log = await readLog(server.client, task.sessionId);
    assertLogHolds(log);
    return log;
  }
  const childOf = (log: readonly SessionEvent[]) => {
    const started = log.find((event) => event.type === "subagent.started");
    if (started?.type !== "subagent.started") throw new Error("it has no subagent");
    return started.data;
  };
  const typesOf = (log: readonly SessionEvent[]): EventType[] =>
    log.map(({ type }) => type).filter((type) => /^(task|subagent)\./.test(type));

  it("an approval of a grandchild surfaces at every node above it, and is answered from there, once", async () => {
    const root = await submit("approval");
    const approval = await requestIn(root);
    const child = childOf(await readLog(server.client, root.sessionId));
    const grand = childOf(await readLog(server.client, child.sessionId));
    expect(approval).toMatchObject({ sessionId: grand.sessionId, taskId: grand.taskId, tool: "bash" });
    for (const { sessionId } of [root, child, grand]) {
      expect((await detail({ sessionId })).approvals).toEqual([approval]);
      expect((await server.client.approval.list.query({ sessionId })).items).toEqual([approval]);
    }
    // It needs somebody, who finds it where the work began; its subagents are in no list.
    const { items } = await server.client.session.list.query({});
    expect(items.find(({ id }) => id === root.sessionId)).toMatchObject({ status: "input-required" });
    expect(items.filter(({ id }) => [child.sessionId, grand.sessionId].includes(id))).toEqual([]);
    const below = await server.client.session.list.query({ parentSessionId: root.sessionId });
    expect(below.items).toMatchObject([{ id: child.sessionId, status: "input-required", subagents: 1 }]);
    expect((await detail(grand)).session.parent).toEqual({
      sessionId: child.sessionId,
      taskId: child.taskId,
      rootSessionId: root.sessionId,
      rootTaskId: root.taskId,
    });

    const answer = { approvalId: approval.id, decision: "allow" } as const;
    await server.client.approval.answer.mutate(answer);
    await server.client.approval.answer.mutate(answer);
    await expect(server.client.approval.answer.mutate({ ...answer, decision: "deny" })).rejects.toMatchObject(
      { reason: "approval_closed" },
    );
    const log = await end(root);
    expect(typesOf(log)).toEqual([
      "task.submitted",
      "task.started",
      "subagent.started",
      "task.input-required",
      "subagent.ended",
      "task.resumed",
      "task.completed",
    ]);
    expect((await taskOf(root.taskId)).result).toMatch(/^heard: heard: heard: /);
    // All in one workspace.
    const { session } = await detail(root);
    expect(await readFile(join(session.workspace, "lines"), "utf8")).toBe("grand\n");
    await expect(
      server.client.task.submit.mutate({ prompt: "more", sessionId: child.sessionId }),
    ).rejects.toMatchObject({ reason: "subagent_session" });
  });

  it("a question of a grandchild is answered after kill -9, and everything above it goes on", async () => {
    const root = await submit("question");
    const question = await requestIn(root);
    await server.kill();
    await server.restart();
    expect((await detail(root)).questions).toMatchObject([{ id: question.id, text: "Which way?" }]);
    await server.client.question.answer.mutate({ questionId: question.id, answer: { text: "left" } });
    const log = await end(root);
    expect((await taskOf(root.taskId)).result).toContain("left");
    expect(log.filter(({ type }) => type === "subagent.started")).toHaveLength(1);
    // Twice is once, and something else is too late.
    const again = { questionId: question.id, answer: { text: "left" } };
    await server.client.question.answer.mutate(again);
    await expect(
      server.client.question.answer.mutate({ ...again, answer: { text: "right" } }),
    ).rejects.toMatchObject({ reason: "question_closed" });
  });

  it("ends with its parent, from whichever node; a subagent that is canceled is an answer for its parent", async () => {
    const root = await submit("approval");
    await requestIn(root);
    const child = childOf(await readLog(server.client, root.sessionId));
    const grand = childOf(await readLog(server.client, child.sessionId));
    await server.client.task.cancel.mutate({ taskId: child.taskId });
    await end(child);
    await waitFor("the grandchild's end", async () => (await taskOf(grand.taskId)).state === "canceled");
    await end(root);
    expect(await taskOf(root.taskId)).toMatchObject({
      state: "completed",
      result: expect.stringContaining("was canceled") as string,
    });

    const other = await submit("approval");
    await requestIn(other);
    const otherChild = childOf(await readLog(server.client, other.sessionId));
    const otherGrand = childOf(await readLog(server.client, otherChild.sessionId));
    await server.client.task.cancel.mutate({ taskId: other.taskId });
    for (const { taskId } of [otherChild, otherGrand]) {
      await waitFor("its end", async () => (await taskOf(taskId)).state === "canceled");
    }
    expect((await detail(other)).approvals).toEqual([]);
  });

  it("is deleted with its parent, and deleted by itself is one that was canceled", async () => {
    const root = await submit("approval");
    await requestIn(root);
    const child = childOf(await readLog(server.client, root.sessionId));
    const grand = childOf(await readLog(server.client, child.sessionId));
    await server.client.session.delete.mutate({ sessionId: grand.sessionId });
    await end(child);
    await end(root);

    const other = await submit("question");
    await requestIn(other);
    const otherChild = childOf(await readLog(server.client, other.sessionId));
    await server.client.session.delete.mutate({ sessionId: other.sessionId });
    for (const { sessionId } of [other, otherChild]) {
      await expect(detail({ sessionId })).rejects.toMatchObject({ reason: "not_found" });
    }
  });

  it("an approval and a question of a grandchild expire; an answer that comes too late is told so", async () => {
    await server.restart({ env: { TRUNKLINE_APPROVAL_TIMEOUT_SECONDS: "1" } });
    const [approving, asking] = [await submit("approval"), await submit("question")];
    for (const root of [approving, asking]) {
      await end(root);
      expect((await taskOf(root.taskId)).state).toBe("completed");
      const { approvals, questions } = await detail(root);
      expect([...approvals, ...questions]).toEqual([]);
    }
    const grandOf = async (root: SubmitTaskOutput) => {
      const child = childOf(await readLog(server.client, root.sessionId));
      const { sessionId } = childOf(await readLog(server.client, child.sessionId));
      return readLog(server.client, sessionId);
    };
    const approval = (await grandOf(approving)).find(({ type }) => type === "approval.requested");
    if (approval?.type !== "approval.requested") throw new Error("it asked for no approval");
    const { approvalId } = approval.data;
    await expect(
      server.client.approval.answer.mutate({ approvalId, decision: "allow" }),
    ).rejects.toMatchObject({ reason: "approval_closed" });
    const question = (await grandOf(asking)).find(({ type }) => type === "question.asked");
    if (question?.type !== "question.asked") throw new Error("it asked nothing");
    const { questionId } = question.data;
    await expect(
      server.client.question.answer.mutate({ questionId, answer: { text: "left" } }),
    ).rejects.toMatchObject({ reason: "question_closed" });
  });
});
