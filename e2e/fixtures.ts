import { expect, type Page, test as base } from "@playwright/test";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";

interface Fixtures {
  /** Answers by the prompt's own script (packages/testkit/README.md) unless the test says otherwise. */
  provider: FakeProvider;
  /** With the UI, and the fake provider as its model. */
  server: ServerFixture;
  /** With the UI and no configuration: the demo model. */
  demo: ServerFixture;
}

export const test = base.extend<Fixtures>({
  // Playwright derives a fixture's dependencies from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  provider: async ({}, use) => {
    await using provider = await FakeProvider.start();
    await use(provider);
  },
  server: async ({ provider }, use) => {
    await using server = await ServerFixture.start({ web: "on", env: provider.serverEnv });
    await use(server);
  },
  // oxlint-disable-next-line no-empty-pattern
  demo: async ({}, use) => {
    await using server = await ServerFixture.start({ web: "on" });
    await use(server);
  },
});

export { expect };

/** Opens the one-time link, like a user who has just started the server. */
export async function signIn(page: Page, server: ServerFixture): Promise<void> {
  await page.goto(server.signInUrl);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
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
