import { readLog, say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

/** The provider's answer to every call: numbered words for four seconds. */
const WORDS = Array.from({ length: 80 }, (_, index) => `word${index}`);
const SENTENCE = WORDS.join(" ");

test.beforeEach(({ provider }) => {
  provider.respond = () => say.reply(...WORDS.flatMap((word) => [say.text(`${word} `), say.delay(50)]));
});

test("a reload in the middle of a run goes on where it was", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "count");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("word5")).toBeVisible();
  await page.reload();
  await expect(transcript.getByText("word79")).toBeVisible({ timeout: 20_000 });
  await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1);
});

test("a second tab shows the same, live", async ({ page, context, server }) => {
  await signIn(page, server);
  await send(page, "count");
  await sessionIdOf(page);
  const second = await context.newPage();
  await second.goto(page.url());
  for (const tab of [page, second]) {
    const transcript = tab.getByRole("log", { name: "Transcript" });
    await expect(transcript.getByText("word3")).toBeVisible();
    await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1, { timeout: 20_000 });
  }
});

test("a server that is killed and started again in the middle of an answer is caught up with", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "count");
  const sessionId = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("word10")).toBeVisible();
  await server.kill();
  await expect(page.getByText("Reconnecting…")).toBeVisible({ timeout: 15_000 });
  await server.restart();
  await expect(page.getByText("Reconnecting…")).toBeHidden({ timeout: 20_000 });
  await expect(transcript.getByText("Done")).toBeVisible({ timeout: 30_000 });
  await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1);
  const log = await readLog(server.client, sessionId);
  expect(log.filter((event) => event.type === "task.completed")).toHaveLength(1);
  expect(log.filter((event) => event.type === "task.interrupted")).toHaveLength(1);
});
