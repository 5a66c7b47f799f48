import type { Page } from "@playwright/test";
import { followTask } from "@trunkline/client";
import { accessibilityViolations } from "../accessibility.ts";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

const SHOTS = process.env["SHOTS"];
const LOOKS = [
  { name: "wide", width: 1440, height: 900, colorScheme: "light" },
  { name: "wide-dark", width: 1440, height: 900, colorScheme: "dark" },
  { name: "narrow", width: 390, height: 844, colorScheme: "light" },
  { name: "narrow-dark", width: 390, height: 844, colorScheme: "dark" },
] as const;

/** Accessible in every look; with SHOTS, a picture of each. */
async function looksRight(page: Page, name: string): Promise<void> {
  for (const { name: look, width, height, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityViolations(page), look).toEqual([]);
    const hasNoSideScroll = await page.evaluate(() => document.body.scrollWidth <= window.innerWidth);
    expect(hasNoSideScroll, look).toBe(true);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}-${look}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ colorScheme: "light" });
}

test("14: a session is shared by a link, read live by somebody without an account, and closed again", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, server);
  await send(page, "run: echo forty-two > answer.txt && cat answer.txt\nreply: The answer is there.");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("The answer is there.", { exact: true })).toBeVisible();
  const sessionId = await sessionIdOf(page);

  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share this session" });
  await dialog.getByRole("combobox", { name: "Expires" }).selectOption("Expires in a day");
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = (await dialog.getByText(`${server.url}/shared/`).textContent()) ?? "";
  expect(link).toMatch(new RegExp(`^${server.url}/shared/${sessionId}#tl_[\\w-]{43}$`));
  await expect(dialog.getByText("not opened yet")).toBeVisible();
  await looksRight(page, "share-dialog");

  const stranger = await (await browser.newContext()).newPage();
  const asked = new Set<string>();
  stranger.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/trpc/")) for (const call of pathname.slice(6).split(",")) asked.add(call);
    else if (pathname.startsWith("/api/")) asked.add(pathname);
  });
  await stranger.goto(link);
  const shown = stranger.getByRole("log", { name: "Transcript" });
  await expect(shown.getByText("The answer is there.", { exact: true })).toBeVisible();
  await expect(stranger.getByText("Shared, read-only")).toBeVisible();
  await expect(stranger.getByRole("textbox")).toHaveCount(0);
  await expect(stranger.locator('meta[name="robots"]')).toHaveAttribute("content", /noindex/);
  await looksRight(stranger, "shared-page");

  await dialog.getByRole("button", { name: "Close" }).click();
  await send(page, "reply: And this came later.");
  await expect(shown.getByText("And this came later.", { exact: true })).toBeVisible();
  await stranger.reload();
  await expect(shown.getByText("And this came later.", { exact: true })).toBeVisible();
  expect([...asked].toSorted()).toEqual(["session.events", "session.get", "session.subscribe"]);

  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(stranger.getByText("This link doesn't work")).toBeVisible();
  await looksRight(stranger, "shared-revoked");
  await expect(dialog.getByRole("listitem")).toHaveCount(0);
  await stranger.context().close();
});

test("a shared link that is opened while the server can't be reached comes with it", async ({
  page,
  server,
}) => {
  const task = await server.client.task.submit.mutate({ prompt: "reply: it is there" });
  for await (const _event of followTask(server.client, task)) continue;
  const { sessionId } = task;
  const { secret } = await server.client.share.create.mutate({ sessionId });
  await page.route("**/trpc/**", (route) => route.abort("internetdisconnected"));
  await page.goto(`${server.url}/shared/${sessionId}#${secret}`);
  await expect(page.getByText("Reconnecting…")).toBeVisible();
  await page.unroute("**/trpc/**");
  await expect(page.getByRole("log").getByText("it is there", { exact: true })).toBeVisible();
  await expect(page.getByText("Shared, read-only")).toBeVisible();
});
