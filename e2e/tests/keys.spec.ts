import type { Page } from "@playwright/test";
import { readLog, say } from "@trunkline/testkit";
import { expect, type OwnAccount, send, sessionIdOf, signIn, test, watchFor } from "../fixtures.ts";

/** Removes the focus, like a page whose focused element is gone. */
async function blur(page: Page): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

async function decisions(server: OwnAccount, page: Page): Promise<unknown[]> {
  const log = await readLog(server.client, await sessionIdOf(page));
  return log.flatMap(({ type, data }) =>
    type === "approval.answered" || type === "question.answered" ? [data] : [],
  );
}

test("A3: no sentence that is typed at the page answers an approval, or leaves the session", async ({
  page,
  provider,
  asking,
}) => {
  provider.enqueue(say.reply(say.toolCall("bash", { command: "id" })));
  await signIn(page, asking);
  await send(page, "go");
  const card = page.getByRole("region", { name: "Needs you" }).last();
  await expect(card.getByRole("button", { name: "Allow", exact: true })).toBeEnabled();
  const url = page.url();
  await blur(page);
  await page.keyboard.type("You should use any of them, yes. Can you? NYCyncaA");
  await page.keyboard.down("Shift");
  await page.keyboard.press("y");
  await page.keyboard.up("Shift");
  for (const key of ["Enter", "Escape", "Control+Enter", "Space"]) await page.keyboard.press(key);
  expect(page.url()).toBe(url);
  await expect(card.getByRole("button", { name: "Allow", exact: true })).toBeVisible();
  expect(await decisions(asking, page)).toEqual([]);
});

test("A3: Enter and Esc answer on the card's own buttons, and Always is a second step that names its rule", async ({
  page,
  provider,
  asking,
}) => {
  provider.enqueue(
    say.reply(
      say.toolCall("write_file", { path: "a.txt", content: "a" }),
      say.toolCall("bash", { command: "id" }),
      say.toolCall("bash", { command: "pwd" }),
    ),
    say.reply(say.text("Well.")),
  );
  await signIn(page, asking);
  await send(page, "go");
  const card = page.getByRole("region", { name: "Needs you" }).last();
  const always = card.getByRole("button", { name: "Always allow…" });
  await expect(always).toBeEnabled();
  // On a page that is slow to move the focus, which is the user's move all the same.
  await page.evaluate(() =>
    document.addEventListener("keydown", ({ key }) => {
      const until = performance.now() + 200;
      while (key === "Tab" && performance.now() < until) continue;
    }),
  );
  // By keyboard: from the composer back past Allow.
  await page.getByRole("textbox", { name: "Message" }).focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(always).toBeFocused();
  await page.keyboard.press("Enter");
  const confirm = card.getByRole("button", { name: "Always allow write_file on `a.txt` in this session" });
  await expect(confirm).toBeVisible();
  // The second step ignores the key of the first: the focus is on the way back.
  await expect(card.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expect(confirm).toBeEnabled();
  expect(await decisions(asking, page)).toEqual([]);
  await confirm.click();
  await expect.poll(() => decisions(asking, page)).toMatchObject([{ decision: "always" }]);

  const allow = card.getByRole("button", { name: "Allow", exact: true });
  await expect(card.getByText("1 of 2")).toBeVisible();
  await expect(allow).toBeEnabled();
  await page.getByRole("textbox", { name: "Message" }).focus();
  // The card is before the composer, so its last button comes first when going back.
  await page.keyboard.press("Shift+Tab");
  await expect(allow).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => decisions(asking, page)).toMatchObject([{}, { decision: "allow" }]);
  // The focus moves to the next card, which ignores keys at first.
  await expect(card).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  const deny = card.getByRole("button", { name: "Deny" });
  await expect(deny).toBeEnabled();
  expect(await decisions(asking, page)).toHaveLength(2);
  // From the card over the command and the note. A focus set by a script would be the page's move, ignored at first.
  for (const _ of ["command", "note", "Deny"]) await page.keyboard.press("Tab");
  await expect(deny).toBeFocused();
  await page.keyboard.press("Escape");
  await expect.poll(() => decisions(asking, page)).toMatchObject([{}, {}, { decision: "deny" }]);
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
});

test("A3: a card that has just appeared takes nothing for a second, also from a pointer", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  // Timed by the page itself: on a busy machine this test sees the card long after it has appeared.
  const closedMs = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let shownAt: number | undefined;
        const look = (): void => {
          const button = Array.from(document.querySelectorAll("button")).find(
            ({ textContent }) => textContent === "Send answer",
          );
          if (button === undefined) return;
          shownAt ??= performance.now();
          if (!button.disabled) resolve(performance.now() - shownAt);
        };
        new MutationObserver(look).observe(document.body, {
          childList: true,
          subtree: true,
          attributes: true,
        });
      }),
  );
  await send(page, 'tool: ask_user {"question":"Shall I?"}');
  const card = page.getByRole("region", { name: "Needs you" });
  await card.getByRole("textbox", { name: "Your answer" }).fill("Yes");
  expect(await closedMs).toBeGreaterThan(500);
});

