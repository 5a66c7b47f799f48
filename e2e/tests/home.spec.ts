import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { say } from "@trunkline/testkit";
import { accessibilityViolations } from "../accessibility.ts";
import { expect, signIn, test } from "../fixtures.ts";

/** A picture of the screen, where one is wanted: `SHOTS=dir`. */
async function shot(page: Page, name: string): Promise<void> {
  const directory = process.env["SHOTS"];
  if (directory !== undefined) await page.screenshot({ path: `${directory}/${name}.png` });
}

test("14.1: the inbox shows a whole command, which is answered in place, what runs, and what ended unseen", async ({
  page,
  asking,
  provider,
}) => {
  await signIn(page, asking);
  const end = Promise.withResolvers<void>();
  const { client } = asking;
  provider.enqueue(
    say.reply(say.toolCall("bash", { command: "echo one\nrm -rf build" })),
    say.reply(say.text("working"), say.until(end.promise), say.text(" over")),
    say.reply(say.text("## Cleaned up\n\nNothing is left.")),
  );
  const { sessionId } = await client.task.submit.mutate({ prompt: "クリーンアップを実行してください" });
  const needsYou = page.getByRole("main").getByRole("region", { name: "Requests" });
  const card = needsYou.getByRole("article");
  await expect(card.getByLabel("What would be done")).toHaveText("echo one\nrm -rf build");
  await client.task.submit.mutate({ prompt: "مهمة طويلة جدا تعمل في الخلفية" });
  const running = page.getByRole("main").getByRole("region", { name: "Running sessions" });
  await expect(running.getByRole("row", { name: /مهمة/ })).toContainText("Waiting for the model");
  // The next reply is the first task's.
  await provider.request(2);
  await expect(card.getByRole("button", { name: "Allow", exact: true })).toBeEnabled();
  expect(await accessibilityViolations(page)).toEqual([]);
  await shot(page, "home-light");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await accessibilityViolations(page)).toEqual([]);
  await shot(page, "home-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 375, height: 800 });
  await shot(page, "home-375");
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });

  // No bare letter answers anything.
  await page.getByRole("heading", { name: "What needs doing?" }).click();
  await page.keyboard.press("a");
  await page.keyboard.press("y");
  await card.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(needsYou).toBeHidden();
  const ended = page.getByRole("main").getByRole("region", { name: "Ended sessions" });
  await expect(ended.getByRole("row", { name: /クリーンアップ/ })).toContainText("Cleaned up");
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await expect(rail.getByRole("link", { name: /クリーンアップ/ })).toContainText("Cleaned up");

  // By keys alone: the second row, a look at it, away with it, and back.
  await expect(async () => {
    // Letters right after a card has gone may belong to somebody's sentence: they do nothing.
    await page.keyboard.press("j");
    await expect(ended.getByRole("link", { name: /クリーンアップ/ })).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("Space");
  await expect(ended.getByText("Nothing is left.")).toBeVisible();
  expect(await accessibilityViolations(page)).toEqual([]);
  await shot(page, "home-peek");
  await page.keyboard.press("x");
  await expect(ended.getByRole("checkbox").first()).toBeChecked();
  await page.keyboard.press("e");
  await expect(ended).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(ended).toBeVisible();
  expect((await client.session.get.query({ sessionId })).session.archivedAt).toBeNull();
  end.resolve();
  await expect(running).toBeHidden();
});

