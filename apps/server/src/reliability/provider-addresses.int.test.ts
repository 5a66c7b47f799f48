import { createServer } from "node:http";
import { FakeProvider, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, test } from "vitest";

const MODEL = { TRUNKLINE_MODEL: "openai-compatible:fake" };

async function answerOf(server: ServerFixture, prompt: string) {
  const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt });
  const task = await waitFor("the task's end", async () => {
    const { state, result } = await server.client.task.get.query({ taskId });
    return state === "completed" || state === "failed" ? { state, result } : undefined;
  });
  return { ...task, sessionId };
}

test.each([
  ["A14f: the address of one procedure", (url: string) => `${url}/chat/completions`],
  ["A14f: quotes around it", (url: string) => `"${url}"`],
  ["X1: a password in it", (url: string) => url.replace("http://", "http://gateway:Canary-Pass-998877@")],
])("a provider is reached whatever its variable holds — %s", async (_name, addressOf) => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    env: { ...MODEL, OPENAI_BASE_URL: addressOf(provider.url) },
  });
  const { state, sessionId } = await answerOf(server, "reply: hi");
  expect(state).toBe("completed");
  const document = await server.client.session.export.query({ sessionId });
  expect(JSON.stringify(document) + server.logs).not.toContain("Canary-Pass");
});

test.each(["127.0.0.1:9/v1", "localhost:9/v1", "ftp://127.0.0.1/v1"])(
  "A14f: %s is no address, and the start says which variable holds it",
  async (address) => {
    const start = ServerFixture.start({ env: { ...MODEL, OPENAI_BASE_URL: address } });
    await expect(start).rejects.toThrow("OPENAI_BASE_URL must be an address");
  },
);

test("A8-prompt: half a pair in a prompt reaches the provider as U+FFFD", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: { ...MODEL, OPENAI_BASE_URL: provider.url } });
  const answer = await fetch(`${server.url}/api/tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: '{"prompt":"reply: half \\ud83d of it"}',
  });
  expect(answer.status).toBe(201);
  await waitFor("the request", () => provider.requests[0]);
  expect(JSON.stringify(provider.requests[0]?.messages)).toContain("half \uFFFD of it");
});

test("B12-control: a prompt of the greatest length is taken, though JSON escapes each of its characters", async () => {
  await using server = await ServerFixture.start();
  const { sessionId } = await server.client.task.submit.mutate({ prompt: `a${"\u0001".repeat(199_999)}` });
  expect(sessionId).toBeTruthy();
});

test("K14: the server starts while the provider is down, and works once it is there", async () => {
  // A port that nobody listens on, and that is free again.
  const placeholder = createServer().listen(0, "127.0.0.1");
  await waitFor("the port", () => placeholder.address() ?? undefined);
  const { port } = placeholder.address() as { port: number };
  await new Promise((resolve) => placeholder.close(resolve));
  await using server = await ServerFixture.start({
    env: { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: "any" },
  });
  expect(server.logs).toMatch(/cannot be reached|does not answer|can't be reached/);
  const ending = answerOf(server, "reply: late");
  await using _provider = await FakeProvider.start({ port });
  expect(await ending).toMatchObject({ state: "completed", result: "late" });
});
