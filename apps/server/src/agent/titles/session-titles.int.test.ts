import { followSession, followTask } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { contentText, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TITLE_PROMPT } from "./title-text.ts";

const SECRET = "metrics-token-0123456789";

interface Request {
  readonly messages: FakeProvider["requests"][number]["messages"];
}
const isForTitle = ({ messages }: Request) => contentText(messages[0]?.content) === TITLE_PROMPT;

/** One server; what the model answers when it is asked for a title follows from the prompt. */
describe("titles by a model", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  /** What the next title is waited for with. */
  let held: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    provider = await FakeProvider.start({
      respond(chat) {
        if (!isForTitle(chat)) return say.reply(say.text("Because of the scattered light."));
        const text = contentText(chat.messages[1]?.content);
        if (text.includes("fails")) return say.reply(say.httpError(500));
        if (text.includes("waits")) return say.reply(say.open(), say.until(held), say.text("Late title"));
        if (text.includes("secret")) return say.reply(say.text(`The token ${SECRET}`));
        const usage = say.usage({ promptTokens: 90, completionTokens: 6 });
        return say.reply(say.text('\n**Title: "Why the sky is blue."**\nI chose it because'), usage);
      },
    });
    server = await ServerFixture.start({
      env: { ...provider.serverEnv, TRUNKLINE_TITLES: "session", TRUNKLINE_METRICS_TOKEN: SECRET },
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  async function run(prompt: string, sessionId?: string): Promise<{ sessionId: string; taskId: string }> {
    const submitted = await server.client.task.submit.mutate({ prompt, ...(sessionId && { sessionId }) });
    for await (const _event of followTask(server.client, submitted));
    return submitted;
  }

  /** The log up to the first event that is one. */
  async function logUntil(
    sessionId: string,
    isIt: (event: SessionEvent) => boolean,
  ): Promise<SessionEvent[]> {
    const log: SessionEvent[] = [];
    for await (const { events } of followSession(server.client, { sessionId })) {
      for (const event of events) {
        log.push(event);
        if (isIt(event)) return log;
      }
    }
    throw new Error("the session ended");
  }

  const isGenerated = (event: SessionEvent) =>
    event.type === "session.updated" && event.data.generated !== undefined;
  /** Tasks are looked at in the order of their ends: what ended before this one has been decided on. */
  async function decided(): Promise<void> {
    const { sessionId } = await run("Another sky?");
    await logUntil(sessionId, isGenerated);
  }
  const asked = (log: readonly SessionEvent[]) => log.filter(({ type }) => type === "title.requested");
  const titleOf = async (sessionId: string) =>
    (await server.client.session.get.query({ sessionId })).session.title;

  it("are written once, after the first answer, and counted", async () => {
    const { sessionId, taskId } = await run("Why is the sky blue?\nIn one sentence.");
    const log = await logUntil(sessionId, isGenerated);
    const end = log.find(({ type }) => type === "task.completed");
    expect(asked(log)).toMatchObject([{ taskId: null, data: { ofTaskId: taskId } }]);
    expect(asked(log)[0]?.seq).toBeGreaterThan(end?.seq ?? 0);
    const model = "openai-compatible:fake";
    expect(log.at(-1)?.data).toMatchObject({
      title: "Why the sky is blue",
      generated: { ofTaskId: taskId, model, usage: { inputTokens: 90, outputTokens: 6 } },
    });
    expect(await titleOf(sessionId)).toBe("Why the sky is blue");
    const request = provider.requests.findLast(isForTitle);
    expect(request?.body).toMatchObject({ max_tokens: 1_000 });
    expect(request?.tools).toEqual([]);
    expect(contentText(request?.messages[1]?.content)).toContain("scattered light");
    const report = await server.client.usage.query.query({ by: "model", sessionId });
    expect(report.total).toMatchObject({ steps: 2 });
    expect(report.total.inputTokens).toBeGreaterThan(90);

    await run("And at night?", sessionId);
    await decided();
    expect(asked(await readLog(server.client, sessionId))).toHaveLength(1);
  });

  it("never replace one that the user gave, before or while the model writes", async () => {
    const named = await server.client.session.create.mutate({ title: "New session" });
    await run("Why?", named.id);
    await decided();
    expect(asked(await readLog(server.client, named.id))).toEqual([]);
    expect(await titleOf(named.id)).toBe("New session");

    const renamed = Promise.withResolvers<void>();
    held = renamed.promise;
    const { sessionId } = await run("This one waits");
    await logUntil(sessionId, ({ type }) => type === "title.requested");
    await server.client.session.update.mutate({ sessionId, title: "My own" });
    renamed.resolve();
    const log = await logUntil(sessionId, isGenerated);
    expect(log.at(-1)?.data).toMatchObject({ generated: { model: "openai-compatible:fake" } });
    expect(log.at(-1)?.data).not.toHaveProperty("title");
    expect(await titleOf(sessionId)).toBe("My own");
  });

  it("stay the prompt's first words where the provider fails, a budget is used up, or a fork has its parent's", async () => {
    const { sessionId } = await run("This one fails\nat its title");
    await run("once more", sessionId);
    const fork = await server.client.session.fork.mutate({ sessionId });
    await run("in the fork", fork.id);
    const poor = await server.client.session.create.mutate({});
    await server.client.budget.set.mutate({ scope: "session", id: poor.id, total: { steps: 1 } });
    await run("spends all", poor.id);
    await decided();
    expect(await titleOf(sessionId)).toBe("This one fails");
    expect(asked(await readLog(server.client, sessionId))).toHaveLength(1);
    const ofFork = await readLog(server.client, fork.id);
    expect(asked(ofFork.slice(ofFork.findIndex(({ type }) => type === "session.forked")))).toEqual([]);
    expect(asked(await readLog(server.client, poor.id))).toEqual([]);
  });

  it("hold no secret of the server's", async () => {
    const { sessionId } = await run("Tell me a secret");
    await logUntil(sessionId, isGenerated);
    const title = await titleOf(sessionId);
    expect(title).toMatch(/^The token /);
    expect(title).not.toContain(SECRET);
  });

  it("are not asked for twice by a server that was killed meanwhile", async () => {
    held = Promise.withResolvers<void>().promise;
    const { sessionId } = await run("This one waits for ever");
    const isIts = (request: Request) =>
      isForTitle(request) && contentText(request.messages[1]?.content).includes("for ever");
    await waitFor("the call for a title", () => provider.requests.some(isIts));
    await server.kill();
    await server.restart();
    await decided();
    expect(provider.requests.filter(isIts)).toHaveLength(1);
    expect(await titleOf(sessionId)).toBe("This one waits for ever");
    await run("go on", sessionId);
    await decided();
    expect(provider.requests.filter(isIts)).toHaveLength(1);
  });
});
