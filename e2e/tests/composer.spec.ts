import type { Page } from "@playwright/test";
import { say } from "@trunkline/testkit";
import { accessibilityViolations } from "../accessibility.ts";
import { expect, send, sessionIdOf, signIn, test, watchFor } from "../fixtures.ts";
import { settled } from "../settled.ts";

const boxOf = (page: Page) => page.getByRole("textbox", { name: "Message" });
const queueOf = (page: Page) => page.getByRole("list", { name: "Queued" });
const prompts = (page: Page) => queueOf(page).locator("li > [dir=auto]").allTextContents();
/** A task that runs until it is stopped. */
const stall = (name: string) => `${name}\nstall`;

test("13.2, 14.3: what is written while a task runs is queued, steers it, or takes its place", async ({
  page,
  server,
  provider,
}) => {
  await signIn(page, server);
  const read = Promise.withResolvers<void>();
  provider.enqueue(
    say.reply(say.text("begun"), say.until(read.promise), say.toolCall("bash", { command: "true" })),
  );
  await send(page, "go");
  const sessionId = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("begun")).toBeVisible();
  const box = boxOf(page);
  for (const name of ["one", "two", "three"]) {
    await box.fill(stall(name));
    await box.press("Enter");
    await expect(queueOf(page).getByText(name)).toBeVisible();
  }

  // From the menu, by keys alone.
  await box.fill("reply: heard");
  await page.getByRole("button", { name: "Other ways to send" }).press("Enter");
  await page.getByRole("menuitem", { name: /^Steer/ }).press("Enter");
  const steering = page.getByRole("region", { name: "Steering" });
  await expect(steering.getByText("The agent reads this after its current call")).toBeVisible();
  await expect(steering.getByText("reply: heard")).toBeVisible();
  await expect(box).toBeFocused();
  await expect(page.getByRole("button", { name: "Stop · 4 queued continue" })).toBeVisible();

  // A queued one, and back again.
  await queueOf(page).getByRole("listitem").nth(2).hover();
  await queueOf(page).getByRole("button", { name: "Steer" }).nth(2).click();
  await expect(steering.getByText("three")).toBeVisible();
  await steering.getByRole("button", { name: "Queue instead" }).nth(1).click();
  await expect.poll(() => prompts(page)).toEqual(["three", "one", "two"].map(stall));
  expect(await accessibilityViolations(page)).toEqual([]);

  read.resolve();
  await expect(transcript.getByText("The agent read your message")).toBeVisible();
  await expect(transcript.getByText("reply: heard", { exact: true })).toBeVisible();
  await expect(steering).toBeHidden();

  // The queue goes on by itself; the last of it takes the place of what runs.
  await expect.poll(() => prompts(page)).toEqual(["one", "two"].map(stall));
  await queueOf(page).getByRole("listitem").nth(1).hover();
  await queueOf(page).getByRole("button", { name: "Send now" }).nth(1).click();
  await expect.poll(() => prompts(page)).toEqual([stall("one")]);
  await box.fill("reply: at once");
  await box.press("Control+Shift+Enter");
  await expect(transcript.getByText("at once", { exact: true })).toBeVisible();
  const statesOf = async (...wanted: string[]) => {
    const { tasks } = await server.client.session.get.query({ sessionId });
    return wanted.map((prompt) => tasks.find((task) => task.prompt === prompt)?.state);
  };
  // An answer is shown before its task has ended.
  await expect
    .poll(() => statesOf(stall("three"), stall("two"), "reply: at once"))
    .toEqual(["canceled", "canceled", "completed"]);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
});

