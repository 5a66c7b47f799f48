import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../fixtures.ts";

declare global {
  /** In the page: how many components each commit of React rendered, and how to forget them. */
  var commits: number[];
}

interface Fiber {
  tag: number;
  flags: number;
  subtreeFlags: number;
  child: Fiber | null;
  sibling: Fiber | null;
  alternate: Fiber | null;
}

/** Counts what React renders, by the hook that it has for its developer tools, in production, too. */
async function countRenders(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.commits = [];
    /** Of React's fibers: function components, with a ref or memoised, and classes. */
    const components = new Set([0, 1, 11, 14, 15]);
    const PERFORMED_WORK = 1;
    const rendered = (parent: Fiber): number => {
      let count = 0;
      for (let fiber = parent.child; fiber !== null; fiber = fiber.sibling) {
        if (components.has(fiber.tag) && (fiber.flags & PERFORMED_WORK) !== 0) count += 1;
        // Below one whose children are the same as before, nothing was rendered.
        if (fiber.child !== fiber.alternate?.child) count += rendered(fiber);
      }
      return count;
    };
    Object.assign(globalThis, {
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        renderers: new Map(),
        inject: () => 1,
        onCommitFiberUnmount() {},
        onPostCommitFiberRoot() {},
        onCommitFiberRoot: (_: number, root: { current: Fiber }) => commits.push(rendered(root.current)),
      },
    });
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

test("a frame of an answer renders its row, and a key the message box, once", async ({ page, server }) => {
  await countRenders(page);
  await signIn(page, server);
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: one\nreply: two" });
  await page.goto(`${server.url}/s/${sessionId}`);
  const log = page.getByRole("log");
  await expect(log.getByText("Done")).toHaveCount(1);

  await server.client.task.submit.mutate({ sessionId, prompt: "tokens: 200 @ 40/s" });
  await expect(log.getByText(/\b20@/)).toBeVisible();
  await page.evaluate(() => void commits.splice(0));
  await expect(log.getByText(/\b160@/)).toBeVisible();
  const frames = await page.evaluate(() => commits.splice(0));
  expect(frames.length).toBeGreaterThan(10);
  // The transcript, its newest row, and that row's last paragraph with what is in it.
  expect(median(frames)).toBeLessThanOrEqual(12);

  await expect(log.getByText("Done")).toHaveCount(2);
  const box = page.getByRole("textbox", { name: "Message" });
  await box.pressSequentially("a");
  await page.waitForFunction(() => commits.length > 0);
  await page.evaluate(() => void commits.splice(0));
  const text = "what is typed";
  await box.pressSequentially(text);
  const keys = (await page.evaluate(() => commits.splice(0))).filter((count) => count > 0);
  // Something else may happen meanwhile, such as a second that passes; but not with each key.
  expect(keys.length).toBeLessThan(text.length * 1.5);
  expect(median(keys)).toBeLessThanOrEqual(14);
});

test("the message box is the same one before and after the session is loaded", async ({ page, server }) => {
  await signIn(page, server);
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "reply: one" });
  const answer = Promise.withResolvers<void>();
  await page.route(/session\.get/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await page.goto(`${server.url}/s/${sessionId}`);
  const box = page.getByRole("textbox", { name: "Message" });
  await expect(box).toBeFocused();
  await box.evaluate((element) => Object.assign(element, { isMine: true }));
  await box.pressSequentially("typed early");
  await expect(page.getByRole("main", { name: "Loading the session" })).toBeVisible();
  answer.resolve();
  await expect(page.getByRole("log").getByText("Done")).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("typed early");
  expect(await box.evaluate((element) => "isMine" in element)).toBe(true);
});
