import { createClient } from "@trunkline/client";
import { expect, signIn, test } from "../fixtures.ts";

test("a token is made, shown once, used by a program and by another browser, and revoked", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  const tokens = page.getByRole("region", { name: "Tokens" });
  await expect(tokens.getByText("this browser")).toBeVisible();
  await tokens.getByRole("button", { name: "New token" }).click();
  const form = tokens.getByRole("form", { name: "New token" });
  await form.getByRole("textbox", { name: "Name" }).fill("nightly");
  await form.getByRole("combobox", { name: "Scope" }).selectOption("read");
  // A browser's sign-in alone creates nothing lasting.
  const confirmation = form.getByLabel("Confirm with a token");
  await confirmation.fill(`tl_${"x".repeat(43)}`);
  await form.getByRole("button", { name: "Create" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await confirmation.fill(server.token);
  await form.getByRole("button", { name: "Create" }).click();
  const secret = (await tokens.locator("code").textContent()) ?? "";
  expect(secret).toMatch(/^tl_[\w-]{43,}$/);

  const program = createClient({ url: server.url, token: secret });
  expect(await program.session.list.query({})).toMatchObject({ items: [] });
  await expect(program.task.submit.mutate({ prompt: "reply: no" })).rejects.toThrow();

  await page.reload();
  await expect(tokens.getByText("nightly")).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  expect(
    await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])),
  ).not.toContain(secret);

  const other = await browser.newContext();
  const guest = await other.newPage();
  await guest.goto(server.url);
  const field = guest.getByRole("textbox", { name: "Token" }).or(guest.getByLabel("Token", { exact: true }));
  await field.fill("tl_wrong");
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByRole("alert").filter({ hasText: "This token doesn't work" })).toBeVisible();
  await field.fill(` ${secret} `);
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByRole("textbox", { name: "Message" })).toBeVisible();
  expect(guest.url()).toBe(`${server.url}/`);

  await tokens.getByRole("button", { name: "Revoke nightly" }).click();
  await tokens.getByRole("button", { name: "Revoke token" }).click();
  await expect(tokens.getByText("nightly")).toBeHidden();
  await expect(program.session.list.query({})).rejects.toThrow();
  // The browser that signed in with it is signed out as well.
  await guest.reload();
  await expect(guest.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
  await other.close();
});

test("settings say whether commands run in a sandbox", async ({ page, server }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  const { sandbox } = await server.client.server.info.query();
  const section = page.getByRole("region", { name: "Sandbox" });
  await expect(
    section.getByText(sandbox.active ? "Sandboxed" : "Not sandboxed", { exact: true }),
  ).toBeVisible();
  if (sandbox.reason !== null) await expect(section.getByText(sandbox.reason)).toBeVisible();
});