test("14.3, B6: chips are dragged, by pointer and by keys, and keep an edit", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "stall");
  await sessionIdOf(page);
  const grip = (prompt: string) => queueOf(page).getByRole("button", { name: `Move "${prompt}"` });
  for (const prompt of ["reply: a", "reply: b", "reply: c"]) {
    await send(page, prompt);
    // Until the server has it, it can't be moved.
    await expect(grip(prompt)).toBeVisible();
  }
  await grip("reply: a").press("ArrowDown");
  await expect.poll(() => prompts(page)).toEqual(["reply: b", "reply: a", "reply: c"]);
  await expect(grip("reply: a")).toBeFocused();

  const field = queueOf(page).getByRole("textbox", { name: "Queued message" });
  await queueOf(page).getByRole("listitem").nth(1).hover();
  await queueOf(page).getByRole("button", { name: "Edit" }).nth(1).click();
  await page.context().setOffline(true);
  await field.fill("reply: edited");
  // Its banner pushes the rest down.
  await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  await settled(page);
  // Dragging leaves the field; what it would save can't be.
  const from = (await grip("reply: c").boundingBox())!;
  const to = (await queueOf(page).getByRole("listitem").first().boundingBox())!;
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 2, { steps: 4 });
  await expect(page.getByText("Couldn't update the queue").first()).toBeVisible();
  await page.context().setOffline(false);
  await page.mouse.up();
  await expect.poll(() => prompts(page)).toEqual(["reply: c", "reply: b", expect.anything()]);
  await expect(field).toHaveValue("reply: edited");
  await page.reload();
  await expect(field).toHaveValue("reply: edited");
  await expect.poll(() => prompts(page)).toEqual(["reply: c", "reply: b", expect.anything()]);
  await field.press("Enter");
  await expect(queueOf(page).getByText("reply: edited")).toBeVisible();
  await expect(field).toBeHidden();
  await page.getByRole("button", { name: "Stop all" }).click();
  await expect(queueOf(page)).toBeHidden();
});

/** 1 × 1. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Pastes or drops a file, as a browser does it. */
async function give(page: Page, type: "paste" | "drop", name: string, text: string): Promise<void> {
  await boxOf(page).evaluate(
    (box, file) => {
      const data = new DataTransfer();
      data.items.add(new File([file.text], file.name, { type: "text/plain" }));
      const init = { bubbles: true, cancelable: true };
      const event =
        file.type === "paste"
          ? new ClipboardEvent("paste", { ...init, clipboardData: data })
          : new DragEvent("drop", { ...init, dataTransfer: data });
      const target = file.type === "paste" ? box : document.body;
      if (target.dispatchEvent(event)) throw new Error("the page would have been left");
    },
    { type, name, text },
  );
}

test("a pasted text that no message may have is attached as a file", async ({ page, server }) => {
  await signIn(page, server);
  await boxOf(page).fill("reply: what is in it");
  const isTaken = await boxOf(page).evaluate((box) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "word ".repeat(50_000));
    return !box.dispatchEvent(
      new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }),
    );
  });
  expect(isTaken).toBe(true);
  await expect(page.getByRole("list", { name: "Attached files" })).toContainText("pasted.txt");
  await expect(boxOf(page)).toHaveValue("reply: what is in it");
  await boxOf(page).press("Enter");
  const sessionId = await sessionIdOf(page);
  const { events } = await server.client.session.events.query({ sessionId });
  expect(events.find(({ type }) => type === "task.submitted")?.data).toMatchObject({
    prompt: "reply: what is in it",
    attachments: [{ blob: { name: "pasted.txt" } }],
  });
});

