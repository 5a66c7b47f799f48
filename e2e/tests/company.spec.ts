import type { Page } from "@playwright/test";
import { ToxicProxy } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test, watchFor } from "../fixtures.ts";

/** What somebody else, or the same user in another tab, does meanwhile takes nothing of what is written here. */

const boxOf = (page: Page) => page.getByRole("textbox", { name: "Message" });

test("who opens a title and changes nothing keeps the one that it was given meanwhile", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: first");
  const sessionId = await sessionIdOf(page);
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  await page.getByRole("heading", { level: 1 }).getByRole("button").click();
  await expect(page.getByRole("textbox", { name: "Session title" })).toBeFocused();
  await server.client.session.update.mutate({ sessionId, title: "Named elsewhere" });
  await expect(page.getByRole("link", { name: /Named elsewhere/ })).toBeVisible();
  let updates = 0;
  page.on("request", (request) => (updates += Number(request.url().includes("session.update"))));
  await page.getByRole("textbox", { name: "Session title" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Named elsewhere" })).toBeVisible();
  expect(updates).toBe(0);
});

test("who opens a queued prompt and changes nothing keeps what another tab made of it", async ({
  page,
  context,
  server,
}) => {
  await signIn(page, server);
  await send(page, "stall");
  const sessionId = await sessionIdOf(page);
  await send(page, "reply: as first written");
  const chipOf = (tab: Page) => tab.getByRole("list", { name: "Queued" }).getByRole("listitem");
  const second = await context.newPage();
  await second.goto(page.url());
  for (const tab of [second, page]) {
    await chipOf(tab).hover();
    await chipOf(tab).getByRole("button", { name: "Edit" }).click();
  }
  const fieldOf = (tab: Page) => tab.getByRole("textbox", { name: "Queued message" });
  await fieldOf(page).fill("reply: as written here");
  await fieldOf(page).press("Enter");
  await expect(chipOf(page)).toContainText("as written here");
  await expect(fieldOf(second)).toHaveValue("reply: as written here");
  await fieldOf(second).press("Enter");
  await expect(fieldOf(second)).toBeHidden();
  await expect(chipOf(second)).toContainText("as written here");
  const { tasks } = await server.client.session.get.query({ sessionId });
  expect(tasks.map(({ prompt }) => prompt)).toContain("reply: as written here");
});

test("a queued prompt that two tabs changed is saved over by nobody unasked, and Esc saves nothing", async ({
  page,
  context,
  server,
}) => {
  await signIn(page, server);
  await send(page, "stall");
  const sessionId = await sessionIdOf(page);
  await send(page, "reply: as first written");
  const chipOf = (tab: Page) => tab.getByRole("list", { name: "Queued" }).getByRole("listitem");
  const fieldOf = (tab: Page) => tab.getByRole("textbox", { name: "Queued message" });
  const open = async (tab: Page) => {
    await chipOf(tab).hover();
    await chipOf(tab).getByRole("button", { name: "Edit" }).click();
  };
  const queued = async () => {
    const { tasks } = await server.client.session.get.query({ sessionId });
    return tasks.map(({ prompt }) => prompt).filter((prompt) => prompt !== "stall");
  };
  let edits = 0;
  page.on("request", (request) => (edits += Number(request.url().includes("task.edit"))));
  await open(page);
  await fieldOf(page).fill("reply: not meant");
  await fieldOf(page).press("Escape");
  await expect(fieldOf(page)).toBeHidden();
  await expect(chipOf(page)).toContainText("as first written");
  await expect(boxOf(page)).toBeFocused();
  expect(edits).toBe(0);

  const second = await context.newPage();
  await second.goto(page.url());
  for (const [tab, text] of [
    [second, "reply: by the second"],
    [page, "reply: by the first"],
  ] as const) {
    await open(tab);
    await fieldOf(tab).fill(text);
  }
  await fieldOf(page).press("Enter");
  await expect(fieldOf(page)).toBeHidden();
  const note = chipOf(second).getByRole("alert");
  await expect(note).toContainText("Changed elsewhere to: reply: by the first");
  await fieldOf(second).press("Enter");
  await second.getByRole("textbox", { name: "Message", exact: true }).click();
  await expect(fieldOf(second)).toHaveValue("reply: by the second");
  expect(await queued()).toEqual(["reply: by the first"]);
  await note.getByRole("button", { name: "Save mine" }).click();
  await expect(fieldOf(second)).toBeHidden();
  await expect(chipOf(page)).toContainText("by the second");
  expect(await queued()).toEqual(["reply: by the second"]);
});

test("an answer that somebody else gives first leaves what was written in the message box", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, 'tool: ask_user {"question":"Which colour?"}\nreply: fine');
  const sessionId = await sessionIdOf(page);
  const answer = page.getByRole("textbox", { name: "Your answer" });
  await answer.click();
  await page.keyboard.type("A long and careful answer");
  const { questions } = await server.client.session.get.query({ sessionId });
  const questionId = questions?.[0]?.id ?? "";
  const { seen } = await watchFor(page, /What you wrote is in the message box\./);
  await server.client.question.answer.mutate({ questionId, answer: { text: "blue" } });
  await expect(answer).toBeHidden();
  await expect(boxOf(page)).toHaveValue(/^A long and careful answer/);
  await seen;
});

