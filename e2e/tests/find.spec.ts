import { followTask } from "@trunkline/client";
import { makeLongSession } from "../bars/long-session.ts";
import { expect, signIn, test } from "../fixtures.ts";
import { settled } from "../settled.ts";

test("search in a session finds what is not loaded, opens it, and marks it; Raw searches the same", async ({
  page,
  demo,
}) => {
  const { client } = demo;
  const sessionId = await makeLongSession(demo, 1_200);
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt: "say: the platypus" });
  for await (const _event of followTask(client, { sessionId, taskId })) continue;
  await signIn(page, demo);
  await page.goto(`${demo.url}/s/${sessionId}`);
  const log = page.getByRole("log", { name: "Transcript" });
  await log.getByText("the platypus").last().waitFor();

  // From the message box, whatever is in it.
  await page.getByRole("textbox", { name: "Message" }).fill("a draft");
  await page.keyboard.press("Control+Shift+F");
  const field = page.getByRole("textbox", { name: "Search this session" });
  const state = page.getByRole("search").getByRole("status");
  await expect(field).toBeFocused();
  await field.fill("platyp");
  await expect(state).toHaveText(/^\d+$/);
  await field.press("Enter");
  await expect(state).toHaveText(/^1 of \d+$/);
  await expect(log.locator("[data-marked]")).toContainText("platypus");

  // A step later than the newest is the oldest that was found: it is not loaded yet.
  await field.fill("look first");
  await expect(state).toHaveText("100+");
  await field.press("Enter");
  await expect(state).toHaveText("1 of 100+");
  await field.press("Shift+Enter");
  await expect(state).toHaveText(/^100 of \d+\+?$/);
  await expect(log.locator("[data-marked]")).toContainText("look first");
  // Enter right after the last letter is about what that finds.
  await field.fill("");
  await field.pressSequentially("platypus");
  await field.press("Enter");
  await expect(state).toHaveText(/^1 of \d+$/);
  await expect(log.locator("[data-marked]")).toContainText("platypus");
  await field.fill("look first");
  await field.press("Enter");
  await expect(state).toHaveText("1 of 100+");
  await field.press("Escape");
  await expect(field).toBeHidden();
  await expect(log).toBeFocused();

  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.getByRole("searchbox", { name: "Search all events" }).fill("platypus");
  const events = page.getByRole("region", { name: "Events" });
  await expect(events.getByRole("button").first()).toContainText("platypus");
  await page.getByRole("searchbox", { name: "Search all events" }).fill("#3");
  await events.getByRole("button", { name: /^3/ }).click();
  await expect(events.getByLabel("Event", { exact: true })).toContainText('"seq": 3');
});

test("a match far back that is loaded late leads nobody away from the next one", async ({ page, demo }) => {
  const sessionId = await makeLongSession(demo, 1_200);
  await signIn(page, demo);
  await page.goto(`${demo.url}/s/${sessionId}`);
  const log = page.getByRole("log", { name: "Transcript" });
  await log.getByText(/./).first().waitFor();
  await page.keyboard.press("Control+Shift+F");
  const field = page.getByRole("textbox", { name: "Search this session" });
  const state = page.getByRole("search").getByRole("status");
  await field.fill("look first");
  await field.press("Enter");
  await expect(state).toHaveText("1 of 100+");
  const marked = log.locator("[data-marked]");
  const newest = await marked.getAttribute("id");

  const released = Promise.withResolvers<void>();
  let underway = 0;
  await page.route(/session\.events/, async (route) => {
    underway += 1;
    await released.promise;
    await route.fulfill({ response: await route.fetch() });
    underway -= 1;
  });
  await field.press("Shift+Enter");
  await expect(state).toHaveText("Loading earlier events…");
  await expect.poll(() => underway).toBeGreaterThan(0);
  await field.press("Enter");
  await expect(state).toHaveText(/^1 of /);
  released.resolve();
  await expect.poll(() => underway).toBe(0);
  await settled(page);
  expect(await marked.getAttribute("id")).toBe(newest);
});
