import { followTask } from "@trunkline/client";
import { expect, signIn, test } from "../fixtures.ts";

test("B2-palette: one letter is a word, and titles are found whatever the case, width or accents", async ({
  page,
  server,
}) => {
  const { client } = server;
  const task = await client.task.submit.mutate({ prompt: "reply: 犬" });
  for await (const _event of followTask(client, task)) continue;
  await client.session.update.mutate({ sessionId: task.sessionId, title: "Pets" });
  await client.session.create.mutate({ title: "Straße İstanbul" });
  await client.session.create.mutate({ title: "cafe\u0301" });
  await signIn(page, server);
  await page.getByRole("textbox", { name: "Message" }).press("Control+k");
  const search = page.getByRole("combobox", { name: "Search" });
  const group = (name: string) => page.getByRole("group", { name });

  await search.fill("犬");
  await expect(group("Messages and events").getByRole("option").first()).toContainText("犬");
  await expect(group("Sessions")).toBeHidden();
  for (const [typed, title] of [
    ["STRASSE", "Straße"],
    ["istanbul", "Straße"],
    ["caf\u00e9", "cafe\u0301"],
  ] as const) {
    await search.fill(typed);
    await expect(group("Sessions").getByRole("option", { name: title })).toHaveCount(1);
  }
  await search.fill("ＤＡＲＫ");
  await expect(group("Actions").getByRole("option", { name: "Theme: dark" })).toBeVisible();
});

test("whatever is typed and whatever comes and goes, something is selected, and Enter takes it", async ({
  page,
  server,
}) => {
  const { client } = server;
  const titles = ["settings of old", "sign here", "theme park"];
  for (const title of titles) await client.session.create.mutate({ title });
  const { id } = await client.session.create.mutate({ title: "settings that go" });
  await signIn(page, server);
  await page.getByRole("textbox", { name: "Message" }).press("Control+k");
  const search = page.getByRole("combobox", { name: "Search" });
  const selected = page.getByRole("option", { selected: true });

  for (const typed of [
    "settings",
    "sign",
    "theme",
    "new",
    "",
    "settin",
    "sign o",
    "theme: d",
    "settings t",
  ]) {
    await search.fill(typed);
    await expect(selected).toHaveCount(1);
    if (typed !== "") await expect(selected).toContainText(new RegExp(typed, "i"));
  }
  await expect(selected).toContainText("settings that go");
  await client.session.delete.mutate({ sessionId: id });
  await search.fill("setting");
  await expect(page.getByRole("option", { name: "settings that go" })).toHaveCount(0);
  await expect(selected).toContainText("settings of old");
  await page.keyboard.press("ArrowDown");
  await expect(selected).toHaveText("Settings");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/settings$/);
});

test("Enter takes what fits all that was typed, however fast it was typed", async ({ page, server }) => {
  await server.client.session.create.mutate({ title: "begin here" });
  await signIn(page, server);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  for (const [typed, path] of [
    ["settings", /\/settings$/],
    ["new task", /\/$/],
    ["settings", /\/settings$/],
    ["begin", /\/s\/./],
  ] as const) {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
    await page.waitForURL(path);
  }
});

test("what is found late takes the mark from nothing that was seen before it", async ({ page, demo }) => {
  const { client } = demo;
  const { id: sessionId } = await client.session.create.mutate({ title: "Stones" });
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt: "say: the settings of stones" });
  for await (const _event of followTask(client, { sessionId, taskId })) continue;
  await signIn(page, demo);
  const answer = Promise.withResolvers<void>();
  await page.route(/search\.query/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).fill("settings");
  const selected = page.getByRole("option", { selected: true });
  await expect(selected).toHaveText("Settings");
  answer.resolve();
  await expect(page.getByRole("option", { name: /of stones/ }).first()).toBeVisible();
  await expect(selected).toHaveText("Settings");
});

