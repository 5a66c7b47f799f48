import { defineConfig } from "@playwright/test";
import { CHROMIUM_ARGS, findChromium } from "./chromium.ts";

/** Against the real server and the production build of the UI (`turbo run build --filter=@trunkline/web` makes it). */
export default defineConfig({
  testDir: "tests",
  // Each has a server, its UI and a browser of its own, and waits more than it works.
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_ARGS },
    trace: "retain-on-failure",
    viewport: { width: 1280, height: 800 },
  },
});