test("14.1: a session is renamed, forked and archived from the rail, and found again", async ({
  page,
  asking,
  provider,
}) => {
  provider.enqueue(say.reply(say.text("All done.")));
  const { sessionId } = await asking.client.task.submit.mutate({ prompt: "a first title" });
  await signIn(page, asking);
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await rail.getByRole("link", { name: /a first title/ }).click({ button: "right" });
  await expect(page.getByRole("menuitem")).toHaveText(["Rename", "Fork", "Export", "Archive", "Delete…"]);
  await shot(page, "rail-menu");
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const field = page.getByRole("textbox", { name: "Session title" });
  await field.fill("a better title");
  await field.press("Enter");
  await expect(rail.getByRole("link", { name: /a better title/ })).toBeVisible();
  await rail.getByRole("button", { name: /More actions for a better title/ }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(rail.getByRole("link", { name: /a better title/ })).toBeHidden();
  await page.getByRole("combobox", { name: "Filter by status" }).selectOption("archived");
  await page.getByRole("searchbox", { name: "Filter sessions by title" }).fill("better");
  await rail.getByRole("button", { name: /More actions for a better title/ }).click();
  await page.getByRole("menuitem", { name: "Fork" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/s/") && !url.pathname.includes(sessionId));
});

test("a title that could not be saved stays in its field", async ({ page, server }) => {
  const { id } = await server.client.session.create.mutate({ title: "a first title" });
  await signIn(page, server);
  await page.goto(`${server.url}/s/${id}`);
  await page.getByRole("banner").getByRole("button", { name: "a first title" }).click();
  const field = page.getByRole("textbox", { name: "Session title" });
  await field.fill("a better title");
  await page.context().setOffline(true);
  await field.press("Enter");
  await expect(page.getByText("Couldn't rename the session", { exact: true })).toBeVisible();
  await expect(field).toHaveValue("a better title");
  await page.context().setOffline(false);
  await field.press("Enter");
  await expect(field).toBeHidden();
  await expect(page.getByRole("banner").getByRole("button", { name: "a better title" })).toBeVisible();
});

test("what the rail has found leaves it once it is deleted or archived, and what is new comes", async ({
  page,
  server,
}) => {
  const made = [];
  for (const title of ["kiwi one", "kiwi two", "apple"])
    made.push(await server.client.session.create.mutate({ title }));
  await signIn(page, server);
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await page.getByRole("searchbox", { name: "Filter sessions by title" }).fill("kiwi");
  const found = rail.getByRole("link");
  await expect(found).toHaveCount(2);
  await server.client.session.delete.mutate({ sessionId: made[0]!.id });
  await expect(found).toHaveText([/kiwi two/]);
  await server.client.session.update.mutate({ sessionId: made[1]!.id, archived: true });
  await expect(rail.getByText("No sessions match.")).toBeVisible();
  await server.client.session.create.mutate({ title: "kiwi three" });
  await expect(found).toHaveText([/kiwi three/]);
});

test("14.4: a grandchild's approval is answered in the inbox, and each subagent can be opened", async ({
  page,
  asking,
  provider,
}) => {
  const before = provider.respond;
  provider.respond = ({ messages }) => {
    if (messages.at(-1)?.role === "tool") return say.reply(say.text("Reported."));
    const prompt = JSON.stringify(messages[1]?.content);
    if (prompt.includes("grandchild")) return say.reply(say.toolCall("bash", { command: "echo deep" }));
    const title = prompt.includes("child") ? "grandchild" : "child";
    return say.reply(say.toolCall("subagent", { title, prompt: `be the ${title}`, may_change: true }));
  };
  await signIn(page, asking);
  const { sessionId } = await asking.client.task.submit.mutate({ prompt: "delegate it" });
  const needsYou = page.getByRole("main").getByRole("region", { name: "Requests" });
  const card = needsYou.getByRole("article", { name: "Request of delegate it" });
  await expect(card.getByLabel("What would be done")).toHaveText("echo deep");
  await expect(card.getByText("a subagent")).toBeVisible();
  await shot(page, "subagent-asks");
  await card.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(needsYou).toBeHidden();
  await page.goto(`${asking.url}/s/${sessionId}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  // The parent's own answer: its subagents are done before.
  await expect(transcript.getByText("Reported.")).toBeVisible();
  provider.respond = before;
  await transcript.getByRole("button", { name: /Subagent/ }).click();
  await expect(transcript.getByText("Reported.")).toHaveCount(2);
  await shot(page, "subagent");
  await transcript.getByRole("link", { name: "Open" }).click();
  const parent = page.getByRole("banner").getByRole("link", { name: "Parent" });
  await expect(parent).toHaveAttribute("href", `/s/${sessionId}`);
});

const TRUNKLINE = fileURLToPath(new URL("../../apps/cli/bin/trunkline.mjs", import.meta.url));

test("14.5: a grandchild's requests leave the page when they are answered from the command line", async ({
  page,
  asking,
  provider,
}) => {
  const before = provider.respond;
  provider.respond = ({ messages }) => {
    if (messages.at(-1)?.role === "tool") return say.reply(say.text("Reported."));
    const prompt = JSON.stringify(messages[1]?.content);
    if (prompt.includes("grandchild")) {
      const question = say.toolCall("ask_user", { question: "Which way is it?" });
      return say.reply(say.toolCall("bash", { command: "echo deep" }), question);
    }
    const title = prompt.includes("child") ? "grandchild" : "child";
    return say.reply(say.toolCall("subagent", { title, prompt: `be the ${title}`, may_change: true }));
  };
  await signIn(page, asking);
  const { sessionId, taskId } = await asking.client.task.submit.mutate({ prompt: "delegate both" });
  await page.goto(`${asking.url}/s/${sessionId}`);
  const command = page.getByText("echo deep");
  const question = page.getByText("Which way is it?");
  await expect(command).toBeVisible();
  const asked = async () => asking.client.session.get.query({ sessionId });
  // Of two calls, the page shows the request of one.
  await expect.poll(async () => (await asked()).questions).toHaveLength(1);
  const { approvals, questions } = await asked();
  const cli = async (...args: string[]) => {
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME, TRUNKLINE_URL: asking.url, TRUNKLINE_TOKEN: asking.token };
    return promisify(execFile)(process.execPath, [TRUNKLINE, ...args], { env });
  };
  await cli("approve", approvals[0]?.id ?? "");
  await expect(command).toBeHidden();
  await expect(question).toBeVisible();
  await cli("answer", questions[0]?.id ?? "", "left");
  await expect(question).toBeHidden();
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Reported.").first()).toBeVisible();
  await expect.poll(() => asking.client.task.get.query({ taskId })).toMatchObject({ state: "completed" });
  provider.respond = before;
});
