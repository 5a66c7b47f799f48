import { type Browser, expect, type Page } from "@playwright/test";
import { type ServerFixture, waitFor } from "@trunkline/testkit";
import type { Bar } from "./bar.ts";
import { longestTask } from "./longest-task.ts";
import { signedInPage } from "./signed-in-page.ts";

const LINES = 100_000;
/** About 5 MB. */
const OUTPUT =
  'for i in $(seq 1 60000); do echo "$i: a line of output, of about eighty characters, as builds print them all day"; done';

/** A diff of 100,000 lines and 5 MB of output of a tool: nothing may hold up the page. */
export async function measureLargeContents(browser: Browser, server: ServerFixture): Promise<Bar[]> {
  const diff = await sessionOf(server, `seq 1 ${LINES} > numbers.txt`);
  const page = await signedInPage(browser, server.url, server.token);
  await page.goto(`${server.url}/s/${diff}`);
  await done(page);
  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("tab", { name: "Changes" }).click();
  const changes = page.getByRole("region", { name: "Changes", exact: true });
  const file = changes.getByRole("button", { name: /numbers\.txt/, expanded: false });
  await file.waitFor();
  const opened = await longestTask(browser, page, async () => {
    await file.click();
    await changes.getByText("60", { exact: true }).first().waitFor();
    // To the end and back: everything is parsed by then.
    for (const place of ["1e9", "0"]) {
      await changes.evaluate((element, top) => element.scrollTo({ top: Number(top) }), place);
      await page.waitForTimeout(1_000);
    }
  });

  const output = await sessionOf(server, "true");
  await page.goto(`${server.url}/s/${output}`);
  await done(page);
  const streamed = await longestTask(browser, page, async () => {
    await server.client.task.submit.mutate({ sessionId: output, prompt: promptOf(OUTPUT) });
    await expect(page.getByRole("log").getByText("Done")).toHaveCount(2, { timeout: 120_000 });
    await page.getByRole("log").getByText("60000:").first().waitFor();
  });
  await page.context().close();
  return [
    bar("100,000-line diff: longest task, CPU", opened.cpuMs),
    { name: "the same, elapsed", value: opened.ms, unit: "ms" },
    bar("5 MB of tool output: longest task, CPU", streamed.cpuMs),
    { name: "the same, elapsed", value: streamed.ms, unit: "ms" },
  ];
}

const bar = (name: string, value: number): Bar => ({ name, value, unit: "ms", atMost: 50 });
const promptOf = (command: string): string => `tool: bash ${JSON.stringify({ command })}\nreply: ok`;
const done = (page: Page): Promise<void> => page.getByRole("log").getByText("Done").first().waitFor();

async function sessionOf({ client }: ServerFixture, command: string): Promise<string> {
  const { sessionId, taskId } = await client.task.submit.mutate({ prompt: promptOf(command) });
  await waitFor("the end of the task", async () => {
    const { state } = await client.task.get.query({ taskId });
    return state === "completed";
  });
  return sessionId;
}
