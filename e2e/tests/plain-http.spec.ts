import { chromium } from "@playwright/test";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";
import { expect, send, sessionIdOf, test } from "../fixtures.ts";

const TABS = 5;

test("over plain HTTP from another machine, tabs leave each other connections", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    web: "on",
    env: { ...provider.serverEnv, TRUNKLINE_ALLOWED_HOSTS: "agents.test" },
  });
  // A name that is no loopback's is no secure context: the browser has neither locks nor HTTP/2, and six connections.
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, `--host-resolver-rules=MAP agents.test:80 ${new URL(server.url).host}`],
  });
  try {
    const context = await browser.newContext();
    const first = await context.newPage();
    const link = new URL(server.signInUrl);
    await first.goto(`http://agents.test${link.pathname}${link.search}`);
    await first.getByRole("button", { name: "Sign in as local" }).click();
    await expect(first.getByRole("textbox", { name: "Message" })).toBeVisible();
    expect(await first.evaluate(() => isSecureContext)).toBe(false);
    for (let tab = 0; tab < TABS; tab++) {
      const page = tab === 0 ? first : await context.newPage();
      await page.goto("http://agents.test/");
      await send(page, `reply: first of ${tab}`);
      await sessionIdOf(page);
      await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
    }
    // What is said in one of them arrives, also in the tabs that have no stream.
    for (const page of context.pages()) {
      await send(page, "reply: and the second");
      await expect(page.getByRole("log").getByText("and the second", { exact: true })).toBeVisible();
    }
    await expect(first.getByRole("navigation").getByRole("link", { name: /first of/ })).toHaveCount(TABS);
  } finally {
    await browser.close();
  }
});
