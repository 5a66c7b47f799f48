import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The browser to test with: one that is installed on the machine, else Playwright's own.
 * @returns a path, or undefined where Playwright is to use its own.
 * @throws Error saying what to install.
 */
export function findChromium(): string | undefined {
  for (const name of NAMES) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch (error) {
      // `which` says by its exit code that there is none.
      if ((error as { status?: number }).status === undefined) throw error;
    }
  }
  if (existsSync(chromium.executablePath())) return undefined;
  throw new Error(
    "The browser tests need Chromium: install it (Debian: apt-get install chromium), " +
      "or let Playwright do so (pnpm --filter @trunkline/e2e exec playwright install chromium)",
  );
}

/** Root has no sandbox to give; and nothing here is to look for anything outside this machine. */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];
