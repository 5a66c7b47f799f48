import type { Browser } from "@playwright/test";
import { type ServerFixture, ToxicProxy } from "@trunkline/testkit";
import type { Bar } from "./bar.ts";
import { signedInPage } from "./signed-in-page.ts";
import { watchTokens } from "./watch-tokens.ts";

const PER_SECOND = 40;
const OFFLINE_MS = 30_000;
const COUNT = Math.round(((OFFLINE_MS + 10_000) / 1_000) * PER_SECOND);

/**
 * A network that goes away for a while during an answer. A proxy cuts the connections, because a browser set offline
 * keeps its open streams.
 */
export async function measureOffline(
  browser: Browser,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  await using proxy = await ToxicProxy.start({ target: server.url });
  const page = await signedInPage(browser, proxy.url, server.token);
  await page.goto(`${proxy.url}/s/${sessionId}`);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await watchTokens(page);
  await server.client.task.submit.mutate({ sessionId, prompt: `tokens: ${COUNT} @ ${PER_SECOND}/s` });
  await page.waitForFunction(() => seenTokens().size > 20);
  await proxy.refuse();
  proxy.cutAll();
  const before = await page.evaluate(() => Math.max(...seenTokens().keys()));
  await page.getByText("Reconnecting…").waitFor();
  await page.waitForTimeout(OFFLINE_MS);
  await proxy.accept();
  // Like a browser whose network is back.
  await page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
  const back = performance.now();
  const wanted = before + Math.round((OFFLINE_MS / 1_000) * PER_SECOND * 0.9);
  await page.waitForFunction((index) => [...seenTokens().keys()].some((seen) => seen >= index), wanted);
  const caughtUpMs = performance.now() - back;
  await page.waitForFunction((last) => seenTokens().has(last), COUNT - 1);
  const text = await page.evaluate(() => lastText());
  const indexes = Array.from(text.matchAll(/(\d+)@\d+/g), ([, index]) => Number(index));
  const wrong = indexes.filter((index, place) => index !== place).length + Math.abs(COUNT - indexes.length);
  await page.context().close();
  return [
    { name: "caught up after 30 s offline", value: caughtUpMs, unit: "ms", atMost: 1_000 },
    { name: "tokens lost or twice after it", value: wrong, unit: "", atMost: 0 },
  ];
}
