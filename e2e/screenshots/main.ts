/**
 * Takes the pictures of README and docs from the real app: production build, a fake provider that tells a story, one
 * browser. Run it after a change that they show, and look at them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { FakeProvider, ServerFixture, waitFor } from "@trunkline/testkit";
import { signedInPage } from "../bars/signed-in-page.ts";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";
import { settled } from "../settled.ts";
import { createRepository } from "./repository.ts";
import { PROMPTS, tell } from "./story.ts";

const IMAGES = resolve(import.meta.dirname, "../../docs/images");

const root = mkdtempSync(join(tmpdir(), "trunkline-screenshots-"));
try {
  createRepository(join(root, "zebra"));
  await using provider = await FakeProvider.start({ respond: tell, models: ["sonnet"] });
  await using server = await ServerFixture.start({
    web: "on",
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: root },
  });
  const sessions = await playStory(server, root);
  await using browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  await takePictures(browser, server, sessions);
} finally {
  rmSync(root, { recursive: true, force: true });
}

type Sessions = Record<keyof typeof PROMPTS, string>;

/** @returns the sessions' ids, each where its picture is taken. */
async function playStory({ client }: ServerFixture, roots: string): Promise<Sessions> {
  const { id: projectId } = await client.project.create.mutate({
    name: "zebra",
    source: { kind: "directory", path: join(roots, "zebra") },
  });
  await client.rule.create.mutate({ effect: "ask", tool: "bash", pattern: "git push *" });
  const sessions = {} as Sessions;
  const states = { fix: "completed", review: "completed", report: "completed", upgrade: "working" } as const;
  for (const name of ["report", "review", "fix", "question", "push", "upgrade"] as const) {
    const { sessionId, taskId } = await client.task.submit.mutate({ prompt: PROMPTS[name], projectId });
    sessions[name] = sessionId;
    const wanted = name in states ? states[name as keyof typeof states] : "input-required";
    await waitFor(
      `${name} to be ${wanted}`,
      async () => {
        const { state } = await client.task.get.query({ taskId });
        return state === wanted;
      },
      { timeoutMs: 120_000 },
    );
  }
  return sessions;
}

async function takePictures(browser: Browser, server: ServerFixture, sessions: Sessions): Promise<void> {
  const { url, token } = server;
  /** A page of its own for each picture: none remembers what another has opened. */
  const picture = async (
    name: string,
    look: { session?: keyof Sessions; dark?: boolean; width?: number },
    prepare: (page: Page) => Promise<void>,
  ): Promise<void> => {
    const page = await signedInPage(browser, url, token);
    await page.emulateMedia({ colorScheme: look.dark === true ? "dark" : "light" });
    if (look.width !== undefined) await page.setViewportSize({ width: look.width, height: 844 });
    await page.goto(look.session === undefined ? url : `${url}/s/${sessions[look.session]}`);
    await prepare(page);
    // The list of sessions, too, and what takes the place of other skeletons.
    await page.waitForFunction(() => document.querySelector(".animate-pulse-soft") === null);
    // Answers can't be pressed in the moment in which they appear.
    await page.waitForFunction(() =>
      [...document.querySelectorAll("button")].every(
        ({ disabled, textContent }) => !disabled || !/^(?:Allow|MIT)$/.test(textContent.trim()),
      ),
    );
    await settled(page);
    await page.evaluate(async () => document.fonts.ready);
    await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: "disabled" });
    process.stdout.write(`docs/images/${name}.png\n`);
    await page.context().close();
  };
  const shows = (words: string) => async (page: Page) =>
    page.getByRole("log", { name: "Transcript" }).getByText(words).first().waitFor();
  const done = shows("All three tests pass.");
  const tab = async (page: Page, name: string): Promise<void> => {
    await page.getByRole("button", { name: "Inspector" }).click();
    await page.getByRole("tab", { name }).click();
  };

  await picture("running", { session: "upgrade" }, shows("1.5.0"));
  await picture("inbox", {}, async (page) => {
    await page.getByRole("heading", { name: "Needs you" }).first().waitFor();
    await page.getByText("git push origin HEAD").first().waitFor();
  });
  await picture("session", { session: "fix" }, done);
  await picture("review", { session: "fix" }, async (page) => {
    await done(page);
    await tab(page, "Changes");
    await page
      .getByRole("region", { name: "Changes" })
      .getByRole("button", { name: /parse-duration/, expanded: false })
      .first()
      .click();
    const diff = page.getByRole("region", { name: "Diff of src/parse-duration.js" });
    await diff
      .getByRole("button", { name: /^Comment on line 8/ })
      .first()
      .click();
    await page.keyboard.type("What about 1.5h? It is read as 5h.");
    await page.keyboard.press("Control+Enter");
    await page.getByText("1 comment").first().waitFor();
  });
  await picture("timeline", { session: "fix" }, async (page) => {
    await done(page);
    await tab(page, "Timeline");
  });
  await picture("approval", { session: "push" }, shows("git push origin HEAD"));
  await picture("subagents", { session: "review" }, async (page) => {
    await shows("Two agents read it")(page);
    await page
      .getByRole("button", { name: /Correctness/ })
      .first()
      .click();
  });
  await picture("dark", { session: "fix", dark: true }, done);
  await picture("mobile", { session: "fix", width: 390 }, done);
}
