import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { followTask } from "@trunkline/client";
import { accessibilityViolations } from "../accessibility.ts";
import { addAccount, expect, type OwnAccount, signIn, test } from "../fixtures.ts";

/** Reviewing a session's changes. */

let repository: string;
let server: OwnAccount & AsyncDisposable;
let projectId: string;
let page: Page;

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    cwd,
    encoding: "utf8",
  });

/** `add.ts` of twenty functions. */
const source = (): string =>
  Array.from({ length: 20 }, (_, n) => `export const add${n} = (a: number) => a + ${n};\n`).join("");

test.beforeAll(async ({ browser, sharedServer, projectRoot }) => {
  repository = join(mkdtempSync(join(projectRoot, "review-")), "shop");
  mkdirSync(join(repository, "src"), { recursive: true });
  const write = (name: string, content: string | Buffer): void =>
    writeFileSync(join(repository, name), content);
  write("src/add.ts", source());
  write("old name.txt", "one\ntwo\nthree\nfour\n");
  write("run.sh", "echo\n");
  write("dos.txt", "one\r\ntwo\r\n");
  write("gone.txt", "gone\n");
  write("logo.bin", Buffer.from([0, 1, 2, 3]));
  chmodSync(join(repository, "run.sh"), 0o644);
  git(repository, "init", "-q", "-b", "main");
  git(repository, "add", "-A");
  git(repository, "commit", "-qm", "first");
  server = await addAccount(sharedServer);
  ({ id: projectId } = await server.client.project.create.mutate({
    name: "shop",
    source: { kind: "directory", path: repository },
  }));
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await signIn(page, server);
});

test.afterAll(async () => {
  await page.context().close();
  await server[Symbol.asyncDispose]();
});

const changes = () => page.getByRole("region", { name: "Changes" });
const tray = () => page.getByRole("region", { name: "Review" });
const diffOf = (path: string) => page.getByRole("region", { name: `Diff of ${path}` });
const file = (name: RegExp) => changes().getByRole("button", { name, expanded: false });

/** Into the comment that has just been begun: its field takes the focus. */
async function writeComment(text: string): Promise<void> {
  await expect(page.locator(":focus")).toHaveAccessibleName("Comment");
  await page.keyboard.type(text);
}

/** A session of the project in which a command has changed files. */
async function changed(command: string): Promise<string> {
  const task = await server.client.task.submit.mutate({
    prompt: `tool: bash ${JSON.stringify({ command })}\nreply: Finished.`,
    projectId,
  });
  for await (const { type } of followTask(server.client, task)) if (type === "task.completed") break;
  return task.sessionId;
}

async function openChanges(sessionId: string): Promise<void> {
  await page.goto(`${server.url}/s/${sessionId}`);
  const inspector = page.getByRole("button", { name: "Inspector", exact: true });
  await expect(async () => {
    // The page restores what was open before, in a moment: a press just then has closed it.
    if ((await inspector.getAttribute("aria-pressed")) !== "true") await inspector.click();
    await expect(inspector).toHaveAttribute("aria-pressed", "true", { timeout: 2_000 });
  }).toPass();
  await page.getByRole("tab", { name: "Changes" }).click();
}

