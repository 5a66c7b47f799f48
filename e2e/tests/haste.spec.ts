import type { Page } from "@playwright/test";
import { readLog, say } from "@trunkline/testkit";
import { expect, type OwnAccount, send, sessionIdOf, signIn, test } from "../fixtures.ts";

/** What somebody does faster than the page can answer: keys after keys, clicks after clicks. */

const boxOf = (page: Page) => page.getByRole("textbox", { name: "Message" });

/** Requests whose address fits wait until they are let go. */
async function hold(page: Page, address: RegExp): Promise<() => void> {
  const released = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    await released.promise;
    await route.continue();
  });
  return released.resolve;
}

async function promptsOf({ client }: OwnAccount, sessionId: string): Promise<string[]> {
  const log = await readLog(client, sessionId);
  return log.flatMap((event) => (event.type === "task.submitted" ? [event.data.prompt] : []));
}

async function done(page: Page, times = 1): Promise<void> {
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toHaveCount(times);
}

test("Enter right after @ or / completes what was typed, and sends nothing half", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, 'tool: write_file {"path":"a-long-name.md","content":"x"}');
  const sessionId = await sessionIdOf(page);
  await done(page);
  const box = boxOf(page);

  const letFiles = await hold(page, /workspace\.list/);
  await box.fill("");
  await box.pressSequentially("see @a-lo");
  await box.press("Enter");
  letFiles();
  await expect(box).toHaveValue("see a-long-name.md ");

  // Where nothing completes it, it is sent.
  await box.fill("");
  await box.pressSequentially("reply: @nobody");
  await box.press("Enter");
  await expect(box).toHaveValue("");
  await done(page, 2);

  const letModels = await hold(page, /agent\.list/);
  await page.reload();
  await expect(box).toBeFocused();
  await box.pressSequentially("/agent");
  await box.press("Enter");
  letModels();
  await expect(box).toHaveValue("/agent ");
  expect((await promptsOf(server, sessionId)).slice(1)).toEqual(["reply: @nobody"]);
});

test("what runs by now does not take the place of what was marked in the list", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: first");
  const sessionId = await sessionIdOf(page);
  await done(page);
  // Its command is the first of the list.
  await expect(page.getByRole("combobox", { name: "Agent" })).toBeVisible();
  const box = boxOf(page);
  await box.pressSequentially("/");
  const list = page.getByRole("listbox", { name: "Completions" });
  const marked = list.getByRole("option", { selected: true });
  const name = (await marked.textContent()) ?? "";
  await server.client.task.submit.mutate({ sessionId, prompt: "stall" });
  await expect(list.getByRole("option", { name: "/stop" })).toBeVisible();
  await expect(marked).toHaveText(name);
});

test("a message that is sent right after the effort was chosen is worked on with it", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: first");
  const sessionId = await sessionIdOf(page);
  await done(page);
  const letUpdate = await hold(page, /session\.update/);
  await page.getByRole("combobox", { name: "Agent" }).selectOption("plan");
  await send(page, "reply: second");
  await expect(page.getByRole("log").getByText("reply: second").first()).toBeVisible();
  letUpdate();
  await done(page, 2);
  const log = await readLog(server.client, sessionId);
  const types = log.map(({ type }) => type);
  expect(types.indexOf("session.updated")).toBeLessThan(types.lastIndexOf("task.submitted"));
});

test("a double click acts once, however slow the page is", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: first");
  const sessionId = await sessionIdOf(page);
  await done(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await page.getByRole("button", { name: "Share" }).click();
  const links = page.getByRole("list", { name: "Links" }).getByRole("listitem");
  await page.getByRole("button", { name: "Create link" }).dblclick();
  await expect(links).toHaveCount(1);
  // By key it is the same call while it is on its way.
  await page.getByRole("combobox", { name: "Expires" }).selectOption({ label: "Never expires" });
  const letCreate = await hold(page, /share\.create/);
  await page.getByRole("button", { name: "Create link" }).evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  letCreate();
  await expect(links).toHaveCount(2);
  expect((await server.client.share.list.query({ sessionId })).items).toHaveLength(2);
  await page.keyboard.press("Escape");

  // The second half of a double click does not confirm what the first half asked.
  await server.client.token.create.mutate({ name: "spare", scope: "read" });
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "Revoke spare" }).dblclick();
  await expect(page.getByRole("button", { name: "Revoke token" })).toBeVisible();
  const { items } = await server.client.token.list.query({});
  expect(items.map(({ name }) => name)).toContain("spare");
});

