import type { Browser, Locator, Page } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import { accessibilityViolations } from "../accessibility.ts";
import type { Bar } from "./bar.ts";
import { signedInPage } from "./signed-in-page.ts";

const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const TABS = ["Changes", "Files", "Timeline", "Raw"] as const;

/** Axe on every screen, light and dark, wide and narrow. The browser tests do so for each state of each of them. */
export async function measureAccessibility(
  browser: Browser,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  const { share, secret } = await server.client.share.create.mutate({ sessionId });
  const page = await signedInPage(browser, server.url, server.token);
  const session = `${server.url}/s/${sessionId}`;
  const screens: Record<string, () => Promise<void>> = {
    home: async () => {
      await page.goto(server.url);
      await page.getByRole("textbox", { name: "Message" }).waitFor();
    },
    settings: async () => {
      await page.goto(`${server.url}/settings`);
      await page.getByRole("heading", { name: "Settings" }).waitFor();
    },
    shared: async () => {
      await page.goto(`${server.url}/shared/${share.sessionId}#${secret}`);
      await transcriptOf(page).waitFor();
    },
    session: () => openSession(page, session, null),
    search: async () => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("dialog").waitFor();
    },
    ...Object.fromEntries(TABS.map((tab) => [tab, () => openSession(page, session, tab)])),
  };
  const violations: string[] = [];
  let looked = 0;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [width, size] of Object.entries(WIDTHS)) {
      await page.setViewportSize(size);
      for (const [screen, open] of Object.entries(screens)) {
        await open();
        const found = await accessibilityViolations(page);
        violations.push(...found.map((one) => `${screen}, ${colorScheme}, ${width}: ${one}`));
        looked += 1;
      }
    }
  }
  await page.context().close();
  for (const violation of violations) process.stderr.write(`axe: ${violation}\n`);
  return [
    {
      name: `axe: violations, ${looked} views of ${Object.keys(screens).length} screens`,
      value: violations.length,
      unit: "",
      atMost: 0,
    },
  ];
}

const transcriptOf = (page: Page): Locator =>
  page.getByRole("log", { name: "Transcript" }).getByText("Done").last();

/** Opens the session with its inspector at a tab, or closed. */
async function openSession(page: Page, url: string, tab: (typeof TABS)[number] | null): Promise<void> {
  await page.evaluate(
    (stored) => localStorage.setItem("trunkline:inspector", JSON.stringify(stored)),
    tab === null ? { isOpen: false } : { isOpen: true, tab: tab.toLowerCase() },
  );
  await page.goto(url);
  if (tab === null) return transcriptOf(page).waitFor();
  // A sheet is not restored: it would be over the session.
  if ((page.viewportSize()?.width ?? 0) < 1200) await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tabpanel", { name: tab }).waitFor();
}
