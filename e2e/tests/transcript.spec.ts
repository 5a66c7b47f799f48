import type { Page } from "@playwright/test";
import { say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

const toEnd = (page: Page): Promise<number> =>
  page
    .getByRole("log", { name: "Transcript" })
    .evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);

test("G2: following goes on through a queue, a growing composer and a lower window; a hand ends it", async ({
  page,
  server,
  provider,
}) => {
  await signIn(page, server);
  await send(page, `reply: ${Array.from({ length: 60 }, (_, line) => `line ${line}`).join("\\n\\n")}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();
  const read = Promise.withResolvers<void>();
  provider.enqueue(say.reply(say.tokens(200, 40), say.until(read.promise), say.tokens(200, 40)));
  await send(page, "go on");
  const box = page.getByRole("textbox", { name: "Message" });
  const latest = page.getByRole("button", { name: /^(Latest|\d+ new)$/ });
  await send(page, "reply: queued");
  await expect(page.getByRole("list", { name: "Queued" })).toBeVisible();
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await box.fill("one\ntwo\nthree\nfour\nfive\nsix\nseven");
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await page.setViewportSize({ width: 1280, height: 560 });
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await expect(latest).toBeHidden();
  read.resolve();

  await transcript.focus();
  await page.keyboard.press("PageUp");
  await expect(latest).toBeVisible();
  await expect.poll(() => toEnd(page)).toBeGreaterThan(100);
  await latest.click();
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await expect(latest).toBeHidden();
});

test("H20: 99,000 control characters in a prompt, an answer and an output do not stop the page", async ({
  page,
  server,
  provider,
}) => {
  const controls = Array.from({ length: 99_000 }, (_, place) => String.fromCodePoint(1 + (place % 8))).join(
    "",
  );
  const titles = "\\033]0;";
  provider.enqueue(
    say.reply(
      say.text(`before ${controls} after`),
      say.toolCall("bash", {
        command: `for i in $(seq 1 9000); do printf '${titles}\\001\\002'; done; echo end`,
      }),
    ),
    say.reply(say.text("All shown.")),
  );
  await signIn(page, server);
  const { sessionId } = await server.client.task.submit.mutate({ prompt: `prompt ${controls} done` });
  await page.goto(`${server.url}/s/${sessionId}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("All shown.")).toBeVisible();
  await expect(transcript.getByText("before after")).toBeVisible();
  await transcript.getByRole("button", { name: "Show more" }).click();
  // The page responds: the time is not spent in a loop over every character.
  await page.getByRole("textbox", { name: "Message" }).fill("still here");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("still here");
});

test("H10: a link in an answer to the server's own sign-in is dead", async ({ page, server, provider }) => {
  const address = `${server.url}/sign-in?code=stolen`;
  const alias = address.replace("127.0.0.1", "localhost");
  provider.enqueue(
    say.reply(
      say.text(`[sign in](${address}) and [alias](${alias}) and [home](${server.url}/settings) ${address}`),
    ),
  );
  await signIn(page, server);
  await send(page, "go");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByRole("link", { name: "home" })).toBeVisible();
  await expect(transcript.getByTitle("Unsafe link blocked")).toHaveCount(3);
  await expect(transcript.locator("a[href*='sign-in']")).toHaveCount(0);
});

test("D4, D5: text takes its own direction, and what changes by itself is not translated", async ({
  page,
  server,
  provider,
}) => {
  provider.enqueue(say.reply(say.text("שלום עולם\n\n- פריט\n\n| כותרת |\n|---|\n| תא |")));
  await signIn(page, server);
  await send(page, "مرحبا");
  const transcript = page.getByRole("log", { name: "Transcript" });
  const directionOf = (text: string): Promise<string> =>
    transcript
      .getByText(text, { exact: true })
      .first()
      .evaluate((element) => getComputedStyle(element).direction);
  await expect(transcript.getByText("Done")).toBeVisible();
  for (const text of ["שלום עולם", "פריט", "כותרת", "תא", "مرحبا"])
    expect(await directionOf(text)).toBe("rtl");
  const translates = (element: HTMLElement | SVGElement): boolean => (element as HTMLElement).translate;
  expect(await transcript.getByText("Done").evaluate(translates)).toBe(false);
  expect(await transcript.getByText("שלום עולם").evaluate(translates)).toBe(true);
  await send(page, "stall");
  expect(await transcript.getByText(/^Waiting for the model/).evaluate(translates)).toBe(false);
});

test("D2, G6: elapsed time goes by the server's clock, also on a page that is opened later", async ({
  page,
  server,
}) => {
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
  await signIn(page, server);
  await page.clock.resume();
  await send(page, "stall");
  const sessionId = await sessionIdOf(page);
  const line = page
    .getByRole("log")
    .getByText(/^Waiting for the model/)
    .locator("..");
  // Minutes at most: a busy machine takes some, and the clocks are hours apart.
  await expect(line).toHaveText(/Waiting for the model· \d:\d\d$/);
  await page.goto(`${server.url}/s/${sessionId}`);
  await expect(line).toHaveText(/Waiting for the model· \d:\d\d$/);
});

test("D6: a terminal shows its last state, and what was overwritten for who asks", async ({
  page,
  server,
  provider,
}) => {
  const command = "for i in $(seq 1 500); do printf 'step %d\\r' $i; done; printf '\\ndone\\n'";
  provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("Shown.")));
  await signIn(page, server);
  await send(page, "go");
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Shown.")).toBeVisible();
  const output = transcript.getByLabel("Output", { exact: true });
  await expect(output).toContainText("step 500");
  await expect(output).not.toContainText("step 499");
  await output.getByRole("button", { name: "Show overwritten output" }).click();
  await expect(output).toContainText("step 499");
});
