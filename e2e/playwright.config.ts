import { defineConfig } from "@playwright/test";
import { CHROMIUM_ARGS, findChromium } from "./chromium.ts";

/** Against the real server and the production build of the UI (`turbo run build --filter=@trunkline/web`). */
export default defineConfig({
  testDir: "tests",
  // Each worker has a server, its UI and a browser of its own: a third is no gain on two cores.
  workers: 2,
  retries: 0,
  // For a machine that does much else, on which a test's own server may take minutes to start; none of them is about time.
  timeout: 360_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  use: {
    launchOptions: { executablePath: findChromium({ shell: true }), args: CHROMIUM_ARGS },
    // A trace records every step of every test, failed or not, which costs time: `--trace on` where one is needed.
    screenshot: "only-on-failure",
    viewport: { width: 1280, height: 800 },
  },
});
