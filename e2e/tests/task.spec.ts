import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertLogHolds, readLog, say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

test("a demo task shows its output live and ends done", async ({ page, demo }) => {
  await signIn(page, demo);
  await send(page, "run: ls -la");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("total ")).toBeVisible();
  await expect(transcript.getByText("Done")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Sessions" }).getByText("run: ls -la")).toBeVisible();
});

test("tool calls of a real provider's stream are shown, and did what they say", async ({
  page,
  server,
  provider,
}) => {
  provider.enqueue(
    say.reply(say.toolCall("write_file", { path: "hello.txt", content: "from the model" })),
    say.reply(say.toolCall("bash", { command: "cat hello.txt" })),
    say.reply(say.text("The file says ", "**hello**.")),
  );
  await signIn(page, server);
  await send(page, "write a file and read it");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("hello.txt").first()).toBeVisible();
  await expect(transcript.getByText("cat hello.txt").first()).toBeVisible();
  await expect(transcript.locator("strong", { hasText: "hello" })).toBeVisible();
  const sessionId = await sessionIdOf(page);
  const { session } = await server.client.session.get.query({ sessionId });
  expect(await readFile(join(session.workspace, "hello.txt"), "utf8")).toBe("from the model");
});

test("a failure says what went wrong and can be tried again", async ({ page, server, provider }) => {
  provider.enqueue(say.reply(say.httpError(401, { message: "no such key" })));
  await signIn(page, server);
  await send(page, "reply: second time");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("provider_auth")).toBeVisible();
  await transcript.getByRole("button", { name: /retry/i }).click();
  await expect(transcript.getByText("second time").last()).toBeVisible();
  await expect(transcript.getByText("Done")).toBeVisible();
});

test("Stop ends a task, and a follow-up runs", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: begun\nstall");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("begun", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(transcript.getByText("Canceled")).toBeVisible();
  await send(page, "reply: still here");
  await expect(transcript.getByText("still here", { exact: true })).toBeVisible();
  const log = await readLog(server.client, await sessionIdOf(page));
  expect(log.filter((event) => event.type === "task.canceled")).toHaveLength(1);
});

test("what is sent while a task runs waits as a chip, can be taken back, and runs in order", async ({
  page,
  server,
  provider,
}) => {
  await signIn(page, server);
  const end = Promise.withResolvers<void>();
  provider.enqueue(say.reply(say.text("begun"), say.until(end.promise)));
  await send(page, "go");
  const sessionId = await sessionIdOf(page);
  await send(page, "reply: taken back");
  await send(page, "reply: runs next");
  const queue = page.getByRole("list", { name: "Queued" });
  await expect(queue.getByRole("listitem")).toHaveCount(2);
  await queue.getByRole("listitem").first().getByRole("button", { name: "Remove from the queue" }).click();
  await expect(queue.getByRole("listitem")).toHaveCount(1);
  end.resolve();
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("runs next", { exact: true })).toBeVisible();
  await expect(queue).toBeHidden();
  // Its text is there before its end is.
  const states = async (): Promise<string[]> =>
    (await server.client.session.get.query({ sessionId })).tasks.map(({ state }) => state);
  await expect.poll(states).toEqual(["completed", "canceled", "completed"]);
  assertLogHolds(await readLog(server.client, sessionId));
});
