import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test as base } from "@playwright/test";
import type { TrunklineClient } from "@trunkline/client";
import { addUser, FakeProvider, ServerFixture } from "@trunkline/testkit";

/** Where somebody signs in. */
export interface Account {
  url: string;
  token: string;
}

/** A user of the test's own, with nothing of any other test, on a server that the worker's tests share. */
export interface OwnAccount extends Account {
  name: string;
  client: TrunklineClient;
}

interface Fixtures {
  /** Answers by the prompt's own script (packages/testkit/README.md) unless the test says otherwise. */
  provider: FakeProvider;
  /** With the UI, and the fake provider as its model. */
  server: OwnAccount;
  /** The same, where every tool call needs approval. */
  asking: OwnAccount;
  /** The test's own server with the UI and no configuration: the demo model. */
  demo: ServerFixture;
}

/** Started when the first test of a worker needs them: a server with its UI costs seconds. */
interface WorkerFixtures {
  /** Directories below it can be projects. */
  projectRoot: string;
  sharedProvider: FakeProvider;
  sharedServer: ServerFixture;
  sharedAsking: ServerFixture;
}

/** Longer than a server's start and end may take, and no part of a test's own time. */
const SERVER_MS = 360_000;

export const test = base.extend<Fixtures, WorkerFixtures>({
  projectRoot: [
    // Playwright derives a fixture's dependencies from this pattern.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const root = mkdtempSync(join(tmpdir(), "trunkline-e2e-projects-"));
      await use(root);
      rmSync(root, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  sharedProvider: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      await using provider = await FakeProvider.start();
      await use(provider);
    },
    { scope: "worker" },
  ],
  sharedServer: [
    async ({ sharedProvider, projectRoot }, use) => {
      const env = { ...sharedProvider.serverEnv, TRUNKLINE_PROJECT_ROOTS: projectRoot };
      await using server = await ServerFixture.start({ web: "on", env });
      await use(server);
    },
    { scope: "worker", timeout: SERVER_MS },
  ],
  sharedAsking: [
    async ({ sharedProvider, projectRoot }, use) => {
      const env = {
        ...sharedProvider.serverEnv,
        TRUNKLINE_PROJECT_ROOTS: projectRoot,
        TRUNKLINE_APPROVALS: "always",
      };
      await using server = await ServerFixture.start({ web: "on", env });
      await use(server);
    },
    { scope: "worker", timeout: SERVER_MS },
  ],
  provider: async ({ sharedProvider }, use) => {
    await use(sharedProvider);
    sharedProvider.reset();
  },
  // The provider comes first, so that it forgets the test once nothing of it runs.
  server: async ({ provider: _, sharedServer }, use) => withAccount(sharedServer, use),
  asking: async ({ provider: _, sharedAsking }, use) => withAccount(sharedAsking, use),
  demo: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      await using server = await ServerFixture.start({ web: "on" });
      await use(server);
    },
    { timeout: SERVER_MS },
  ],
});

export { expect };

let accounts = 0;

/** A user whose tasks end with the test. */
async function withAccount(
  server: ServerFixture,
  use: (account: OwnAccount) => Promise<void>,
): Promise<void> {
  await using account = await addAccount(server);
  await use(account);
}

/** For tests of one file that share a user. */
export async function addAccount(server: ServerFixture): Promise<OwnAccount & AsyncDisposable> {
  accounts += 1;
  const name = `user-${accounts}`;
  const { userId, token, client } = await addUser(server, name, "admin");
  return {
    url: server.url,
    token,
    name,
    client,
    async [Symbol.asyncDispose]() {
      await server.client.user.remove.mutate({ userId });
    },
  };
}

/** Signs in with the token, which works any number of times; sign-in.spec.ts does so by the one-time link. */
export async function signIn(page: Page, { url, token }: Account): Promise<void> {
  const answer = await page.request.post(`${url}/sign-in`, {
    data: { token },
    headers: { origin: new URL(url).origin },
  });
  const { pageKey } = (await answer.json()) as { pageKey: string };
  // From the server's own page, only the fragment would change, and nothing would be loaded.
  await page.goto("about:blank");
  await page.goto(`${url}/#page-key=${pageKey}`);
  // The page is visible before its script runs, and takes no keys until then; the script gives the box the focus.
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
}

/** Sends a message from the current page. */
export async function send(page: Page, text: string): Promise<void> {
  const box = page.getByRole("textbox", { name: "Message" });
  // The page is visible before its script runs: until then, typing has no effect.
  await expect(async () => {
    await box.fill(text);
    await expect(page.getByRole("button", { name: /^(Send|Queue)$/ })).toBeEnabled({ timeout: 500 });
  }).toPass();
  await box.press("Enter");
}

/** @returns the id of the session on the page. */
export async function sessionIdOf(page: Page): Promise<string> {
  await page.waitForURL(/\/s\/[0-9a-f-]{36}/);
  return /\/s\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
}

/**
 * Waits for a text that passes by, such as a notice that goes by itself: the page itself looks for it, because on a busy
 * machine a look from here may come too late.
 * @returns once it looks; `seen` resolves with the text when it has been there
 */
export async function watchFor(page: Page, pattern: RegExp): Promise<{ seen: Promise<string> }> {
  const found = await page.evaluateHandle(({ source, flags }) => {
    const wanted = new RegExp(source, flags);
    const seen = new Promise<string>((resolve) => {
      const look = (): void => {
        const text = wanted.exec(document.body.innerText)?.[0];
        if (text !== undefined) resolve(text);
      };
      new MutationObserver(look).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
      });
      look();
    });
    // A promise alone would be awaited here.
    return { seen };
  }, pattern);
  return { seen: found.evaluate(({ seen }) => seen) };
}
