import { addUser } from "@trunkline/testkit";
import { expect, signIn, test } from "../fixtures.ts";

test("what is written in the settings stays while one looks at something else, and the browser asks before it goes", async ({
  page,
  server,
}) => {
  await page.clock.install();
  await server.client.mcp.add.mutate({
    name: "notes",
    transport: { kind: "http", url: "https://mcp.example/mcp" },
    enabled: false,
  });
  await signIn(page, server);
  const settings = page.getByRole("link", { name: "Settings" });
  const newTask = page.getByRole("complementary").getByRole("link", { name: "New task" });
  await settings.click();
  await page.getByRole("button", { name: "New project" }).click();
  const project = page.getByRole("form", { name: "New project" });
  await project.getByRole("textbox", { name: "Instructions" }).fill("Never push.");
  await page.getByRole("button", { name: "Edit notes" }).click();
  const mcp = page.getByRole("form", { name: "MCP server" });
  await mcp.getByRole("textbox", { name: "Headers" }).fill("Authorization: Bearer x");
  await newTask.click();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
  await expect(project).toBeHidden();
  // Longer than what nobody looks at is kept.
  await page.clock.fastForward("10:00");
  await settings.click();
  await expect(project.getByRole("textbox", { name: "Instructions" })).toHaveValue("Never push.");
  await expect(mcp.getByRole("textbox", { name: "Headers" })).toHaveValue("Authorization: Bearer x");

  await mcp.getByRole("button", { name: "Cancel" }).click();
  await newTask.click();
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => setTimeout(() => location.reload()));
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await settings.click();
  await project.getByRole("button", { name: "Cancel" }).click();
  page.on("dialog", () => expect("asked").toBe("not asked"));
  await page.reload();
  await expect(page.getByRole("button", { name: "New project" })).toBeVisible();
  await expect(project).toBeHidden();
});

test("who was removed is asked about no more, and an old failure is no answer to what is written next", async ({
  page,
  server,
  sharedServer,
}) => {
  const name = `leaving-${server.name}`;
  await addUser(sharedServer, name);
  await signIn(page, server);
  await page.getByRole("link", { name: "Settings" }).click();
  const people = page.getByRole("region", { name: "People" });
  await people.getByRole("button", { name: `Remove ${name}` }).click();
  const question = people.getByRole("group", { name: `Remove ${name}?` });
  await question.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(people.getByRole("button", { name: `Restore ${name}` })).toBeVisible();
  await expect(question).toBeHidden();

  const servers = page.getByRole("region", { name: "MCP servers" });
  const add = servers.getByRole("button", { name: "Add server" });
  await add.click();
  const form = servers.getByRole("form", { name: "MCP server" });
  await form.getByRole("textbox", { name: "Name" }).fill("Notes!");
  await form.getByRole("textbox", { name: "URL" }).fill("http://127.0.0.1:9/mcp");
  await form.getByRole("button", { name: "Add server" }).click();
  await expect(form.getByRole("alert")).toContainText("lower-case");
  await form.getByRole("button", { name: "Cancel" }).click();
  await add.click();
  await expect(form).toBeVisible();
  await expect(form.getByRole("alert")).toBeHidden();
});

test("a screen that could not be loaded is in nobody's way elsewhere", async ({ page, context, server }) => {
  // What is fetched ahead is not there yet.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  await signIn(page, server);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("Something went wrong")).toBeVisible();
  await page.getByRole("complementary").getByRole("link", { name: "New task" }).click();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
});

test("a new token gives what the form shows, whatever could confirm more", async ({
  page,
  server,
  sharedServer,
}) => {
  const writer = await addUser(sharedServer, `writer-${server.name}`, "write");
  const reader = await writer.client.token.create.mutate({ name: "a reader", scope: "read" });
  await signIn(page, { url: server.url, token: reader.secret });
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "New token" }).click();
  const form = page.getByRole("form", { name: "New token" });
  await form.getByRole("textbox", { name: "Name" }).fill("for a display");
  await expect(form.getByRole("combobox", { name: "Scope" })).toHaveText("Read only");
  await form.getByLabel("Confirm with a token").fill(writer.token);
  await form.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Copy it now")).toBeVisible();
  const { items } = await writer.client.token.list.query({});
  expect(items.find(({ name }) => name === "for a display")?.scopes).toEqual(["read"]);
});

test("to edit another project gives up nothing that was written of the first", async ({ page, server }) => {
  for (const name of ["one", "two"]) {
    const source = { kind: "git", url: `https://git.example.com/${name}.git` } as const;
    await server.client.project.create.mutate({ name: `${name}-${server.name}`, source });
  }
  await signIn(page, server);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: `Edit one-${server.name}` }).click();
  const instructions = page.getByRole("textbox", { name: "Instructions for the agent" });
  await instructions.fill("Never push.");
  await page.getByRole("button", { name: `Edit two-${server.name}` }).click();
  await expect(instructions).toHaveCount(2);
  await expect(instructions.first()).toHaveValue("Never push.");
});
