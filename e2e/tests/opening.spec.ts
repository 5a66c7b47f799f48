import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

// It would bring the app from its cache.
test.use({ serviceWorkers: "block" });

test("the newest text is there before the app is, asked for once, and gives way to the transcript", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: # Title\\n\\nThe **whole** answer.");
  await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();

  const app = Promise.withResolvers<void>();
  await page.route("**/_next/static/chunks/*.js", async (route) => {
    await app.promise;
    await route.continue();
  });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload({ waitUntil: "commit" });
  const early = page.locator("#early-rows");
  await expect(early.getByText("The whole answer.")).toBeVisible();
  await expect(early.getByText("reply: # Title")).toBeVisible();
  await expect(transcript).toHaveCount(0);
  app.resolve();
  await expect(transcript.getByText("Done")).toBeVisible();
  await expect(transcript.locator("strong", { hasText: "whole" })).toBeVisible();
  await expect(early).toHaveCount(0);
  expect(asked.filter((url) => url.includes("session.events"))).toHaveLength(1);

  // Tooltips with dates are made when they are asked for.
  const time = transcript.locator("time").first();
  await time.hover();
  await expect(time).toHaveAttribute("title", /\d{4}/);
});

test("the newest text is asked for before the style sheets are there, and shown with them", async ({
  page,
  server,
}) => {
  await signIn(page, server);
  await send(page, "reply: The whole answer.");
  await sessionIdOf(page);
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
  const styles = Promise.withResolvers<void>();
  const app = Promise.withResolvers<void>();
  for (const [files, there] of [
    ["**/_next/static/chunks/*.css", styles],
    ["**/_next/static/chunks/*.js", app],
  ] as const) {
    await page.route(files, async (route) => {
      await there.promise;
      await route.continue();
    });
  }
  const answered = page.waitForResponse(/session\.events/);
  await page.reload({ waitUntil: "commit" });
  await (await answered).finished();
  styles.resolve();
  await expect(page.locator("#early-rows").getByText("The whole answer.", { exact: true })).toBeVisible();
  app.resolve();
  await expect(page.getByRole("log", { name: "Transcript" }).getByText("Done")).toBeVisible();
});

test("the page has nothing of a session, with the cookie alone or at all", async ({ page, server }) => {
  await signIn(page, server);
  await send(page, "reply: nobody else's words");
  const sessionId = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();
  const answer = await page.request.get(`${server.url}/s/${sessionId}`);
  expect(await answer.text()).not.toContain("nobody else's words");
  expect(answer.headers()["cache-control"]).toBe("no-store");

  await page.evaluate(() => localStorage.clear());
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("nobody else's words")).toHaveCount(0);
});
