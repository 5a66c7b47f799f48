import { followTask } from "@trunkline/client";
import type { SubmitTaskOutput } from "@trunkline/contract";
import { Cluster, contentText, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

/** Where tasks are submitted and shown, and where the command line answers. */
interface Place extends AsyncDisposable {
  shown: ServerFixture;
  answered: ServerFixture;
}

const PLACES: Record<string, (env: Record<string, string>) => Promise<Place>> = {
  async SQLite(env) {
    const server = await ServerFixture.start({ env });
    return {
      shown: server,
      answered: server,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  async "two nodes on PostgreSQL"(env) {
    const cluster = await Cluster.start({ nodes: 2, env });
    const [shown, answered] = cluster.nodes;
    if (shown === undefined || answered === undefined) throw new Error("there are no two nodes");
    return { shown, answered, [Symbol.asyncDispose]: async () => cluster[Symbol.asyncDispose]() };
  },
};

/** A task whose subagent has another, which asks for an approval and then a question. */
describe.each(Object.keys(PLACES))("on %s, requests of a grandchild", (kind) => {
  let provider: FakeProvider;
  let place: Place;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    provider.respond = ({ messages }) => {
      const [, first] = messages;
      const prompt = contentText(first?.content);
      const answers = messages
        .filter(({ role }) => role === "tool")
        .map(({ content }) => contentText(content));
      const subagent = (next: string) =>
        say.reply(say.toolCall("subagent", { title: `a ${next}`, prompt: next, may_change: true }));
      if (prompt === "grand" && answers.length < 2) {
        return say.reply(
          say.toolCall("bash", { command: "echo ran" }),
          say.toolCall("ask_user", { question: "Which way?" }),
        );
      }
      if (answers.length > 0) return say.reply(say.text(answers.join(" ")));
      return subagent(prompt === "root" ? "child" : "grand");
    };
    place = await PLACES[kind]!({ ...provider.serverEnv, TRUNKLINE_APPROVALS: "always" });
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await provider.close();
  });

  const cli = (...args: string[]): Promise<CliResult> =>
    CliProcess.run(args, { TRUNKLINE_DATA_DIR: place.answered.dataDir });

  /** @returns what the browser shows at the session above, once the grandchild has asked */
  async function asked({ sessionId }: SubmitTaskOutput): Promise<{ approval: string; question: string }> {
    const { approvals, questions } = await waitFor("the grandchild to ask", async () => {
      const detail = await place.shown.client.session.get.query({ sessionId });
      return detail.approvals.length > 0 && detail.questions.length > 0 ? detail : null;
    });
    return { approval: approvals[0]!.id, question: questions[0]!.id };
  }

  async function resultOf(task: SubmitTaskOutput, server: ServerFixture): Promise<string | null> {
    for await (const event of followTask(server.client, task)) void event;
    const { state, result } = await server.client.task.get.query({ taskId: task.taskId });
    expect(state).toBe("completed");
    return result;
  }

  it("are listed for the session above, and answered once", async () => {
    const task = await place.shown.client.task.submit.mutate({ prompt: "root" });
    const { approval, question } = await asked(task);
    expect((await cli("approve", "--session", task.sessionId)).out).toContain("echo ran");
    expect((await cli("answer")).out).toContain("Which way?");

    expect(await cli("approve", approval)).toMatchObject({ err: "", exitCode: 0 });
    expect((await cli("approve", approval, "--deny")).err).toContain("was answered with 'allow' by local");
    await expect(
      place.shown.client.approval.answer.mutate({ approvalId: approval, decision: "deny" }),
    ).rejects.toMatchObject({ reason: "approval_closed" });
    expect(await cli("answer", question, "left")).toMatchObject({ exitCode: 0, out: "Answered: left\n" });
    expect((await cli("answer", question, "right")).exitCode).not.toBe(0);

    const result = await resultOf(task, place.shown);
    expect(result).toContain("ran");
    expect(result).toContain("left");
  });

  it("are answered after kill -9 of the server that showed them", async () => {
    const task = await place.shown.client.task.submit.mutate({ prompt: "root" });
    const { approval, question } = await asked(task);
    await place.shown.kill();
    if (place.shown === place.answered) await place.shown.restart();
    expect(await cli("approve", approval)).toMatchObject({ err: "", exitCode: 0 });
    expect(await cli("answer", question, "right")).toMatchObject({ exitCode: 0 });
    expect(await resultOf(task, place.answered)).toContain("right");
    if (place.shown !== place.answered) await place.shown.restart();
    const log = await readLog(place.shown.client, task.sessionId);
    expect(log.filter(({ type }) => type === "subagent.started")).toHaveLength(1);
  });

  it("expire, and an answer that comes too late is told so", async () => {
    for (const server of new Set([place.shown, place.answered])) {
      await server.restart({ env: { TRUNKLINE_APPROVAL_TIMEOUT_SECONDS: "1" } });
    }
    const task = await place.shown.client.task.submit.mutate({ prompt: "root" });
    const result = await resultOf(task, place.shown);
    expect(result).toContain("Nobody answered");
    const sessions = [task.sessionId];
    const requests: string[] = [];
    for (const sessionId of sessions) {
      for (const event of await readLog(place.shown.client, sessionId)) {
        if (event.type === "subagent.started") sessions.push(event.data.sessionId);
        if (event.type === "approval.requested") requests.push(event.data.approvalId);
        if (event.type === "question.asked") requests.push(event.data.questionId);
      }
    }
    const [approval = "", question = ""] = requests;
    expect((await cli("approve", approval, "--deny")).err).toMatch(/expired|timed out/i);
    expect((await cli("answer", question, "left")).err).toMatch(/expired|timed out/i);
    const detail = await place.shown.client.session.get.query({ sessionId: task.sessionId });
    expect([...detail.approvals, ...detail.questions]).toEqual([]);
  });
});
