import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, type OwnAccount, send, signIn, test } from "../fixtures.ts";

const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const openPanel = (page: Page) => page.getByRole("button", { name: "Publish…" });

/** Opens the inspector, which stays open over a reload. */
async function changes(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Inspector" }).click();
  await tab(page, "Changes").click();
}

/** Of a session in a project that has written a file. @returns its id */
async function writeInProject(page: Page, server: OwnAccount, projectRoot: string): Promise<string> {
  const path = mkdtempSync(join(projectRoot, "changes-"));
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["commit", "-q", "--allow-empty", "-m", "first"],
  ])
    execFileSync("git", [...identity, ...args], { cwd: path });
  const source = { kind: "directory", path } as const;
  const { id: projectId } = await server.client.project.create.mutate({
    name: `changes-${server.name}`,
    source,
  });
  const { sessionId } = await server.client.task.submit.mutate({
    prompt: 'tool: write_file {"path":"a.txt","content":"x"}',
    projectId,
  });
  await page.goto(`${server.url}/s/${sessionId}`);
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  return sessionId;
}

test("what is written about work that is to be published stays until it is published or given up", async ({
  page,
  server,
  projectRoot,
}) => {
  await signIn(page, server);
  await writeInProject(page, server, projectRoot);
  await changes(page);
  await openPanel(page).click();
  const title = page.getByRole("form", { name: "Publish changes" }).getByLabel("Title");
  await title.fill("A title that took a while");
  // To another tab of the panel, and back.
  await tab(page, "Files").click();
  await tab(page, "Changes").click();
  await openPanel(page).click();
  await expect(title).toHaveValue("A title that took a while");
  await page.reload();
  await openPanel(page).click();
  await expect(title).toHaveValue("A title that took a while");

  await page.getByRole("button", { name: "Cancel" }).click();
  await openPanel(page).click();
  await expect(title).toHaveValue("");
  await title.fill("Another one");
  await page.getByRole("button", { name: "Create branch" }).click();
  await expect(page.getByText("Branch created", { exact: true })).toBeVisible();
  await page.reload();
  await openPanel(page).click();
  await page.getByRole("button", { name: "Publish again…" }).click();
  await expect(title).toHaveValue("");
});

test("a note to what others wrote stays while they write on, and goes with nothing that was not read", async ({
  page,
  server,
  projectRoot,
}) => {
  let feedback = { prompt: "Rename it", digest: "one", items: 1 };
  // In place of a forge.
  await page.route(/\/trpc\/[^?]*session\.publication/, async (route) => {
    const names = new URL(route.request().url()).pathname.replace("/trpc/", "").split(",");
    const response = await route.fetch();
    const answers = (await response.json()) as { result: { data: object } }[];
    const answer = answers[names.indexOf("session.publication")]!;
    answer.result.data = { ...answer.result.data, feedback };
    await route.fulfill({ response, json: answers });
  });
  await signIn(page, server);
  const sessionId = await writeInProject(page, server, projectRoot);
  await server.client.session.publish.mutate({ sessionId, kind: "local" });
  await changes(page);
  await openPanel(page).click();
  const bring = page.getByRole("button", { name: "Bring back as prompt" });
  await bring.click();
  const prompt = page.getByLabel("Prompt", { exact: true });
  const note = page.getByRole("textbox", { name: "Your note" });
  await expect(prompt).toHaveText("Rename it");
  await note.fill("but not in the tests");

  feedback = { prompt: "Rename it\nDelete all", digest: "two", items: 2 };
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  await expect(page.getByText("Comments or checks have changed since.")).toBeVisible();
  await expect(prompt).toHaveText("Rename it");
  await expect(note).toHaveValue("but not in the tests");
  await expect(page.getByRole("button", { name: "Send to the agent" })).toBeDisabled();
  await page.getByRole("button", { name: "Show them" }).click();
  await expect(prompt).toHaveText("Rename it Delete all");
  await expect(page.getByRole("button", { name: "Send to the agent" })).toBeEnabled();

  await page.reload();
  await openPanel(page).click();
  await bring.click();
  await expect(note).toHaveValue("but not in the tests");
});

test("a diff that is opened while another part is loaded is of no other part", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, 'tool: bash {"command":"echo one > a.txt"}');
  const done = page.getByRole("log").getByText("Done", { exact: true });
  await expect(done).toHaveCount(1);
  await send(page, 'tool: bash {"command":"echo two >> a.txt"}');
  await expect(done).toHaveCount(2);
  await changes(page);
  const part = page.getByRole("combobox", { name: "Which changes" });
  const list = page.getByRole("region", { name: "Changes", exact: true });
  const file = list.getByRole("button", { name: /a\.txt/, expanded: false });
  await expect(file).toContainText("+2");

  const released = Promise.withResolvers<void>();
  const isLast = /session\.changes[^?]*\?.*fromSeq/;
  await page.route(isLast, async (route) => {
    await released.promise;
    await route.continue();
  });
  await part.selectOption("Last task");
  // Still the list of all changes: nothing of it is reverted by what it says of the files.
  await file.hover();
  await expect(page.getByRole("button", { name: "Copy path" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Revert a.txt" })).toHaveCount(0);
  await file.click();
  const diff = page.getByRole("region", { name: "Diff of a.txt" });
  await expect(diff).toContainText("two");
  released.resolve();
  await expect(list.getByRole("button", { name: /a\.txt/, expanded: true })).toContainText("+1");
  await part.selectOption("All changes");
  await expect(list.getByRole("button", { name: /a\.txt/, expanded: true })).toContainText("+2");
  await expect(diff.locator(".bg-added")).toHaveCount(2);
});