test("the diff is what `git diff` says: renames, modes, binary files, CRLF, deletions", async () => {
  const sessionId = await changed(
    [
      "sed -i 's/a + 3;/a + 33;/; s/a + 17;/a + 1717;/' src/add.ts",
      "mv 'old name.txt' 'new name.txt'; sed -i s/two/2/ 'new name.txt'",
      String.raw`chmod +x run.sh; printf 'one\r\n2\ntwo\r\n' > dos.txt; rm gone.txt`,
      String.raw`printf '\0\1\2\4' > logo.bin; printf 'no end' > added.txt`,
    ].join("; "),
  );
  await openChanges(sessionId);
  await page.getByRole("button", { name: "Expand all files" }).click();
  await expect(page.getByRole("region", { name: /^Diff of/ })).toHaveCount(7);
  for (const path of ["src/add.ts", "new name.txt", "dos.txt", "gone.txt", "added.txt"])
    await expect(diffOf(path).locator("[data-line]").first()).toBeVisible();

  const { session } = await server.client.session.get.query({ sessionId });
  git(session.workspace, "add", "-A");
  const theirs = git(session.workspace, "diff", "--cached", "-M", "HEAD");
  const bodies = new Map(
    theirs
      .split(/^diff --git /m)
      .slice(1)
      .map(
        (part) =>
          [/^\+\+\+ b\/(.*?)\t?$/m.exec(part)?.[1] ?? /^--- a\/(.*)$/m.exec(part)?.[1], part] as const,
      ),
  );
  for (const path of ["src/add.ts", "new name.txt", "dos.txt", "gone.txt", "added.txt"]) {
    const shown = await diffOf(path)
      .locator("[data-line]")
      .evaluateAll((lines) =>
        lines.map((line) =>
          [...line.children]
            .slice(1)
            .map(({ textContent }) => textContent)
            .join(""),
        ),
      );
    const expected = (bodies.get(path) ?? "")
      .split("\n")
      .slice((bodies.get(path) ?? "").split("\n").findIndex((line) => line.startsWith("@@")))
      .filter((line) => /^[ +-]/.test(line));
    expect(
      shown.map((line) => line.replace(/\n$/, "").replace("⟨CR⟩", "\r")),
      path,
    ).toEqual(expected);
  }
  await expect(diffOf("new name.txt")).toContainText("Renamed from old name.txt");
  await expect(diffOf("run.sh")).toContainText("now executable");
  await expect(diffOf("logo.bin")).toContainText("Binary file");
  await expect(diffOf("added.txt")).toContainText("No newline at end of file");

  // Before and after beside each other: asked for once, remembered.
  await page.getByRole("button", { name: "Side by side" }).click();
  await expect(diffOf("src/add.ts").locator('[data-side="before"]').first()).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "Expand all files" }).click();
  await expect(diffOf("src/add.ts").locator('[data-side="after"]').first()).toBeVisible();
  await page.getByRole("button", { name: "Side by side" }).click();
  await expect(diffOf("src/add.ts").locator('[data-side="both"]').first()).toBeVisible();
});

test("comments on lines are collected, survive a reload, and go as one prompt", async () => {
  const sessionId = await changed(
    "sed -i 's/a + 3;/a + 33;/; s/a + 17;/a + 1717;/' src/add.ts; echo hi > new.txt",
  );
  await openChanges(sessionId);
  await file(/add\.ts/).click();
  const diff = diffOf("src/add.ts");

  // With the mouse.
  await diff.getByRole("button", { name: "Comment on line 4", exact: true }).click();
  await writeComment("Why 33?");
  await diff.getByRole("button", { name: "Add comment" }).click();
  await expect(diff.getByRole("button", { name: "Comment on line 4", exact: true })).toBeFocused();

  // With keys: a range, written half, and there again after a reload.
  await diff.getByRole("button", { name: "Comment on deleted line 18" }).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Enter");
  await writeComment("Keep the");
  await page.reload();
  await expect(tray()).toContainText("2 comments");
  await expect(tray()).toContainText("1 unsaved");
  await file(/add\.ts/).click();
  const field = diff.getByRole("textbox", { name: "Comment" });
  await expect(field).toHaveValue("Keep the");
  await field.press("End");
  await field.pressSequentially(" old one");
  await field.press("Control+Enter");
  await file(/new\.txt/).click();
  await diffOf("new.txt").getByRole("button", { name: "Comment on line 1" }).click();
  await writeComment("Needless");
  await page.keyboard.press("Control+Enter");

  // Another one is edited and deleted from the tray.
  await tray().getByRole("button", { name: "3 comments", exact: true }).click();
  await tray().getByRole("button", { name: "Edit comment on line 1 of new.txt" }).click();
  await diffOf("new.txt").getByRole("textbox", { name: "Comment" }).fill("Not needed");
  await page.keyboard.press("Control+Enter");
  await expect(diffOf("new.txt").getByText("Not needed")).toBeVisible();
  await tray().getByRole("button", { name: "Delete comment on line 1 of new.txt" }).click();
  await expect(changes()).toBeFocused();
  await tray().getByRole("textbox", { name: "Overall note" }).fill("Two things:");
  await tray().getByRole("button", { name: "Send 2 comments" }).click();
  await expect(tray()).toHaveCount(0);
  const line = (sign: string, n: number, value: number): string =>
    `${sign}export const add${n} = (a: number) => a + ${value};`;
  const prompt = [
    "Two things:",
    `1. \`src/add.ts\`, line 4\n\`\`\`diff\n${line("+", 3, 33)}\n\`\`\`\nWhy 33?`,
    `2. \`src/add.ts\`, line 18\n\`\`\`diff\n${line("-", 17, 17)}\n${line("+", 17, 1717)}\n\`\`\`\nKeep the old one`,
  ].join("\n\n");
  await expect
    .poll(async () =>
      (await server.client.session.get.query({ sessionId })).tasks.map(({ prompt: text }) => text),
    )
    .toContain(prompt);
});

