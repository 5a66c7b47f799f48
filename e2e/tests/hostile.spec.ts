import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";
import { type FakeProvider, say } from "@trunkline/testkit";
import { WHOLE_BROWSER } from "../chromium.ts";
import { foreignParts } from "../hostile/inspect.ts";
import { hostilePayloads, type Payload, RAN } from "../hostile/payloads.ts";
import { Trap } from "../hostile/trap.ts";
import { type Misdeeds, watch } from "../hostile/watch.ts";
import { expect, signIn, test } from "../fixtures.ts";

/** A name that leads to the trap as well: everything outside this machine goes through it as a proxy. */
const OUTSIDE = "https://outside.example";
const NOTHING: Misdeeds = { foreign: [], ran: [], navigations: [], popups: [], violations: [], errors: [] };
// Hundreds of rows are read one by one; none of it is about time.
test.setTimeout(600_000);
test.use({ launchOptions: WHOLE_BROWSER });
test.describe.configure({ mode: "parallel" });

/** Payloads per session: their rows are on the page together. */
const GROUP = 8;

interface Watched {
  trap: Trap;
  context: BrowserContext;
  page: Page;
  misdeeds: Misdeeds;
}

/** A browser that records everything it should not do. */
async function withWatched(browser: Browser, own: string, use: (watched: Watched) => Promise<void>) {
  await using trap = await Trap.start();
  const context = await browser.newContext({
    proxy: { server: trap.origin, bypass: "127.0.0.1" },
    // Tall enough for every row of the transcript.
    viewport: { width: 1600, height: 14_000 },
    // Nobody looks at it: painting every pixel of that height takes most of the time.
    deviceScaleFactor: 0.1,
  });
  try {
    const misdeeds = await watch(context, own);
    await use({ trap, context, page: await context.newPage(), misdeeds });
  } finally {
    await context.close();
  }
}

const inPieces = (text: string): string[] => {
  const length = Math.max(7, Math.ceil(text.length / 40));
  return Array.from({ length: Math.ceil(text.length / length) }, (_, place) =>
    text.slice(place * length, (place + 1) * length),
  );
};

/** All places of one task that a model, tool or provider can write to. */
function enqueue(provider: FakeProvider, { name, text }: Payload): void {
  const encoded = Buffer.from(text).toString("base64");
  provider.enqueue(
    say.reply(
      say.reasoning(...inPieces(text)),
      say.text(...inPieces(text)),
      say.toolCall("bash", { command: `printf %s ${encoded} | base64 -d` }),
      say.toolCall("read_file", { path: text }),
      say.toolCall("write_file", { path: "page.html", content: text }),
      say.toolCall("edit_file", { path: "page.html", oldText: text, newText: `new ${text}` }),
      say.toolCall(`tool ${text}`.slice(0, 200), { input: text, [text]: text }),
    ),
    say.reply(say.text(`End of ${name}.`)),
    // Not a 400, which may be read as "prompt too long" and retried with a shorter one.
    say.reply(say.httpError(403, { message: text })),
  );
}

test("the watch sees what it is there for", async ({ browser }) => {
  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<title>A page without a policy</title><body>");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const unguarded = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  await withWatched(browser, unguarded, async ({ trap, page, misdeeds }) => {
    await page.goto(unguarded);
    await page.evaluate(
      ([origin, outside, ran]) => {
        document.body.innerHTML =
          `<img src="${origin}/img" onerror="${ran}()"><img src="${outside}/out"><iframe src="${origin}/frame"></iframe>` +
          `<a href="javascript:${ran}()">x</a><div style="background:url(${origin}/css)">y</div>` +
          `<link rel="preconnect" href="${outside}">`;
      },
      [trap.origin, OUTSIDE, RAN] as const,
    );
    await expect.poll(() => trap.caught).toContain("GET /img HTTP/1.1");
    await expect.poll(() => trap.caught).toContain("CONNECT outside.example:443 HTTP/1.1");
    await expect.poll(() => misdeeds.ran).toContain("script");
    expect(misdeeds.foreign).toContain(`${trap.origin}/img`);
    expect(misdeeds.foreign).toContain(`${OUTSIDE}/out`);
    expect(misdeeds.navigations).toHaveLength(1);
    const parts = (await foreignParts(page)).map((part) => part.slice(0, part.indexOf(":")));
    expect(new Set(parts)).toEqual(new Set(["element", "handler", "link", "rel", "style"]));
  });
  site.closeAllConnections();
  site.close();
});

