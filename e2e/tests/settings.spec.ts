import { accessibilityViolations } from "../accessibility.ts";
import { expect, send, signIn, test } from "../fixtures.ts";

test("14.1: usage, budgets and MCP servers are seen and changed in the settings", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: counted");
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  await expect(page.getByRole("banner").getByText(/^1 model calls: /)).toBeAttached();
  await page.getByRole("link", { name: "Settings" }).click();

  const usage = page.getByRole("region", { name: "Usage" });
  await usage.getByRole("combobox", { name: "Group usage" }).selectOption("session");
  await expect(
    usage
      .getByRole("row", { name: /counted/ })
      .getByRole("cell")
      .first(),
  ).toHaveText("1");

  const budgets = page.getByRole("region", { name: "Budgets" });
  await expect(budgets.getByText("no limit").first()).toBeVisible();
  await budgets.getByRole("button", { name: "Change limits" }).click();
  await budgets.getByRole("textbox", { name: "Tokens per month" }).fill("1.5");
  await expect(budgets.getByRole("button", { name: "Save limits" })).toBeDisabled();
  await budgets.getByRole("textbox", { name: "Tokens per month" }).fill("5000000");
  await budgets.getByRole("button", { name: "Save limits" }).click();
  await expect(budgets.getByText("of 5.0M")).toBeVisible();
  expect((await server.client.budget.get.query({ scope: "user" })).month).toEqual({ tokens: 5_000_000 });

  const servers = page.getByRole("region", { name: "MCP servers" });
  await servers.getByRole("button", { name: "Add server" }).click();
  const form = servers.getByRole("form", { name: "MCP server" });
  await form.getByRole("textbox", { name: "Name" }).fill("Notes!");
  await form.getByRole("combobox", { name: "Connection" }).selectOption("stdio");
  await form.getByRole("textbox", { name: "Command" }).fill('node server.js "two words"');
  await form.getByRole("textbox", { name: "Environment variables" }).fill("KEY=secret-value-1");
  await form.getByRole("button", { name: "Add server" }).click();
  await expect(form.getByRole("alert")).toContainText("lower-case");
  await form.getByRole("textbox", { name: "Name" }).fill("notes");
  await form.getByRole("button", { name: "Add server" }).click();
  await expect(servers.getByText("Connects when needed")).toBeVisible();
  await expect(servers.getByText("node server.js two words")).toBeVisible();
  await servers.getByRole("button", { name: "Edit notes" }).click();
  await expect(form.getByRole("textbox", { name: "Environment variables" })).toHaveValue("KEY");
  await expect(page.getByRole("region", { name: "Retention" })).toContainText("Sessions stay until");
  expect(await accessibilityViolations(page)).toEqual([]);
  const shots = process.env["SHOTS"];
  if (shots !== undefined) await page.screenshot({ path: `${shots}/settings.png`, fullPage: true });
  await form.getByRole("button", { name: "Save server" }).click();
  await expect(form).toBeHidden();
  await servers.getByRole("button", { name: "Turn off notes" }).click();
  await expect(servers.getByText("Off", { exact: true })).toBeVisible();
  await servers.getByRole("button", { name: "Remove notes" }).click();
  await page.getByRole("button", { name: "Remove server" }).click();
  await expect(servers.getByText("No MCP servers.")).toBeVisible();
});
