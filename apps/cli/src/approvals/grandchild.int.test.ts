import { followTask } from "@trunkline/client";
import { contentText, FakeProvider, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

/** A task whose subagent has another, which asks for an approval and then a question. */
let provider: FakeProvider;
let server: ServerFixture;

beforeAll(async () => {
  provider = await FakeProvider.start();
  provider.respond = ({ messages }) => {
    const [, first] = messages;
    const prompt = contentText(first?.content);
    const answers = messages.filter(({ role }) => role === "tool").map(({ content }) => contentText(content));
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
  server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "always" } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider.close();
});

const cli = (...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir });

it("an approval and a question of a grandchild are listed for the session above, and answered once", async () => {
  const task = await server.client.task.submit.mutate({ prompt: "root" });
  const { sessionId, taskId } = task;
  const { approvals, questions } = await waitFor("the grandchild to ask", async () => {
    const detail = await server.client.session.get.query({ sessionId });
    return detail.approvals.length > 0 && detail.questions.length > 0 ? detail : null;
  });
  const [approval, question] = [approvals[0]!.id, questions[0]!.id];
  expect((await cli("approve", "--session", sessionId)).out).toContain("echo ran");
  expect((await cli("answer")).out).toContain("Which way?");

  expect(await cli("approve", approval)).toMatchObject({ exitCode: 0 });
  expect((await cli("approve", approval, "--deny")).err).toContain("was answered with 'allow' by local");
  expect(await cli("answer", question, "left")).toMatchObject({ exitCode: 0, out: "Answered: left\n" });
  expect((await cli("answer", question, "right")).exitCode).not.toBe(0);

  for await (const event of followTask(server.client, task)) void event;
  const { state, result } = await server.client.task.get.query({ taskId });
  expect(state).toBe("completed");
  expect(result).toContain("ran");
  expect(result).toContain("left");
});
