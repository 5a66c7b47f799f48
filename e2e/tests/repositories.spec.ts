import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessibilityViolations } from "../accessibility.ts";
import { addAccount, expect, type OwnAccount, send, sessionIdOf, signIn, test } from "../fixtures.ts";

/** A real repository, the project of all tests here; they share a user. */
let repository: string;
let server: OwnAccount & AsyncDisposable;

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    cwd: repository,
    encoding: "utf8",
  });

test.beforeAll(async ({ sharedServer, projectRoot }) => {
  repository = join(mkdtempSync(join(projectRoot, "repositories-")), "shop");
  mkdirSync(join(repository, "src"), { recursive: true });
  writeFileSync(join(repository, "src/add.ts"), "export const add = (a: number, b: number) => a - b;\n");
  writeFileSync(join(repository, "old.txt"), "one\ntwo\nthree\n");
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "first");
  server = await addAccount(sharedServer);
});

test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const transcript = (page: Page) => page.getByRole("log", { name: "Transcript" });
const changes = (page: Page) => page.getByRole("region", { name: "Changes" });

/** Starts a session in the project that runs one command. */
async function run(page: Page, command: string): Promise<string> {
  const { items } = await server.client.project.list.query({ name: "shop" });
  const projectId =
    items[0]?.id ??
    (
      await server.client.project.create.mutate({
        name: "shop",
        source: { kind: "directory", path: repository },
      })
    ).id;
  const { sessionId } = await server.client.task.submit.mutate({
    prompt: `tool: bash ${JSON.stringify({ command })}\nreply: Finished.`,
    projectId,
  });
  await signIn(page, server);
  await page.goto(`${server.url}/s/${sessionId}`);
  await expect(transcript(page).getByText("Done")).toBeVisible();
  return sessionId;
}

async function openTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole("tab", { name });
  if (!(await tab.isVisible())) await page.getByRole("button", { name: "Inspector" }).click();
  await tab.click();
}

test("a project is created, chosen and remembered; its credential is never shown again", async ({ page }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Repository").fill("https://git.example.com/team/api.git");
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByRole("button", { name: "Credential of api" }).click();
  await page.getByLabel("Token or password").fill("s3cret-token");
  await page.getByRole("button", { name: "Store credential" }).click();
  await expect(page.getByText("token stored")).toBeVisible();
  await expect(page.getByText("s3cret-token")).toHaveCount(0);
  await page.getByRole("button", { name: "Delete api" }).click();
  await page.getByRole("button", { name: "Delete project" }).click();
  await expect(page.getByRole("button", { name: "Edit api" })).toHaveCount(0);

  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Repository").fill(repository);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("button", { name: "Edit shop" })).toBeVisible();
  await page.goto(server.url);
  await page.getByLabel("Project", { exact: true }).selectOption({ label: "shop" });
  await send(page, 'tool: bash {"command":"cat src/add.ts"}\nreply: Read.');
  await expect(transcript(page).getByText("a - b")).toBeVisible();
  await expect(page.getByRole("banner").getByText("shop")).toBeVisible();
  const { session } = await server.client.session.get.query({ sessionId: await sessionIdOf(page) });
  expect(session).toMatchObject({ workspaceKind: "clone", branch: expect.stringContaining("trunkline/") });
  await page.goto(server.url);
  await expect(page.getByLabel("Project", { exact: true }).locator("option:checked")).toHaveText("shop");
});

