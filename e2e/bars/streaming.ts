import type { Browser } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import { type Bar, quantile } from "./bar.ts";
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
  await page.goto(`${server.url}/s/${sessionId}`);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.waitFor();
  await watchTokens(page);
  await server.client.task.submit.mutate({ sessionId, prompt: `tokens: ${TOKENS} @ ${PER_SECOND}/s` });
  await page.waitForFunction(() => seenTokens().size > 20);
  await box.click();
  await box.pressSequentially("typing while an answer streams in", { delay: 60 });
  await page.waitForFunction((last) => seenTokens().has(last), TOKENS - 1);
  const { latencies, keys } = await page.evaluate(() => ({
    latencies: [...seenTokens().values()],
    keys: (globalThis as unknown as { keyTimes: number[] }).keyTimes,
  }));

  await page.context().close();
  return [
    { name: "event to pixel, p50", value: quantile(latencies, 0.5), unit: "ms", atMost: 50 },
    { name: "event to pixel, p95", value: quantile(latencies, 0.95), unit: "ms", atMost: 120 },
    { name: "key to paint while streaming, p95", value: quantile(keys, 0.95), unit: "ms", atMost: 100 },
  ];
}