test("14.3: files are attached, kept with the draft, sent when the network is back, and shown with the prompt", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  const files = page.getByRole("list", { name: "Attached files" });
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "shot.png", mimeType: "image/png", buffer: PNG });
  await give(page, "paste", "pasted.txt", "hello");
  await give(page, "drop", "page.html", "<script>document.title = 'run'</script>");
  await expect(files.getByRole("listitem")).toHaveCount(3);
  await expect(files.locator("img")).toHaveCount(1);
  const { seen } = await watchFor(page, /A message takes up to 10 files; 1 file was not attached\./);
  await input.setInputFiles(
    Array.from({ length: 8 }, (_, place) => ({
      name: `${place}.txt`,
      mimeType: "text/plain",
      buffer: Buffer.from("x"),
    })),
  );
  await seen;
  for (const place of [0, 1, 2, 3, 4, 5, 6]) {
    await files.getByRole("button", { name: `Remove ${place}.txt` }).click();
  }
  await page.reload();
  await expect(files.getByRole("listitem")).toHaveCount(3);
  await expect(files.locator("img")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();

  await page.context().setOffline(true);
  await input.setInputFiles({ name: "later.txt", mimeType: "text/plain", buffer: Buffer.from("later") });
  await expect(files.getByText("Uploads when online")).toBeVisible();
  expect(await accessibilityViolations(page)).toEqual([]);
  await boxOf(page).fill("reply: seen");
  await boxOf(page).press("Enter");
  await expect(page.getByRole("list", { name: "Waiting to be sent" }).getByText("4 files")).toBeVisible();
  await expect(files).toBeHidden();
  await page.context().setOffline(false);
  const sessionId = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  const shown = transcript.getByRole("list", { name: "Attached files" });
  await expect(shown.getByRole("listitem")).toHaveCount(4);
  await expect(shown.getByRole("img", { name: "shot.png" })).toBeVisible();
  await expect(shown.getByText("page.html")).toBeVisible();
  const saved = page.waitForEvent("download");
  await shown.getByRole("button", { name: "Download page.html" }).click();
  expect((await saved).suggestedFilename()).toBe("page.html");
  const { events } = await server.client.session.events.query({ sessionId });
  expect(events.find(({ type }) => type === "task.submitted")?.data).toMatchObject({
    prompt: "reply: seen",
    attachments: ["shot.png", "pasted.txt", "page.html", "later.txt"].map((name) => ({ blob: { name } })),
  });
  await expect(page).not.toHaveTitle("run");
});

test("14.3: @ completes files of the workspace, / commands, and the keys of an input method stay its own", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, 'tool: write_file {"path":"src/my-module.ts","content":"x"}\nreply: written');
  const sessionId = await sessionIdOf(page);
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  const box = boxOf(page);
  const list = page.getByRole("listbox", { name: "Completions" });
  await box.pressSequentially("see @s");
  await expect(list.getByRole("option", { name: "src/" })).toHaveAttribute("aria-selected", "true");
  await box.evaluate((element) => {
    element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    element.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: "Enter" }));
  });
  await expect(box).toHaveValue("see @s");
  expect(await accessibilityViolations(page)).toEqual([]);
  await box.press("Enter");
  await expect(box).toHaveValue("see @src/");
  await box.pressSequentially("mod");
  await list.getByRole("option", { name: "src/my-module.ts" }).click();
  await expect(box).toHaveValue("see src/my-module.ts ");
  await expect(box).toBeFocused();

  await box.fill("");
  await box.pressSequentially("/age");
  await expect(list.getByRole("option").first()).toBeVisible();
  await box.press("Tab");
  await box.pressSequentially("pla");
  await expect(list.getByRole("option", { name: "Plan" })).toBeVisible();
  await box.press("Enter");
  await expect(box).toHaveValue("");
  await expect(page.getByRole("combobox", { name: "Agent" })).toHaveValue("plan");
  await box.pressSequentially("/etc/hosts");
  await expect(list).toBeHidden();
  await box.fill("");
  await box.pressSequentially("/f");
  await expect(list).toBeVisible();
  await box.press("Escape");
  await expect(list).toBeHidden();
  await box.pressSequentially("o");
  await expect(list).toBeHidden();
  await box.fill("");
  await box.pressSequentially("/fork");
  // Without a choice, Enter would send it.
  await expect(list.getByRole("option", { name: /fork/i })).toBeVisible();
  await box.press("Enter");
  await expect(page).not.toHaveURL(new RegExp(sessionId));
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
});