test("changes are those of the workspace, whatever wrote them; a file and all of them can be reverted", async ({
  page,
}) => {
  await run(page, "sed -i 's/a - b/a + b/' src/add.ts; printf 'new\\n' > new.txt; rm old.txt");
  await openTab(page, "Changes");
  for (const name of [/Added: *new\.txt/, /Deleted: *old\.txt/, /Modified: *src\/add\.ts/])
    await expect(changes(page).getByRole("button", { name })).toBeVisible();
  await changes(page)
    .getByRole("button", { name: /add\.ts/, expanded: false })
    .click();
  const diff = page.getByRole("region", { name: "Diff of src/add.ts" });
  await expect(diff.getByText("a + b")).toBeVisible();
  await expect(diff.getByText("a - b")).toBeVisible();

  // Enter is on Cancel: no key press that was meant for something else reverts anything.
  await changes(page)
    .getByRole("button", { name: /new\.txt/, expanded: false })
    .hover();
  await page.getByRole("button", { name: "Revert new.txt" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("did not exist when the session started");
  await expect(page.getByRole("alertdialog").getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(changes(page).getByRole("button", { name: /new\.txt/, expanded: false })).toBeVisible();

  await changes(page)
    .getByRole("button", { name: /new\.txt/, expanded: false })
    .hover();
  await page.getByRole("button", { name: "Revert new.txt" }).click();
  await page.getByRole("button", { name: "Revert file" }).click();
  await expect(changes(page).getByText("new.txt")).toHaveCount(0);
  await page.getByRole("button", { name: "Revert all…" }).click();
  await page.getByRole("button", { name: "Revert all changes" }).click();
  await expect(changes(page).getByText("No changes yet.")).toBeVisible();

  // And back: a revert saves what was there.
  await transcript(page).getByText("Files saved").last().hover();
  await transcript(page).getByRole("button", { name: "Revert to here…" }).last().click();
  await page.getByRole("button", { name: "Revert files" }).click();
  await expect(changes(page).getByRole("button", { name: /new\.txt/, expanded: false })).toBeVisible();
  expect(git("status", "--porcelain")).toBe("");
});

test("files can be read and downloaded", async ({ page }) => {
  await run(page, "mkdir -p docs; seq 1 12000 > docs/numbers.txt");
  await openTab(page, "Files");
  const files = page.getByRole("region", { name: "Files" });
  await files.getByRole("button", { name: "docs" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download all" }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.tar\.gz$/);
  await files.getByRole("button", { name: /numbers\.txt/ }).click();
  const content = page.getByRole("region", { name: "File content" });
  await expect(content.getByText("12000", { exact: true })).toHaveCount(0);
  await content.getByRole("button", { name: "Show more" }).click();
  await expect(content.getByText("12000").first()).toBeAttached();
  await page.getByRole("button", { name: "All files" }).click();
  await expect(files.getByRole("button", { name: /numbers\.txt/ })).toBeVisible();
});

test("deleting says which unpublished files would be lost", async ({ page }) => {
  const sessionId = await run(page, "printf x > lost.txt");
  await page.getByRole("button", { name: "More actions", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("1 changed file was never published");
  await expect(question).toContainText("lost.txt");
  await question.getByRole("button", { name: "Delete session and its changes" }).click();
  // Told once. The server has looked for itself, and wants to be told twice.
  await expect(question).toContainText("This work is published nowhere");
  expect((await server.client.session.get.query({ sessionId })).session.id).toBe(sessionId);
  await question.getByRole("button", { name: "Discard the work and delete" }).click();
  await page.waitForURL(`${server.url}/`);
  await expect(server.client.session.get.query({ sessionId })).rejects.toThrow();
});

async function expectNoViolations(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await run(page, "sed -i 's/a - b/a + b/' src/add.ts; printf 'new\\n' > new.md");
  await openTab(page, "Changes");
  for (const name of [/add\.ts/, /new\.md/])
    await changes(page).getByRole("button", { name, expanded: false }).click();
  await expect(page.getByRole("region", { name: "Diff of new.md" }).getByText("new")).toBeVisible();
  const violations: string[] = [];
  const check = async (screen: string): Promise<void> => {
    for (const violation of await accessibilityViolations(page)) violations.push(`${screen}: ${violation}`);
  };
  await check("changes");
  await openTab(page, "Files");
  const files = page.getByRole("region", { name: "Files" });
  await expect(files.getByRole("button", { name: /new\.md/ })).toBeVisible();
  await check("files");
  await page.setViewportSize({ width: 390, height: 844 });
  await check("files, narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "New project" }).click();
  await check("settings, narrow");
  expect(violations).toEqual([]);
}

test("no panel has an accessibility violation, wide or narrow, in light", async ({ page }) => {
  await expectNoViolations(page, "light");
});

test("no panel has an accessibility violation, wide or narrow, in dark", async ({ page }) => {
  await expectNoViolations(page, "dark");
});

test("a refused host is told, and allowed by its button alone", async ({ page }) => {
  await run(page, "git ls-remote https://refused.example/x.git || true");
  await expect(transcript(page).getByText("was refused.")).toBeVisible();
  await page.locator("[data-pane]").focus();
  for (const key of ["a", "y", "Enter"]) await page.keyboard.press(key);
  await expect(transcript(page).getByText("was refused.")).toBeVisible();
  await page.getByRole("button", { name: "Allow for this session: refused.example" }).click();
  await expect(transcript(page).getByText("allowed for this session by")).toBeVisible();
});

test("work is published as a branch of the project's directory, whose files stay as they are", async ({
  page,
}) => {
  await run(page, "sed -i 's/a - b/a + b/' src/add.ts");
  await openTab(page, "Changes");
  await page.getByRole("button", { name: "Publish…" }).click();
  const form = page.getByRole("form", { name: "Publish changes" });
  await form.getByLabel("Title").fill("Add, not subtract");
  await form.getByLabel("Branch", { exact: true }).fill("trunkline/fix-add");
  await form.getByRole("button", { name: "Create branch" }).click();
  await expect(transcript(page).getByText("Created in the project's directory: branch")).toBeVisible();
  const branch = git("branch", "--list", "trunkline/fix-add", "--format=%(refname:short)").trim();
  expect(git("show", `${branch}:src/add.ts`)).toContain("a + b");
  expect(git("log", "-1", "--format=%s", branch).trim()).toBe("Add, not subtract");
  expect(git("status", "--porcelain")).toBe("");
});

test("what is being written about work that somebody else publishes meanwhile stays", async ({ page }) => {
  await run(page, "echo more >> src/add.ts");
  await openTab(page, "Changes");
  await page.getByRole("button", { name: "Publish…" }).click();
  const form = page.getByRole("form", { name: "Publish changes" });
  await form.getByLabel("Title").fill("A title that took a while");
  const sessionId = await sessionIdOf(page);
  await server.client.session.publish.mutate({ sessionId, kind: "local" });
  await expect(transcript(page).getByText("Created in the project's directory: branch")).toBeVisible();
  await expect(form.getByLabel("Title")).toHaveValue("A title that took a while");
});

test("a setup that fails is shown with its output, and can be run again", async ({ page }) => {
  const source = { kind: "directory", path: repository } as const;
  const { id: projectId } = await server.client.project.create.mutate({
    name: "prepared",
    source,
    setup: "echo preparing; exit 3",
  });
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: Finished.", projectId });
  await signIn(page, server);
  await page.goto(`${server.url}/s/${sessionId}`);
  await expect(transcript(page).getByText("exit 3", { exact: true })).toBeVisible();
  await expect(transcript(page).getByText("preparing", { exact: true })).toBeVisible();
  await server.client.project.update.mutate({ projectId, setup: "echo ready" });
  await page.getByRole("button", { name: "Run setup again" }).click();
  await expect(transcript(page).getByText("Finished.", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Run setup again" })).toHaveCount(0);
});