test("A3, B6: who edits a queued prompt while its turn comes goes on typing in it, and no letter answers what comes", async ({
  page,
  server,
  provider,
}) => {
  await signIn(page, server);
  const end = Promise.withResolvers<void>();
  provider.enqueue(say.reply(say.text("begun"), say.until(end.promise)));
  await send(page, "go");
  await sessionIdOf(page);
  await send(page, 'tool: ask_user {"question":"shall I delete it?"}');
  const queue = page.getByRole("list", { name: "Queued" });
  await queue.getByRole("listitem").hover();
  await queue.getByRole("button", { name: "Edit" }).click();
  const field = queue.getByRole("textbox", { name: "Queued message" });
  await field.fill("rather");
  const url = page.url();
  const card = page.getByRole("region", { name: "Needs you" });
  end.resolve();
  await expect(async () => {
    await page.keyboard.type(" you can try any");
    await expect(card.last()).toBeVisible({ timeout: 200 });
  }).toPass();
  await page.keyboard.type(" yyy ccc YYY");
  await expect(queue.getByText("Already started — your edit wasn't applied")).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(/^rather you can try any.* yyy ccc YYY$/);
  expect(page.url()).toBe(url);
  expect(await decisions(server, page)).toEqual([]);
  await queue.getByRole("button", { name: "Restore text" }).click();
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue(/^rather you can.* YYY$/);
  await expect(queue).toBeHidden();
});

test("D7: keys go by their place, and none is taken from a field or the browser", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: one");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();
  const palette = page.getByPlaceholder(/^Search sessions/);
  const taken = (init: { key: string; code: string; ctrlKey?: true; shiftKey?: true }): Promise<boolean> =>
    page.evaluate((press) => {
      const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...press });
      return !(document.activeElement ?? document.body).dispatchEvent(event);
    }, init);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill("text that Ctrl+K would cut");
  expect(await taken({ key: "k", code: "KeyK", ctrlKey: true })).toBe(false);
  expect(await taken({ key: "j", code: "KeyJ" })).toBe(false);
  await transcript.focus();
  expect(await taken({ key: "K", code: "KeyK", ctrlKey: true, shiftKey: true })).toBe(false);
  expect(await taken({ key: "л", code: "KeyK", ctrlKey: true })).toBe(true);
  await expect(palette).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await transcript.focus();
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  // Once only: the next one closes it again. Right after the dialog has gone, it may belong to what somebody types.
  await expect.poll(() => taken({ key: "Ш", code: "KeyI" })).toBe(true);
  await expect(inspector).toBeVisible();

  await page.goto(`${server.url}/settings`);
  await page.getByRole("checkbox", { name: /single letters/ }).uncheck();
  await page.reload();
  await expect(page.getByRole("checkbox", { name: /single letters/ })).not.toBeChecked();
  await blur(page);
  expect(await taken({ key: "?", code: "Slash", shiftKey: true })).toBe(false);
});

test("G1: what is typed after sending goes to the session that was begun", async ({ page, server }) => {
  await signIn(page, server);
  const box = page.getByRole("textbox", { name: "Message" });
  await expect(box).toBeFocused();
  await send(page, "stall");
  await sessionIdOf(page);
  await expect(box).toBeFocused();
  await page.keyboard.type("next words");
  await expect(box).toHaveValue("next words");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Queued" }).getByText("next words")).toBeVisible();
  await expect(box).toBeFocused();
  await page.reload();
  await expect(box).toBeFocused();
});

test("G8: Stop says what follows, Stop all ends it all, and one Esc stops nothing", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: begun\nstall");
  const sessionId = await sessionIdOf(page);
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  await expect(stop).toBeVisible();
  await send(page, "stall");
  await send(page, "reply: last");
  await expect(page.getByRole("button", { name: "Stop · 2 queued continue" })).toBeVisible();
  const states = async (): Promise<string[]> =>
    (await server.client.session.get.query({ sessionId })).tasks.map(({ state }) => state);
  // The newest first.
  const waiting = ["submitted", "submitted", "working"];
  await expect.poll(states).toEqual(waiting);
  const { seen } = await watchFor(page, /Press Esc again to stop · 2 queued continue/);
  await page.getByRole("textbox", { name: "Message" }).press("Escape");
  await seen;
  expect(await states()).toEqual(waiting);
  await page.getByRole("button", { name: "Stop all" }).click();
  await expect.poll(states).toEqual(["canceled", "canceled", "canceled"]);
  // The page hears of it later than the server is asked here, and so it does of the next task.
  await expect(page.getByRole("button", { name: /^Stop/ })).toHaveCount(0);
  await send(page, "stall");
  await expect(stop).toBeEnabled();
  await expect.poll(states).toContain("working");
  // Pressed within the page: two presses from here may be too far apart.
  await page.getByRole("textbox", { name: "Message" }).evaluate(async (box) => {
    const press = () =>
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    press();
    // Not the next frame: that of a busy page may come when the first press is forgotten.
    await new Promise((resolve) => setTimeout(resolve));
    press();
  });
  await expect.poll(states).not.toContain("working");
});

test("G9: the key that ends a composition neither saves nor discards an edit of the queue", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "stall");
  await sessionIdOf(page);
  await send(page, "reply: later");
  const queue = page.getByRole("list", { name: "Queued" });
  await queue.getByRole("listitem").hover();
  await queue.getByRole("button", { name: "Edit" }).click();
  const field = queue.getByRole("textbox", { name: "Queued message" });
  await field.fill("日本");
  for (const key of ["Enter", "Escape"]) {
    // Safari's order: the composition has ended when its key arrives.
    await field.evaluate((element, name) => {
      element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "日本" }));
      element.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: name }));
    }, key);
    await expect(field).toHaveValue("日本");
  }
});
