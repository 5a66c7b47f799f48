import { gzipSync } from "node:zlib";
import type { Browser } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import type { Bar } from "./bar.ts";
import { signedInPage } from "./signed-in-page.ts";

/** What a session's page loads first, and how soon it is visible on a slow machine. */
export async function measureFirstLoad(
  browser: Browser,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  const page = await signedInPage(browser, server.url, server.token);
  const sizes: Promise<{ name: string; bytes: number }>[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/_next/static/") && response.url().endsWith(".js"))
      sizes.push(
        response.body().then((body) => ({
          name: response.url().slice(response.url().lastIndexOf("/") + 1),
          bytes: gzipSync(body).length,
        })),
      );
  });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(`${server.url}/s/${sessionId}`);
  await page.getByRole("log", { name: "Transcript" }).getByText("Done").last().waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("later-parts-loaded").length > 0);
  const paint = await page.evaluate(
    () =>
      new Promise<{ lcp: number; cls: number }>((resolve) => {
        let lcp = 0;
        let cls = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) lcp = entry.startTime;
        }).observe({ type: "largest-contentful-paint", buffered: true });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) cls += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve({ lcp, cls }), 300);
      }),
  );
  const scripts = await Promise.all(sizes);
  const html = await (await page.request.get(page.url())).text();
  const kilobytesOf = (some: typeof scripts): number =>
    some.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000;
  await page.context().close();
  return [
    {
      name: "first-load JS, session page",
      value: kilobytesOf(scripts.filter(({ name }) => html.includes(name))),
      unit: "KB gz",
      atMost: 230,
    },
    { name: "the same with what is loaded after it", value: kilobytesOf(scripts), unit: "KB gz" },
    { name: "LCP at 4× CPU", value: paint.lcp, unit: "ms", atMost: 1_500 },
    { name: "CLS", value: paint.cls, unit: "", atMost: 0.02 },
  ];
}
