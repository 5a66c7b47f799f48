import type { Page, Request } from "@playwright/test";
import { addAccount, expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

/** Two people use one browser: what is one's neither reaches the other nor is done in the other's name. */

const boxOf = (page: Page) => page.getByRole("textbox", { name: "Message" });

/**
 * Watches a page's calls, but for its streams: one that is on its way while somebody signs in has the new cookie with the
 * old key.
 * @returns resolves once all are answered, and no more are about to go out
 */
function watchCalls(page: Page): () => Promise<void> {
  const underway = new Set<Request>();
  const ended = (request: Request): unknown => underway.delete(request);
  page.on("request", (request) => {
    if (/\/trpc\/(?!\w+\.subscribe)/.test(request.url())) underway.add(request);
  });
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  return async () => {
    const idle = async (): Promise<number> => {
      await page.evaluate(() => new Promise<unknown>((resolve) => requestIdleCallback(resolve)));
      return underway.size;
    };
    await expect.poll(idle).toBe(0);
  };
}

test("a page is its user's after somebody else has signed in, in another tab: it sends nothing as them, and tells them nothing", async ({
  page,
  context,
  server,
  sharedServer,
}) => {
  await using other = await addAccount(sharedServer);
  const answered = watchCalls(page);
  await signIn(page, server);
  await send(page, "reply: before");
  await expect(page.getByRole("log").getByText("Done", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "New task" }).click();
  await expect(boxOf(page)).toBeFocused();
  await answered();
  const theirs = await context.newPage();
  await signIn(theirs, other);
  // Its stream is open, and goes on being told of its user's sessions.
  await server.client.task.submit.mutate({ prompt: "reply: not for everybody" });
  await expect(page.getByRole("link", { name: /not for everybody/ }).first()).toBeVisible();
  await boxOf(page).fill("reply: whose is this");
  await boxOf(page).press("Enter");
  await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
  await send(theirs, "reply: mine");
  await sessionIdOf(theirs);
  await expect(theirs.getByRole("link", { name: /not for everybody/ })).toHaveCount(0);
  const titlesOf = async ({ client }: Pick<typeof server, "client">) =>
    (await client.session.list.query({})).items.map(({ title }) => title);
  expect(await titlesOf(other)).toEqual(["reply: mine"]);
  await theirs.close();
  // What was written goes out once its user is back.
  await signIn(page, server);
  await expect.poll(async () => titlesOf(server)).toContain("reply: whose is this");
  expect(await titlesOf(other)).toEqual(["reply: mine"]);
});

test("signing in again in another tab goes unnoticed in this one", async ({ page, context, server }) => {
  const done = page.getByRole("log").getByText("Done", { exact: true });
  const answered = watchCalls(page);
  await signIn(page, server);
  await send(page, "reply: before");
  await expect(done).toHaveCount(1);
  await answered();
  const second = await context.newPage();
  await signIn(second, server);
  await send(page, "reply: still here");
  await expect(done).toHaveCount(2);
});

test("what was written, and what waits for the network, is nobody's but its user's", async ({
  page,
  context,
  server,
  sharedServer,
}) => {
  await using other = await addAccount(sharedServer);
  await signIn(page, server);
  await context.setOffline(true);
  await boxOf(page).fill("reply: sent without a network");
  await boxOf(page).press("Enter");
  await expect(page.getByText("sent without a network")).toBeVisible();
  await boxOf(page).fill("half a sentence");
  await page.close();
  await context.setOffline(false);
  const theirs = await context.newPage();
  await signIn(theirs, other);
  await expect(boxOf(theirs)).toHaveValue("");
  await send(theirs, "reply: mine");
  await sessionIdOf(theirs);
  await expect(theirs.getByText("sent without a network")).toHaveCount(0);
  await theirs.close();
  const again = await context.newPage();
  await signIn(again, server);
  await expect(boxOf(again)).toHaveValue("half a sentence");
  await expect
    .poll(async () => (await server.client.session.list.query({})).items.map(({ title }) => title))
    .toEqual(["reply: sent without a network"]);
  expect((await other.client.session.list.query({})).items).toHaveLength(1);
});
