import { readLog, say, ServerFixture } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

const WORDS = Array.from({ length: 80 }, (_, index) => `word${index}`);
const SENTENCE = WORDS.join(" ");

const spoken = (words: readonly string[]) => words.map((word) => say.text(`${word} `));
/** Half of the words, and the others when `told`. */
const inHalves = (told: Promise<void>) =>
  say.reply(...spoken(WORDS.slice(0, 40)), say.until(told), ...spoken(WORDS.slice(40)));

test("a reload in the middle of a run goes on where it was", async ({ page, server, provider }) => {
  const reloaded = Promise.withResolvers<void>();
  provider.enqueue(inHalves(reloaded.promise));
  await signIn(page, server);
  await send(page, "count");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("word5")).toBeVisible();
  await page.reload();
  await expect(transcript.getByText("word39")).toBeVisible();
  reloaded.resolve();
  await expect(transcript.getByText("word79")).toBeVisible();
  await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1);
});

test("a second tab shows the same, live", async ({ page, context, server, provider }) => {
  const opened = Promise.withResolvers<void>();
  provider.enqueue(inHalves(opened.promise));
  await signIn(page, server);
  await send(page, "count");
  await sessionIdOf(page);
  const second = await context.newPage();
  await second.goto(page.url());
  const tabs = [page, second].map((tab) => tab.getByRole("log", { name: "Transcript" }));
  for (const transcript of tabs) await expect(transcript.getByText("word39")).toBeVisible();
  opened.resolve();
  for (const transcript of tabs) await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1);
});

test("a server that is killed and started again in the middle of an answer is caught up with", async ({
  page,
  provider,
}) => {
  await using server = await ServerFixture.start({ web: "on", env: provider.serverEnv });
  const { promise: never } = Promise.withResolvers<void>();
  provider.enqueue(inHalves(never), say.reply(...spoken(WORDS)));
  await signIn(page, server);
  await send(page, "count");
  const sessionId = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("word10")).toBeVisible();
  await server.kill();
  await expect(page.getByText("Reconnecting…")).toBeVisible();
  await server.restart();
  await expect(page.getByText("Reconnecting…")).toBeHidden();
  await expect(transcript.getByText("Done")).toBeVisible();
  await expect(transcript.locator("p", { hasText: SENTENCE })).toHaveCount(1);
  const log = await readLog(server.client, sessionId);
  expect(log.filter((event) => event.type === "task.completed")).toHaveLength(1);
  expect(log.filter((event) => event.type === "task.interrupted")).toHaveLength(1);
});