test("a fork that is there late takes nobody away from what is being written", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: first");
  await sessionIdOf(page);
  await done(page);
  const letFork = await hold(page, /session\.fork/);
  await page.getByRole("button", { name: "More actions" }).first().click();
  await page.getByRole("menuitem", { name: "Fork" }).click();
  await page.getByRole("link", { name: "New task" }).click();
  await expect(boxOf(page)).toBeFocused();
  await page.keyboard.type("written mean");
  letFork();
  await expect(page.getByText("Session forked").first()).toBeVisible();
  await page.keyboard.type("while");
  await expect(boxOf(page)).toHaveValue("written meanwhile");
  await page.getByRole("link", { name: "Show" }).first().click();
  await page.waitForURL(/\/s\//);
});

test("an answer that is sent in the first second of its card goes after it", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, 'tool: ask_user {"question":"Which colour?"}\nreply: fine');
  const answer = page.getByRole("textbox", { name: "Your answer" });
  await answer.fill("blue");
  await answer.press("Enter");
  await done(page);
  const log = await readLog(server.client, await sessionIdOf(page));
  expect(log.filter(({ type }) => type === "question.answered")).toHaveLength(1);
});

test("two Enters in the form of a token make one", async ({ page, server }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "New token" }).click();
  const form = page.getByRole("form", { name: "New token" });
  await form.getByRole("textbox", { name: "Name" }).fill("laptop");
  await form.getByLabel("Confirm with a token").fill(server.token);
  // In one task of the page: nothing is rendered between them.
  await form.evaluate((element: HTMLFormElement) => {
    element.requestSubmit();
    element.requestSubmit();
  });
  await expect(page.getByText("Copy it now")).toBeVisible();
  const { items } = await server.client.token.list.query({});
  expect(items.filter(({ name }) => name === "laptop")).toHaveLength(1);
});

test("a second Esc does not stop the task that has begun since the first", async ({
  page,
  provider,
  server,
}) => {
  // The first Esc stays in mind for as long as the tasks take to change here.
  await page.addInitScript(() => {
    const wait = globalThis.setTimeout.bind(globalThis) as (act: () => void, ms?: number) => number;
    globalThis.setTimeout = ((act: () => void, ms?: number) =>
      wait(act, ms === 3_000 ? 1e9 : ms)) as typeof setTimeout;
  });
  const end = Promise.withResolvers<void>();
  provider.enqueue(say.reply(say.until(end.promise), say.text("first")));
  await signIn(page, server);
  await send(page, "go");
  const sessionId = await sessionIdOf(page);
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  await send(page, "stall");
  await expect(page.getByRole("button", { name: "Stop · 1 queued continues" })).toBeVisible();
  await boxOf(page).press("Escape");
  const asked = page.getByText("Press Esc again to stop");
  await expect(asked).toBeVisible();
  end.resolve();
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  await expect(asked).toBeHidden();
  await boxOf(page).press("Escape");
  await expect(asked).toBeVisible();
  const { tasks } = await server.client.session.get.query({ sessionId });
  expect(tasks.map(({ state }) => state)).toEqual(["working", "completed"]);
});

test("of two edits of the queue that failed together, each can be saved again", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "stall");
  const sessionId = await sessionIdOf(page);
  const items = page.getByRole("list", { name: "Queued" }).getByRole("listitem");
  const prompts = ["reply: one", "reply: two"];
  for (const [place, prompt] of prompts.entries()) {
    await send(page, prompt);
    await expect(items.nth(place).getByRole("button", { name: "Edit" })).toBeAttached();
  }
  let isAway = true;
  const released = Promise.withResolvers<void>();
  let failed = 0;
  await page.route(/task\.edit/, async (route) => {
    await released.promise;
    if (!isAway) return route.continue();
    failed += 1;
    return route.abort();
  });
  for (const [place, prompt] of prompts.entries()) {
    await items.nth(place).hover();
    await items.nth(place).getByRole("button", { name: "Edit" }).click();
    const field = items.nth(place).getByRole("textbox", { name: "Queued message" });
    await field.fill(`${prompt}, changed`);
    await field.press("Enter");
  }
  released.resolve();
  await expect.poll(() => failed).toBe(2);
  await expect(page.getByText("Couldn't update the queue")).toHaveCount(2);
  isAway = false;
  for (const place of [0, 1])
    await items.nth(place).getByRole("textbox", { name: "Queued message" }).press("Enter");
  await expect
    .poll(async () =>
      (await server.client.session.get.query({ sessionId })).tasks.map(({ prompt }) => prompt),
    )
    .toEqual(["reply: two, changed", "reply: one, changed", "stall"]);
});
