import type { Locator, Page } from "@playwright/test";
import { say } from "@trunkline/testkit";
import { makeLongSession } from "../bars/long-session.ts";
import { expect, send, signIn, test } from "../fixtures.ts";

const fromEnd = (frame: Locator): Promise<number> =>
  frame.evaluate((pre) => pre.scrollHeight - pre.clientHeight - pre.scrollTop);

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName ?? "",
  );

test("G3: output opens at its end, stays open when the next call starts, and stays where it is read", async ({
  page,
  server,
  provider,
}) => {
  const next = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  provider.enqueue(
    say.reply(say.toolCall("bash", { command: "seq -f 'line %g' 1 1000 | tee lines.txt" })),
    say.reply(say.until(next.promise), say.toolCall("bash", { command: "echo second" })),
    say.reply(say.until(end.promise), say.toolCall("read_file", { path: "lines.txt" })),
    say.reply(say.text("Read.")),
  );
  await signIn(page, server);
  await send(page, "go");
  const transcript = page.getByRole("log", { name: "Transcript" });
  const outputs = transcript.getByLabel("Output", { exact: true });
  await expect(outputs).toContainText("line 1000");
  // The call has ended: what is shown of it changes no more by itself.
  await expect(transcript.getByText(/^Waiting for the model/)).toBeVisible();
  expect(await fromEnd(outputs)).toBeLessThanOrEqual(2);
  // Who asks for earlier lines goes on reading at the same place.
  await outputs.evaluate((pre) => (pre.scrollTop = 0));
  const firstShown = outputs.getByText("line 601");
  const before = await fromEnd(outputs);
  await outputs.getByRole("button", { name: "Show 400 earlier lines of 600" }).click();
  await expect(outputs).toContainText("line 201");
  expect(await fromEnd(outputs)).toBe(before);
  next.resolve();
  await expect(outputs.nth(1)).toContainText("second");
  await expect(outputs.first()).toContainText("line 201");
  await expect(firstShown).toBeVisible();
  end.resolve();
  await expect(transcript.getByText("Read.")).toBeVisible();
  await expect(outputs.first()).toContainText("line 201");

  // Read later: a command's result at its end, a file from its start.
  await page.reload();
  await transcript.getByText("tee lines.txt").click();
  await expect(outputs).toContainText("line 1000");
  expect(await fromEnd(outputs)).toBeLessThanOrEqual(2);
  await transcript
    .getByRole("button", { name: /lines\.txt/ })
    .last()
    .click();
  await expect(outputs.last()).toContainText("line 1");
  await expect(outputs.last()).not.toContainText("line 1000");
  expect(await outputs.last().evaluate((pre) => pre.scrollTop)).toBe(0);
});

test("G4, G5: totals are the server's while history loads; a new file has no removed line; keys cross the whole session", async ({
  page,
  server,
  provider,
}) => {
  const sessionId = await makeLongSession(server, 3_000);
  await signIn(page, server);
  await page.goto(`${server.url}/s/${sessionId}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done").last()).toBeVisible();
  // What has been loaded so far is no total: none is shown until it is one.
  const tokens = page.getByRole("banner").getByText(/ tokens$/);
  await expect(tokens).toHaveCount(0);
  await transcript.focus();
  await page.keyboard.press("Home");
  const { tasks } = await server.client.session.export.query({ sessionId });
  const all = tasks.reduce(
    (sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
    0,
  );
  await expect(tokens).toHaveText(`${Math.round(all / 1_000)}k tokens`);
  await expect.poll(() => transcript.evaluate((log) => log.scrollTop)).toBe(0);
  await page.keyboard.press("g");
  await expect.poll(() => fromEnd(transcript)).toBeLessThanOrEqual(2);
  await page.keyboard.press("[");
  await expect.poll(() => fromEnd(transcript)).toBeGreaterThan(2);
  // The turn before the last, not one of where the list was before.
  expect(await fromEnd(transcript)).toBeLessThan(5_000);

  provider.enqueue(
    say.reply(
      say.toolCall("write_file", { path: "new.txt", content: "a line\n".repeat(23) }),
      say.toolCall("bash", { command: "printf 'x\\ny\\n' > shell.txt" }),
    ),
    say.reply(say.text("Written.")),
  );
  await send(page, "write");
  await expect(transcript.getByText("Written.")).toBeVisible();
  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tab", { name: "Changes" }).click();
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  // What the shell wrote as well.
  await expect(inspector).toContainText("shell.txt");
  await expect(inspector.getByRole("button", { name: /new\.txt/ }).first()).toContainText("+23");
  await expect(inspector).not.toContainText("+24");
});

test("G7: what opens over the page gives the focus back, and Esc closes it", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: hello");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();
  await transcript.focus();
  for (const [key, name] of [
    ["?", "Keyboard shortcuts"],
    ["Control+k", "Search"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect.poll(() => focused(page)).toBe("Transcript");
  }
  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary", { name: "Inspector" })).toBeHidden();
  await expect.poll(() => focused(page)).toBe("Transcript");
});
