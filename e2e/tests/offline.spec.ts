import type { Page } from "@playwright/test";
import { readLog, ToxicProxy } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test, watchFor } from "../fixtures.ts";

/** A network that can be cut: everything between browser and server goes through it. */
async function cut(proxy: ToxicProxy): Promise<void> {
  await proxy.refuse();
  proxy.cutAll();
}

/** Waits for the parts loaded later and for the offline worker. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const pages = await (await caches.open("trunkline-pages-1")).keys();
        const files = new Set((await (await caches.open("trunkline-files-1")).keys()).map(({ url }) => url));
        const loaded = performance
          .getEntriesByType("resource")
          .map(({ name }) => name)
          .filter((name) => name.includes("/_next/static/"));
        const isComplete = performance.getEntriesByName("later-parts-loaded").length > 0;
        return pages.length === 3 && isComplete && loaded.every((name) => files.has(name));
      }),
    )
    .toBe(true);
}

test("B5: without a network the page stays, opens what it knows, and sends what was typed once it is back", async ({
  page,
  server,
}) => {
  await using proxy = await ToxicProxy.start({ target: server.url });
  await signIn(page, { url: proxy.url, token: server.token });
  await send(page, "reply: from the first session");
  const first = await sessionIdOf(page);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();
  await page.getByRole("link", { name: "New task" }).click();
  await send(page, "reply: from the second session");
  await page.waitForURL((url) => url.pathname.startsWith("/s/") && !url.pathname.endsWith(first));
  const second = await sessionIdOf(page);
  await expect(transcript.getByText("Done")).toBeVisible();
  await settled(page);
  await cut(proxy);

  await send(page, "reply: typed offline");
  await send(page, "reply: and once more");
  await expect(page.getByText("Offline · 2 messages waiting")).toBeVisible();
  const waiting = page.getByRole("list", { name: "Waiting to be sent" });
  await expect(waiting.getByRole("listitem")).toHaveCount(2);

  // Small parts that had not been opened before.
  await transcript.focus();
  await page.keyboard.press("Control+k");
  await expect(page.getByPlaceholder(/^Search sessions/)).toBeVisible();
  await page.keyboard.press("Escape");
  await transcript.focus();
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("Escape");

  // From page to page, and a reload.
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await rail.getByRole("link", { name: /from the first session/ }).click();
  await expect(transcript.getByText("from the first session", { exact: true })).toBeVisible();
  await page.reload();
  await expect(transcript.getByText("from the first session", { exact: true })).toBeVisible();
  await expect(page.getByText("Offline · 2 messages waiting")).toBeVisible();
  await rail.getByRole("link", { name: /from the second session/ }).click();
  await expect(transcript.getByText("from the second session", { exact: true })).toBeVisible();
  await expect(waiting.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("checkbox", { name: /single letters/ })).toBeVisible();
  await page.goBack();
  await expect(waiting.getByRole("listitem")).toHaveCount(2);

  await proxy.accept();
  await expect(transcript.getByText("and once more", { exact: true })).toBeVisible();
  await expect(waiting).toBeHidden();
  await expect(page.getByText(/^Offline/)).toBeHidden();
  const log = await readLog(server.client, second);
  const prompts = log.flatMap((event) => (event.type === "task.submitted" ? [event.data.prompt] : []));
  expect(prompts).toEqual(["reply: from the second session", "reply: typed offline", "reply: and once more"]);
});

test("B5: what waits can be taken back, and every button says why it does nothing", async ({
  page,
  server,
}) => {
  await using proxy = await ToxicProxy.start({ target: server.url });
  await signIn(page, { url: proxy.url, token: server.token });
  await send(page, "stall");
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  await settled(page);
  await cut(proxy);
  const { seen } = await watchFor(page, /You're offline\. The task keeps running\./);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await seen;
  await send(page, "not now after all");
  const waiting = page.getByRole("list", { name: "Waiting to be sent" });
  await waiting.getByRole("button", { name: "Take back" }).click();
  await expect(waiting).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("not now after all");
});

test("B5: a task that is begun without a network starts when it is back", async ({ page, server }) => {
  await using proxy = await ToxicProxy.start({ target: server.url });
  await signIn(page, { url: proxy.url, token: server.token });
  await settled(page);
  await cut(proxy);
  await send(page, "reply: begun offline");
  await expect(page.getByText("Offline · 1 message waiting")).toBeVisible();
  await page.reload();
  await expect(
    page.getByRole("list", { name: "Waiting to be sent" }).getByText("begun offline"),
  ).toBeVisible();
  await proxy.accept();
  await expect(
    page.getByRole("navigation", { name: "Sessions" }).getByRole("link", { name: /begun offline/ }),
  ).toBeVisible();
  const { items } = await server.client.session.list.query({});
  expect(items).toHaveLength(1);
});

test("the UI installs as an app, and what another app shares becomes a draft", async ({ page, server }) => {
  await signIn(page, server);
  const devtools = await page.context().newCDPSession(page);
  const { errors } = await devtools.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A test's window is private; nothing else is missing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);

  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill("a draft");
  const shared = new URLSearchParams({ "share-title": "A bug", "share-url": "https://bugs.example/1" });
  await page.goto(`${server.url}/?${shared}`);
  for (const _ of ["shared", "read again"]) {
    await expect(box).toHaveValue("A bug\n\nhttps://bugs.example/1\n\na draft");
    await expect(page).toHaveURL(`${server.url}/`);
    await page.reload();
  }
});

test("the list of sessions is told what changes, and asks for nothing", async ({ page, server }) => {
  await signIn(page, server);
  const rail = page.getByRole("navigation", { name: "Sessions" });
  await expect(rail.getByText("No sessions yet.")).toBeVisible();
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: from elsewhere" });
  await expect(rail.getByRole("link", { name: /from elsewhere/ })).toBeVisible();
  // From here on: the stream may have opened after the list was loaded, which then reloads once.
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("session.list")) asked.push(request.url());
  });
  await expect(rail.getByRole("link", { name: /Done/ })).toBeVisible();
  await server.client.session.update.mutate({ sessionId, title: "Another name" });
  await expect(rail.getByRole("link", { name: /Another name/ })).toBeVisible();
  await server.client.session.delete.mutate({ sessionId });
  await expect(rail.getByText("No sessions yet.")).toBeVisible();
  expect(asked).toEqual([]);
});
