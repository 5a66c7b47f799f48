import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { type ServerFixture, waitFor } from "@trunkline/testkit";
import lighthouse, { desktopConfig } from "lighthouse";
import { CHROMIUM_ARGS, findChromium } from "../chromium.ts";
import type { Bar } from "./bar.ts";
import { signIn } from "./signed-in-page.ts";

/** Lighthouse's scores of a session's page, with its settings for a desktop. It has a browser of its own, which it takes over. */
export async function measureLighthouse(
  _: unknown,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  const profile = await mkdtemp(join(tmpdir(), "trunkline-lighthouse-"));
  try {
    await using context = await chromium.launchPersistentContext(profile, {
      executablePath: findChromium(),
      args: [...CHROMIUM_ARGS, "--remote-debugging-port=0"],
    });
    const key = await signIn(context, server.url, server.token);
    const page = await context.newPage();
    // Its pages have no scripts of ours: the key is in the profile's storage.
    await page.goto(`${server.url}/#page-key=${key}`);
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    const port = Number(
      await waitFor("the browser's port", async () => {
        const text = await readFile(join(profile, "DevToolsActivePort"), "utf8").catch(() => "");
        return text.split("\n")[0] || undefined;
      }),
    );
    const result = await lighthouse(
      `${server.url}/s/${sessionId}`,
      {
        port,
        disableStorageReset: true,
        onlyCategories: ["performance", "accessibility"],
        logLevel: "error",
      },
      desktopConfig,
    );
    const categories = result?.lhr.categories ?? {};
    const score = (name: string): number => Math.round((categories[name]?.score ?? Number.NaN) * 100);
    return [
      { name: "Lighthouse: accessibility", value: score("accessibility"), unit: "", atLeast: 100 },
      { name: "Lighthouse: performance", value: score("performance"), unit: "", atLeast: 95 },
    ];
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
