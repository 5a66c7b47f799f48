import type { Browser } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import { type Bar, quantile } from "./bar.ts";
import { countRenders } from "../render-counts.ts";
import { scriptPerFrame } from "./script-per-frame.ts";
import { signedInPage } from "./signed-in-page.ts";
import { watchTokens } from "./watch-tokens.ts";

const TOKENS = 400;
const PER_SECOND = 40;

/** Tokens streaming into a long session: when they are visible, and how responsive typing is meanwhile. */
export async function measureStreaming(
  browser: Browser,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  const page = await signedInPage(browser, server.url, server.token);
  await countRenders(page);
  await page.goto(`${server.url}/s/${sessionId}`);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.waitFor();
  await watchTokens(page);
  await server.client.task.submit.mutate({ sessionId, prompt: `tokens: ${TOKENS} @ ${PER_SECOND}/s` });
  await page.waitForFunction(() => seenTokens().size > 20);
  await page.evaluate(() => void commits.splice(0));
  const scripts = await scriptPerFrame(browser, page, async () => {
    const seen = await page.evaluate(() => seenTokens().size);
    await page.waitForFunction((from) => seenTokens().size > from + 120, seen);
  });
  const renders = await page.evaluate(() => commits.splice(0));
  await box.click();
  await box.pressSequentially("typing while an answer streams in", { delay: 60 });
  // Opens and closes a row above the answer.
  const row = page.getByRole("log").locator("button[aria-expanded]").last();
  for (let press = 0; press < 6; press++) await row.click();
  await page.waitForFunction((last) => seenTokens().has(last), TOKENS - 1);
  const { latencies, keys, interactions } = await page.evaluate(() => {
    const seen = globalThis as unknown as { keyTimes: number[]; interactions: Map<number, number> };
    return {
      latencies: [...seenTokens().values()],
      keys: seen.keyTimes,
      interactions: [...seen.interactions.values()],
    };
  });

  await page.context().close();
  return [
    { name: "event to pixel, p50", value: quantile(latencies, 0.5), unit: "ms", atMost: 30 },
    { name: "event to pixel, p95", value: quantile(latencies, 0.95), unit: "ms", atMost: 50 },
    {
      name: "script per frame while streaming, CPU, p95",
      value: quantile(scripts, 0.95),
      unit: "ms",
      atMost: 4,
    },
    { name: "the same, components rendered, p50", value: quantile(renders, 0.5), unit: "" },
    { name: "key to paint while streaming, p95", value: quantile(keys, 0.95), unit: "ms", atMost: 40 },
    { name: "any interaction to paint, p95", value: quantile(interactions, 0.95), unit: "ms", atMost: 60 },
  ];
}
