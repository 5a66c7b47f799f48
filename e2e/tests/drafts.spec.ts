import type { Page } from "@playwright/test";
import { say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

test("B6: two tabs at one place keep a draft each, and a closed tab's comes back", async ({
  page,
  context,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: one");
  await sessionIdOf(page);
  const second = await context.newPage();
  await second.goto(page.url());
  const box = page.getByRole("textbox", { name: "Message" });
  const there = second.getByRole("textbox", { name: "Message" });
  // Before its script runs, nothing of what is typed is kept.
  await expect(there).toBeFocused();
  await box.fill("of the first tab");
  await there.fill("of the second tab");
  await Promise.all([page.reload(), second.reload()]);
  await expect(box).toHaveValue("of the first tab");
  await expect(there).toHaveValue("of the second tab");

  await second.close();
  await page.reload();
  await expect(page.getByText("Draft from another tab: of the second tab")).toBeVisible();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(box).toHaveValue("of the second tab\n\nof the first tab");
  await box.fill("");
  await box.fill("left alone");
  const url = page.url();
  await page.close();
  const third = await context.newPage();
  await third.goto(url);
  await expect(third.getByRole("textbox", { name: "Message" })).toHaveValue("left alone");
});

test.describe("while the page loads", () => {
  // The worker would have the script from its cache, past the route.
  test.use({ serviceWorkers: "block" });

  test("B6: what is typed goes behind the draft", async ({ page, server }) => {
    await signIn(page, server);
    await send(page, "reply: one");
    await sessionIdOf(page);
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("the draft");
    const script = Promise.withResolvers<void>();
    await page.route("**/_next/static/**/*.js", async (route) => {
      await script.promise;
      await route.continue();
    });
    await page.reload({ waitUntil: "commit" });
    await box.pressSequentially("typed");
    await expect(box).toHaveValue("typed");
    script.resolve();
    await expect(box).toHaveValue("the draft\n\ntyped");
    await page.reload();
    await expect(box).toHaveValue("the draft\n\ntyped");
  });
});

test("B6: a draft is kept where localStorage is full, however long it is", async ({ page, server }) => {
  await signIn(page, server);
  const { id } = await server.client.session.create.mutate({ title: "Another" });
  await fillStorage(page);
  const box = page.getByRole("textbox", { name: "Message" });
  const long = "many words ".repeat(17_000);
  await box.fill(long);
  await expect.poll(() => lengthsInDatabase(page)).toContain(long.length);
  await page.goto(`${server.url}/s/${id}`);
  await box.fill("a short one");
  await expect.poll(() => lengthsInDatabase(page)).toContain("a short one".length);
  await expect(page.getByText(/no room left/)).toBeHidden();
  await page.reload();
  await expect(box).toHaveValue("a short one");
  await page.goto(server.url);
  await expect(box).toHaveValue(long);
});

async function fillStorage(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (let size = 1_000_000; size >= 1;) {
      try {
        localStorage.setItem(`filler:${Math.random()}`, "x".repeat(size));
      } catch {
        size = Math.floor(size / 2);
      }
    }
  });
}

/** Of the texts that did not fit into localStorage. A page that is left at once may be gone before its database wrote. */
function lengthsInDatabase(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error!));
      });
    const databases = await indexedDB.databases();
    if (!databases.some(({ name }) => name === "trunkline-texts")) return [];
    const database = await done(indexedDB.open("trunkline-texts"));
    try {
      const texts: unknown[] = await done(database.transaction("texts").objectStore("texts").getAll());
      return texts.map((written) => (written as { text: string }).text.length);
    } finally {
      database.close();
    }
  });
}

test("B6: the note to a review is kept where localStorage is full", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, 'tool: write_file {"path":"a.txt","content":"x"}');
  await sessionIdOf(page);
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tab", { name: "Changes" }).click();
  const list = page.getByRole("region", { name: "Changes", exact: true });
  await list.getByRole("button", { name: /a\.txt/, expanded: false }).click();
  await page.getByRole("button", { name: "Comment on line 1" }).click();
  const comment = page.getByRole("textbox", { name: "Comment", exact: true });
  await comment.fill("Why?");
  await comment.press("Control+Enter");
  await fillStorage(page);
  const note = page.getByRole("textbox", { name: "Overall note" });
  const comments = page.getByRole("button", { name: "1 comment", exact: true });
  await comments.click();
  await note.fill("Two things, and more:");
  await expect.poll(() => lengthsInDatabase(page)).toContain("Two things, and more:".length);
  await page.reload();
  await comments.click();
  await expect(note).toHaveValue("Two things, and more:");
});

test("B6: the note to an approval survives the sign-out", async ({ page, provider, asking }) => {
  provider.enqueue(say.reply(say.toolCall("bash", { command: "id" })));
  await signIn(page, asking);
  await send(page, "go");
  const note = page.getByRole("textbox", { name: "Note to the agent" });
  await note.fill("only in the sandbox");
  await page.getByRole("textbox", { name: "Message" }).fill("and a draft");
  await page.context().clearCookies();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
  await page.getByRole("textbox", { name: "Token" }).fill(asking.token);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(note).toHaveValue("only in the sandbox");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("and a draft");
});
