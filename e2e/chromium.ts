import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** The same browser without its own windows, tabs and pages, which take a third of its time; Playwright's own is one, too. */
const SHELL = "chromium-headless-shell";

/**
 * The browser for tests: one installed on the machine, otherwise Playwright's own.
 *
 * @param options.shell whether one without a window of its own is preferred
 * @returns a path; undefined for Playwright's own.
 * @throws Error that says what to install.
 */
export function findChromium({ shell = false } = {}): string | undefined {
  for (const name of shell ? [SHELL, ...NAMES] : NAMES) {
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

/** For tests of what the shell lacks: notifications, pages of any height. Playwright's own is the shell where no path is given. */
export const WHOLE_BROWSER = {
  executablePath: findChromium() ?? chromium.executablePath(),
  args: CHROMIUM_ARGS,
};