test("Enter before anything is found takes what is found, unless something else is typed by then", async ({
  page,
  demo,
}) => {
  const { client } = demo;
  const { id: sessionId } = await client.session.create.mutate({ title: "Stones" });
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt: "say: the quartz" });
  for await (const _event of followTask(client, { sessionId, taskId })) continue;
  await signIn(page, demo);
  let answer = Promise.withResolvers<void>();
  await page.route(/(session\.list|search\.query)\?.*quar/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  const search = page.getByRole("combobox", { name: "Search" });

  await page.keyboard.press("Control+k");
  await search.fill("quartz");
  await search.press("Enter");
  await search.fill("quar");
  answer.resolve();
  await expect(page.getByRole("option", { name: /quartz/, selected: true })).toBeVisible();
  await expect(search).toHaveValue("quar");

  answer = Promise.withResolvers<void>();
  await search.fill("zzz");
  await expect(page.getByText("No results")).toBeVisible();
  await search.fill("the quartz");
  await expect(page.getByRole("option")).toHaveCount(0);
  await search.press("Enter");
  await expect(search).toBeVisible();
  answer.resolve();
  await page.waitForURL(new RegExp(`/s/${sessionId}#e-`));
  await expect(search).toBeHidden();
});

test("the Enter that ends a composition opens nothing", async ({ page, demo }) => {
  const { client } = demo;
  const { id: sessionId } = await client.session.create.mutate({ title: "Stones" });
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt: "say: the quartz" });
  for await (const _event of followTask(client, { sessionId, taskId })) continue;
  await signIn(page, demo);
  const answer = Promise.withResolvers<void>();
  await page.route(/(session\.list|search\.query)\?.*quartz/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  const search = page.getByRole("combobox", { name: "Search" });
  await page.keyboard.press("Control+k");
  await search.fill("quartz");
  await expect(page.getByText("Searching…")).toBeVisible();
  // Safari's order and code: the composition has ended when its key arrives.
  await search.evaluate((field) => {
    field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "quartz" }));
    const key = { key: "Enter", keyCode: 229, bubbles: true, cancelable: true };
    field.dispatchEvent(new KeyboardEvent("keydown", key));
  });
  answer.resolve();
  await expect(page.getByRole("option", { name: /quartz/, selected: true })).toBeVisible();
  await expect(search).toHaveValue("quartz");
  await search.press("Enter");
  await page.waitForURL(new RegExp(`/s/${sessionId}#e-`));
});

test("what was deleted is not found by an answer to the same words that was late", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  const { id: sessionId } = await server.client.session.create.mutate({ title: "a kangaroo" });
  const late = Promise.withResolvers<void>();
  const next = Promise.withResolvers<void>();
  const answered = new Set<string>();
  let isDeleted = false;
  await page.route(/(session\.list|search\.query)\?.*kangaroo/, async (route) => {
    if (isDeleted) {
      await next.promise;
      return route.continue();
    }
    const response = await route.fetch();
    for (const name of /[^/]+(?=\?)/.exec(route.request().url())?.[0].split(",") ?? []) answered.add(name);
    await late.promise;
    // Its page may not wait for it any more.
    await route.fulfill({ response }).catch(() => undefined);
  });
  const dialog = page.getByRole("dialog");
  const search = async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await dialog.getByRole("combobox").fill("kangaroo");
  };
  await search();
  await expect.poll(() => answered.size).toBe(2);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await server.client.session.delete.mutate({ sessionId });
  isDeleted = true;
  await expect(page.getByRole("link", { name: /kangaroo/ })).toBeHidden();
  await search();
  await expect(dialog.getByText("Searching…")).toBeVisible();
  late.resolve();
  next.resolve();
  await expect(page.getByText("No results")).toBeVisible();
});

test("what was deleted is not found for words that were searched before", async ({ page, server }) => {
  await signIn(page, server);
  const task = await server.client.task.submit.mutate({ prompt: "reply: kangaroo" });
  for await (const _event of followTask(server.client, task)) continue;
  const { sessionId } = task;
  const search = async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("dialog").getByRole("combobox").fill("kangaroo");
  };
  const options = page.getByRole("dialog").getByRole("option");
  await search();
  await expect(options.first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await server.client.session.delete.mutate({ sessionId });
  // What is shown of an answer from before is there at once.
  const shown: string[] = [];
  await page.exposeFunction("note", (text: string) => shown.push(text));
  await page.evaluate(() => {
    const { note } = window as unknown as { note: (text: string) => void };
    new MutationObserver(() => {
      for (const option of document.querySelectorAll("[role=option]")) note(option.textContent);
    }).observe(document.body, { childList: true, subtree: true });
  });
  await expect(page.getByRole("link", { name: /kangaroo/ })).toBeHidden();
  shown.length = 0;
  await search();
  await expect(page.getByText("No results")).toBeVisible();
  expect(shown.filter((text) => text.includes("kangaroo"))).toEqual([]);
});
