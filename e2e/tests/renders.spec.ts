import { say } from "@trunkline/testkit";
import { expect, signIn, test } from "../fixtures.ts";
import { countRenders } from "../render-counts.ts";

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

test("a frame of an answer renders its row, and a key the message box, once", async ({
  page,
  server,
  provider,
}) => {
  await countRenders(page);
  await signIn(page, server);
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: one\nreply: two" });
  await page.goto(`${server.url}/s/${sessionId}`);
  const log = page.getByRole("log");
  await expect(log.getByText("Done")).toHaveCount(1);

  // Each word once the one before is shown: a busy machine would show many in one frame, and the end with them.
  const words = Array.from({ length: 25 }, (_, place) => ({
    word: `word${place}`,
    ...Promise.withResolvers<void>(),
  }));
  const end = Promise.withResolvers<void>();
  provider.enqueue(
    say.reply(
      say.text("begun "),
      ...words.flatMap(({ word, promise }) => [say.until(promise), say.text(`${word} `)]),
      say.until(end.promise),
    ),
  );
  await server.client.task.submit.mutate({ sessionId, prompt: "go" });
  await expect(log.getByText("begun")).toBeVisible();
  await page.evaluate(() => void commits.splice(0));
  for (const { word, resolve } of words) {
    resolve();
    await expect(log.getByText(new RegExp(`\\b${word}\\b`))).toBeVisible();
  }
  const frames = await page.evaluate(() => commits.splice(0));
  expect(frames.length).toBeGreaterThanOrEqual(words.length);
  // The transcript, its newest row, and that row's last paragraph with what is in it.
  expect(median(frames)).toBeLessThanOrEqual(12);
  end.resolve();

  await expect(log.getByText("Done")).toHaveCount(2);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.pressSequentially("a");
  await page.waitForFunction(() => commits.length > 0);
  await page.evaluate(() => void commits.splice(0));
  const text = "what is typed";
  const startedAt = performance.now();
  await box.pressSequentially(text);
  const keys = (await page.evaluate(() => commits.splice(0))).filter((count) => count > 0);
  // Something else may happen meanwhile, such as each second that passes; but not with each key.
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(keys.length).toBeLessThan(text.length * 1.5 + seconds);
  expect(median(keys)).toBeLessThanOrEqual(14);
});

test("the message box is the same one before and after the session is loaded", async ({ page, server }) => {
  await signIn(page, server);
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: one" });
  const answer = Promise.withResolvers<void>();
  await page.route(/session\.get/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await page.goto(`${server.url}/s/${sessionId}`);
  const box = page.getByRole("textbox", { name: "Message" });
  await expect(box).toBeFocused();
  await box.evaluate((element) => Object.assign(element, { isMine: true }));
  await box.pressSequentially("typed early");
  await expect(page.getByRole("main", { name: "Loading the session" })).toBeVisible();
  answer.resolve();
  await expect(page.getByRole("log").getByText("Done")).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("typed early");
  expect(await box.evaluate((element) => "isMine" in element)).toBe(true);
});
