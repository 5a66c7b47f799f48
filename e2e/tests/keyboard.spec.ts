import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { say } from "@trunkline/testkit";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../fixtures.ts";
import { expectFocusKept, tabTo } from "../keyboard/keys-alone.ts";
import * as landmarks from "../keyboard/landmarks.ts";
import { whatIsLost } from "../reflow/what-is-lost.ts";

function createRepository(root: string): string {
  const repository = join(mkdtempSync(join(root, "keyboard-")), "shop");
  mkdirSync(join(repository, "src"), { recursive: true });
  writeFileSync(join(repository, "src/add.ts"), "export const add = (a: number, b: number) => a - b;\n");
  const git = (...args: string[]): unknown =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
      cwd: repository,
    });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "first");
  return repository;
}

const CHANGE = say.toolCall("bash", { command: "sed -i 's/a - b/a + b/' src/add.ts; echo new > new.txt" });

const expectLandmarks = (page: Page, template: string): Promise<void> =>
  expect(page.locator("body")).toMatchAriaSnapshot(template);

test("14: who signs in, starts a task, answers, queues and steers needs keys alone, and finds landmarks", async ({
  page,
  asking,
  provider,
  projectRoot,
}) => {
  const source = { kind: "directory", path: createRepository(projectRoot) } as const;
  await asking.client.project.create.mutate({ name: "shop", source });
  const read = Promise.withResolvers<void>();
  provider.enqueue(
    say.reply(say.text("I look and change it."), CHANGE),
    say.reply(say.toolCall("ask_user", { question: "Which colour?", options: ["Red", "Blue"] })),
    say.reply(say.text("begun"), say.until(read.promise), say.toolCall("bash", { command: "true" })),
  );
  const { keyboard } = page;
  const box = page.getByRole("textbox", { name: "Message" });
  const transcript = page.getByRole("log", { name: "Transcript" });
  const card = page.getByRole("region", { name: "Needs you" }).last();

  await test.step("sign in", async () => {
    await page.goto(asking.url);
    await expectLandmarks(page, landmarks.SIGN_IN);
    await tabTo(page, page.getByRole("textbox", { name: "Token" }));
    await keyboard.type(asking.token);
    await keyboard.press("Enter");
    await expect(box).toBeFocused();
  });
  await test.step("start a task in a project", async () => {
    await expectLandmarks(page, landmarks.HOME);
    await tabTo(page, page.getByRole("combobox", { name: "Project", exact: true }));
    await keyboard.type("shop");
    await tabTo(page, box, "Shift+Tab");
    await keyboard.type("change it");
    await keyboard.press("Enter");
    await page.waitForURL(/\/s\//);
    await expect(box).toBeFocused();
  });
  await test.step("follow it", async () => {
    await expect(card.getByRole("button", { name: "Allow", exact: true })).toBeEnabled();
    await expectLandmarks(page, landmarks.APPROVAL);
    await tabTo(page, transcript, "Shift+Tab");
    await keyboard.press("j");
    await expect(transcript.locator("[data-marked]")).toBeVisible();
    await keyboard.press("g");
    await expect(transcript.locator("[data-marked]")).toHaveCount(0);
  });
  await test.step("approve a call", async () => {
    await tabTo(page, card.getByRole("button", { name: "Allow", exact: true }));
    await keyboard.press("Enter");
  });
  await test.step("answer a question", async () => {
    const option = card.getByRole("button", { name: "Blue" });
    await expect(option).toBeEnabled();
    await expectFocusKept(page);
    await expectLandmarks(page, landmarks.QUESTION);
    await tabTo(page, option, "Shift+Tab");
    await keyboard.press("Enter");
    await expect(transcript.getByText("begun")).toBeVisible();
    await expectFocusKept(page);
  });
  const queue = page.getByRole("list", { name: "Queued" });
  await test.step("queue, reorder and steer", async () => {
    await expect(box).toBeFocused();
    for (const prompt of ["reply: first of all", "reply: second"]) {
      await keyboard.type(prompt);
      await keyboard.press("Enter");
      await expect(queue.getByText(prompt)).toBeVisible();
    }
    await tabTo(page, queue.getByRole("button", { name: /^Move "reply: second"/ }), "Shift+Tab");
    await keyboard.press("ArrowUp");
    await expect(queue.getByRole("listitem").first()).toContainText("second");
    await tabTo(page, box);
    await keyboard.type("reply: heard");
    await keyboard.press("Control+Enter");
    const steering = page.getByRole("region", { name: "Steering" });
    await expect(steering.getByText("reply: heard")).toBeVisible();
    // The server has it.
    await expect(steering.getByRole("button", { name: "Withdraw" })).toBeVisible();
    await expectLandmarks(page, landmarks.QUEUE);
    read.resolve();
    await expect(transcript.getByText("first of all", { exact: true })).toBeVisible();
    await expectFocusKept(page);
  });
});

test("14: who reviews, reverts, searches, changes a setting and signs out needs keys alone, and finds landmarks", async ({
  page,
  server,
  provider,
  projectRoot,
}) => {
  const { client } = server;
  const source = { kind: "directory", path: createRepository(projectRoot) } as const;
  const { id: projectId } = await client.project.create.mutate({ name: "shop", source });
  provider.enqueue(say.reply(say.text("begun"), CHANGE), say.reply(say.text("Changed.")));
  const task = await client.task.submit.mutate({ prompt: "change it", projectId });
  for await (const { type } of followTask(client, task)) if (type === "task.completed") break;
  await signIn(page, server);
  const { keyboard } = page;
  const box = page.getByRole("textbox", { name: "Message" });
  const transcript = page.getByRole("log", { name: "Transcript" });
  const changes = page.getByRole("region", { name: "Changes" });

  await test.step("open the session by the palette", async () => {
    await keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await keyboard.type("change it");
    await expect(page.getByRole("option", { name: /change it/, selected: true }).first()).toBeVisible();
    await keyboard.press("Enter");
    await page.waitForURL(/\/s\//);
    await expect(box).toBeFocused();
  });
  await test.step("open the changes, and comment on a line", async () => {
    // Esc stops a task that runs.
    await expect(page.getByRole("banner").getByText("Done")).toBeVisible();
    await tabTo(page, box);
    await keyboard.press("Escape");
    await expect(transcript).toBeFocused();
    const tab = page.getByRole("tab", { selected: true });
    await expect(async () => {
      // Letters right after a focused element has gone may belong to somebody's sentence: they do nothing. Its frame
      // is there with the key, its tabs once their code is; a second key would close it.
      if ((await page.locator("[data-inspector]").count()) === 0) await keyboard.press("i");
      await expect(tab).toBeFocused({ timeout: 1_500 });
    }).toPass();
    for (const name of ["Files", "Changes"]) {
      await keyboard.press("ArrowLeft");
      await expect(page.getByRole("tab", { name, selected: true })).toBeFocused();
    }
    await tabTo(page, changes.getByRole("button", { name: /add\.ts/, expanded: false }));
    await keyboard.press("Enter");
    const diff = page.getByRole("region", { name: "Diff of src/add.ts" });
    // One stop of all lines; the arrows go on from there.
    await tabTo(page, diff.getByRole("button", { name: "Comment on line 1", exact: true }));
    await keyboard.press("ArrowUp");
    await expect(diff.getByRole("button", { name: "Comment on deleted line 1" })).toBeFocused();
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await expect(diff.getByRole("textbox", { name: "Comment" })).toBeFocused();
    await keyboard.type("Why a plus?");
    await keyboard.press("Control+Enter");
    await expectFocusKept(page);
    await expectLandmarks(page, landmarks.CHANGES);
    expect(await whatIsLost(page, "[data-inspector]")).toEqual([]);
    await tabTo(
      page,
      page.getByRole("region", { name: "Review" }).getByRole("button", { name: "Send 1 comment" }),
    );
    await keyboard.press("Enter");
    // In the message. An answer may say it again.
    await expect(transcript.getByText("Why a plus?").first()).toBeVisible();
    await expectFocusKept(page);
  });
  await test.step("revert a file", async () => {
    await expect(page.getByRole("button", { name: "Revert all…" })).toBeEnabled();
    await tabTo(page, changes.getByRole("button", { name: /new\.txt/, expanded: false }));
    await tabTo(page, page.getByRole("button", { name: "Revert new.txt" }));
    await keyboard.press("Enter");
    const question = page.getByRole("alertdialog");
    await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
    await expectLandmarks(page, landmarks.REVERT);
    await tabTo(page, question.getByRole("button", { name: "Revert file" }));
    await keyboard.press("Enter");
    await expect(changes.getByRole("button", { name: /new\.txt/ })).toHaveCount(0);
    await expectFocusKept(page);
  });
  await test.step("search in the session", async () => {
    await keyboard.press("Escape");
    await expectFocusKept(page);
    const field = page.getByRole("textbox", { name: "Search this session" });
    await expect(async () => {
      // As above.
      if (!(await field.isVisible())) await keyboard.press("f");
      await expect(field).toBeFocused({ timeout: 1_500 });
    }).toPass();
    await keyboard.type("begun");
    await expect(page.getByRole("search").getByRole("status")).toHaveText(/^\d+$/);
    await keyboard.press("Enter");
    await expect(transcript.locator("[data-marked]")).toContainText("begun");
    await expectLandmarks(page, landmarks.FIND);
    await keyboard.press("Escape");
    await expect(transcript).toBeFocused();
  });
  await test.step("go to the settings by the palette, and change one", async () => {
    await keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await expectLandmarks(page, landmarks.PALETTE);
    await keyboard.type("settings");
    await expect(page.getByRole("option", { name: "Settings", selected: true })).toBeVisible();
    await keyboard.press("Enter");
    await page.waitForURL(/\/settings$/);
    await expectFocusKept(page);
    await expectLandmarks(page, landmarks.SETTINGS);
    await tabTo(page, page.getByRole("radio", { name: "System" }));
    for (const theme of ["Light", "Dark"]) {
      await keyboard.press("ArrowRight");
      await expect(page.getByRole("radio", { name: theme })).toBeChecked();
    }
    await expect(page.locator("html")).toHaveClass(/dark/);
  });
  await test.step("sign out", async () => {
    await tabTo(page, page.getByRole("button", { name: "Sign out" }), "Shift+Tab");
    await keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
  });
});