test("a session that is deleted under its reader leaves what was written for a new task", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: first");
  const sessionId = await sessionIdOf(page);
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  await boxOf(page).fill("A follow-up that took long");
  await server.client.session.delete.mutate({ sessionId });
  await expect(page.getByText(/Session not found/)).toBeVisible();
  await expect(page.getByText(/What you wrote is in the box of a new task/)).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "New task" }).click();
  await expect(boxOf(page)).toHaveValue("A follow-up that took long");
});

test("a session that is opened while the network is away comes with it, and takes what is typed meanwhile", async ({
  page,
  server,
}) => {
  const { id } = await server.client.session.create.mutate({ title: "Opened offline" });
  await using proxy = await ToxicProxy.start({ target: server.url });
  await signIn(page, { url: proxy.url, token: server.token });
  const link = page
    .getByRole("navigation", { name: "Sessions" })
    .getByRole("link", { name: /Opened offline/ });
  await expect(link).toBeVisible();
  await proxy.refuse();
  proxy.cutAll();
  await link.click();
  await expect(boxOf(page)).toBeFocused();
  await page.keyboard.type("reply: typed meanwhile");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Waiting to be sent" })).toContainText("typed meanwhile");
  await proxy.accept();
  await expect(page.getByRole("heading", { name: "Opened offline" })).toBeVisible();
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  expect(await sessionIdOf(page)).toBe(id);
});

test("who goes back while a question is open has not confirmed it", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: first");
  await sessionIdOf(page);
  await page.getByRole("button", { name: "More actions" }).first().click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("alertdialog")).toBeHidden();
  expect((await server.client.session.list.query({})).items).toHaveLength(1);
});

test("a form of the settings saves what was changed in it, and leaves what somebody else saved meanwhile", async ({
  page,
  server,
}) => {
  const { client } = server;
  const source = { kind: "git" as const, url: "https://git.example.com/team/api.git" };
  const { id: projectId } = await client.project.create.mutate({ name: "api", source, network: "on" });
  const transport = { kind: "stdio" as const, command: "node", args: ["server.js"] };
  const { id: serverId } = await client.mcp.add.mutate({ name: "notes", transport, trust: "annotations" });
  await client.budget.set.mutate({ scope: "user", month: { tokens: 9_000, costUsd: 5 } });
  await signIn(page, server);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Edit api" }).click();
  await page.getByRole("button", { name: "Edit notes" }).click();
  await page.getByRole("button", { name: "Change limits" }).click();
  const project = page.getByRole("form", { name: "Settings of api" });
  const mcp = page.getByRole("form", { name: "MCP server" });
  await expect(project.getByRole("combobox", { name: "Network of commands" })).toHaveValue("on");
  await expect(mcp.getByRole("textbox", { name: "Command" })).toHaveValue("node server.js");

  await client.project.update.mutate({ projectId, network: "off", instructions: "Ask first" });
  await client.mcp.update.mutate({ serverId, trust: "none", enabled: false });
  await client.budget.set.mutate({ scope: "user", month: { tokens: 9_000, costUsd: 1 } });
  await project.getByRole("textbox", { name: "Setup command" }).fill("npm test");
  await project.getByRole("button", { name: "Save" }).click();
  await expect(project).toBeHidden();
  await mcp.getByRole("textbox", { name: "Command" }).fill("node other.js");
  await mcp.getByRole("button", { name: "Save server" }).click();
  await expect(mcp).toBeHidden();
  await page.getByRole("textbox", { name: "Tokens in total" }).fill("70000");
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByText("of 70k")).toBeVisible();

  expect(await client.project.get.query({ projectId })).toMatchObject({
    network: "off",
    instructions: "Ask first",
    setup: "npm test",
  });
  const { items } = await client.mcp.list.query({});
  expect(items.find(({ id }) => id === serverId)).toMatchObject({
    trust: "none",
    enabled: false,
    transport: { args: ["other.js"] },
  });
  const budget = await client.budget.get.query({ scope: "user" });
  expect(budget).toMatchObject({ month: { tokens: 9_000, costUsd: 1 }, total: { tokens: 70_000 } });
});

test("a form takes nothing while it is saved: what is typed then would go with it", async ({
  page,
  server,
}) => {
  const source = { kind: "git" as const, url: "https://git.example.com/team/web.git" };
  const { id: projectId } = await server.client.project.create.mutate({ name: "web", source });
  await signIn(page, server);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Edit web" }).click();
  const form = page.getByRole("form", { name: "Settings of web" });
  const setup = form.getByRole("textbox", { name: "Setup command" });
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/trpc/project.update*", async (route) => {
    await held;
    await route.abort();
  });
  await setup.fill("npm ci");
  await form.getByRole("textbox", { name: "Name" }).press("Enter");
  await expect(setup).toBeDisabled();
  answer();
  await expect(form.getByRole("alert")).toBeVisible();
  // Whoever has to try again goes on where they were.
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await expect(setup).toHaveValue("npm ci");
  await page.unroute("**/trpc/project.update*");
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
  expect(await server.client.project.get.query({ projectId })).toMatchObject({ setup: "npm ci" });
});
