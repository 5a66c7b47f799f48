import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The browser for tests: one installed on the machine, otherwise Playwright's own.
 * @returns a path; undefined for Playwright's own.
 * @throws Error that says what to install.
 */
export function findChromium(): string | undefined {
  for (const name of NAMES) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch (error) {
      // `which` reports a missing program by its exit code.
      if ((error as { status?: number }).status === undefined) throw error;
    }
  }
  if (existsSync(chromium.executablePath())) return undefined;
  throw new Error(
    "The browser tests need Chromium: install it (Debian: apt-get install chromium), " +
      "or let Playwright do so (pnpm --filter @trunkline/e2e exec playwright install chromium)",
  );
}

/** Root can't use Chromium's sandbox; and nothing here may access the network outside this machine. */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];