const COUNT = hostilePayloads("", "").length;
for (let start = 0; start < COUNT; start += GROUP) {
  test(`hostile content does nothing: in answers, thoughts, prompts, calls, outputs and errors, live and read again, from ${start + 1}`, async ({
    browser,
    server,
    provider,
  }) => {
    expect(COUNT).toBeGreaterThanOrEqual(40);
    await withWatched(browser, server.url, async ({ trap, page, misdeeds }) => {
      await signIn(page, server);
      const group = hostilePayloads(trap.origin, OUTSIDE).slice(start, start + GROUP);
      const { id } = await server.client.session.create.mutate({ title: `Group ${start}` });
      await page.goto(`${server.url}/s/${id}`);
      await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
      await page.evaluate(() => Object.assign(globalThis, { untouched: true }));
      for (const payload of group) {
        enqueue(provider, payload);
        await server.client.task.submit.mutate({ sessionId: id, prompt: payload.text });
        await server.client.task.submit.mutate({ sessionId: id, prompt: `fails: ${payload.text}` });
      }
      await test.step(`live: ${group.map(({ name }) => name).join(", ")}`, () => checkGroup(page, group));
      expect(await page.evaluate(() => "untouched" in globalThis)).toBe(true);
      await page.reload();
      await test.step("read again", () => checkGroup(page, group));
      expect(misdeeds, group.map(({ name }) => name).join(", ")).toEqual(NOTHING);
      expect(trap.caught).toEqual([]);
    });
  });
}

/** Eight tasks of five calls each, on a page whose every row is rendered. */
const WHOLE_GROUP = { timeout: 240_000 };

async function openAll(part: Locator): Promise<void> {
  const closed = part.locator("button[aria-expanded=false]");
  await expect(async () => {
    await closed.evaluateAll((buttons) => {
      for (const button of buttons as HTMLElement[]) button.click();
    });
    await expect(closed).toHaveCount(0, { timeout: 500 });
  }).toPass();
}

/** Hovers all links, and clicks those that must be dead. */
async function touchLinks(transcript: Locator): Promise<void> {
  const links = transcript.locator("a, [title='Unsafe link blocked']");
  await links.evaluateAll((elements) => {
    for (const element of elements as HTMLElement[]) {
      for (const type of [
        "pointerover",
        "pointerenter",
        "mouseover",
        "mouseenter",
        "touchstart",
        "contextmenu",
      ])
        element.dispatchEvent(new Event(type, { bubbles: true }));
      element.focus();
      if (element.localName !== "a") element.click();
    }
  });
  // A browser may preconnect where a real pointer rests.
  for (const link of (await links.all()).slice(0, 3)) {
    // What still arrives moves it out of view between being scrolled to and being pointed at.
    await expect(async () => link.hover({ force: true, timeout: 5_000 })).toPass({ timeout: 60_000 });
  }
}

/** Waits until a whole group is there, expands everything, touches all links, and inspects the result. */
async function checkGroup(page: Page, group: readonly Payload[]): Promise<void> {
  const url = page.url();
  const transcript = page.getByRole("log", { name: "Transcript" });
  for (const { name } of group) {
    await expect(transcript.getByText(`End of ${name}.`, { exact: true })).toBeVisible(WHOLE_GROUP);
  }
  await expect(transcript.getByText("provider_")).toHaveCount(group.length, WHOLE_GROUP);
  await openAll(transcript);
  await touchLinks(transcript);
  expect(await foreignParts(page)).toEqual([]);
  expect(page.url()).toBe(url);
}

test("hostile content does nothing: in titles, the list, the search and the inspector", async ({
  browser,
  server,
  provider,
}) => {
  await withWatched(browser, server.url, async ({ trap, page, misdeeds }) => {
    await signIn(page, server);
    const payloads = hostilePayloads(trap.origin, OUTSIDE);
    for (const { text } of payloads) {
      const title = `zebra ${text}`.slice(0, 200).trim();
      await server.client.session.create.mutate({ title });
    }
    const all = payloads.map(({ text }) => `zebra ${text}`).join("\n\n");
    provider.enqueue(say.reply(say.text(all)));
    const { sessionId } = await server.client.task.submit.mutate({ prompt: payloads[0]?.text ?? "" });
    await page.goto(`${server.url}/s/${sessionId}`);
    await expect(page.getByRole("log").getByText("Done", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Sessions" }).getByRole("link")).not.toHaveCount(0);
    expect(await foreignParts(page)).toEqual([]);

    await page.keyboard.press("Escape");
    await page.locator("body").click({ position: { x: 800, y: 20 } });
    await page.keyboard.press("i");
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("tab").first().waitFor();
    for (const tab of await inspector.getByRole("tab").all()) {
      await tab.click();
      expect(await foreignParts(page)).toEqual([]);
    }
    await inspector.getByRole("tab", { name: "Raw" }).click();
    await openAll(inspector);
    expect(await foreignParts(page)).toEqual([]);

    await page.keyboard.press("Control+k");
    for (const wanted of ["zebra", "onerror", "javascript", "script src", "evil"]) {
      await page.getByRole("combobox", { name: "Search" }).fill(wanted);
      await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
      await expect(page.getByText("Messages and events")).toBeVisible();
      expect(await foreignParts(page)).toEqual([]);
    }
    expect(misdeeds).toEqual(NOTHING);
    expect(trap.caught).toEqual([]);
  });
});