test("a comment whose lines have changed since says so", async () => {
  const sessionId = await changed("sed -i 's/a + 3;/a + 33;/' src/add.ts");
  await openChanges(sessionId);
  await file(/add\.ts/).click();
  await diffOf("src/add.ts").getByRole("button", { name: "Comment on line 4", exact: true }).click();
  await writeComment("Why 33?");
  await page.keyboard.press("Control+Enter");
  const task = await server.client.task.submit.mutate({
    sessionId,
    prompt: `tool: bash ${JSON.stringify({ command: "sed -i 's/a + 33;/a + 34;/' src/add.ts" })}\nreply: Finished.`,
  });
  await expect(tray()).toContainText("1 outdated");
  await expect(diffOf("src/add.ts")).toContainText("Outdated: line 4 changed since");
  for await (const { type } of followTask(server.client, task)) if (type === "task.completed") break;
  await diffOf("src/add.ts").getByRole("button", { name: "Delete comment" }).click();
  await expect(tray()).toHaveCount(0);
});

test("a diff of 100,000 lines is rendered where it is looked at", async () => {
  const sessionId = await changed("yes x | head -100000 > long.txt; echo end >> long.txt");
  await openChanges(sessionId);
  await file(/long\.txt/).click();
  const diff = diffOf("long.txt");
  await expect(diff.getByRole("button", { name: "Comment on line 1", exact: true })).toBeVisible();
  await changes().evaluate(async (element) => {
    const isWhole = (): boolean => element.scrollHeight > 100_000 * 18;
    while (!isWhole()) await new Promise(requestAnimationFrame);
    element.scrollTop = element.scrollHeight;
  });
  await expect(diff.getByRole("button", { name: "Comment on line 100001" })).toBeVisible();
  // Those at the start go in a moment.
  await expect.poll(() => diff.locator("[data-line]").count()).toBeLessThan(600);
});

test("a review has no accessibility violation, light or dark, wide or narrow", async () => {
  const sessionId = await changed("sed -i 's/a + 3;/a + 33;/' src/add.ts");
  await openChanges(sessionId);
  await file(/add\.ts/).click();
  const diff = diffOf("src/add.ts");
  await diff.getByRole("button", { name: "Comment on line 4", exact: true }).click();
  await writeComment("Why 33?");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Shift+ArrowDown");
  await tray().getByRole("button", { name: "1 comment", exact: true }).click();
  const violations: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 375]) {
      await page.setViewportSize({ width, height: 812 });
      await expect(tray()).toBeVisible();
      for (const violation of await accessibilityViolations(page))
        violations.push(`${colorScheme} ${width} ${violation}`);
    }
  }
  expect(violations).toEqual([]);
});
