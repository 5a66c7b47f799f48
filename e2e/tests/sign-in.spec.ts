import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import { expect, signIn, test } from "../fixtures.ts";

/** Opens the one-time link, like a user who has just started the server. */
async function openLink(page: Page, server: ServerFixture): Promise<void> {
  await page.goto(server.signInUrl);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
}

test("the sign-in link works once and is stripped from the address", async ({ page, browser, demo }) => {
  await openLink(page, demo);
  expect(page.url()).toBe(`${demo.url}/`);
  const stranger = await (await browser.newContext()).newPage();
  const answer = await stranger.goto(demo.signInUrl);
  expect(answer?.status()).toBe(403);
  await stranger.goto(demo.url);
  await expect(stranger.getByRole("textbox", { name: "Message" })).toBeHidden();
  await expect(stranger.getByText(/sign.?in/i).first()).toBeVisible();
});

test("somebody signed in stays signed in over a restart of the server", async ({ page, demo }) => {
  await openLink(page, demo);
  await demo.restart();
  await page.goto(demo.url);
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
});

test("H11: another server on this host gets the cookie, and nothing by it", async ({ page, server }) => {
  await signIn(page, server);
  const received: string[] = [];
  const other = createServer((request, response) => {
    received.push(request.headers.cookie ?? "");
    response.setHeader("content-type", "text/html").end("<title>other</title>");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  other.close();
  // What its page can reach of ours, and what its server was sent.
  expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(["", 0]);
  const [cookie = ""] = received;
  expect(cookie).toContain("=tl_");
  for (const path of ["/trpc/session.list?input=%7B%7D", "/api/sessions", "/trpc/user.me"]) {
    const replayed = await fetch(server.url + path, {
      headers: { cookie, origin: server.url, "sec-fetch-site": "same-origin" },
    });
    expect([path, replayed.status]).toEqual([path, 401]);
  }
  await page.goto(server.url);
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
});

/** What does not go through the cache of queries, which every answer to a screen does. */
const CALLS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "a download": async (page) => {
    await page.getByRole("button", { name: "More actions", exact: true }).click();
    await page.getByRole("menuitem", { name: "Export" }).click();
  },
  "an action": async (page) => {
    await page.getByRole("button", { name: "More actions", exact: true }).click();
    await page.getByRole("menuitem", { name: "Archive session" }).click();
  },
  "an upload": async (page) => {
    const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") };
    await page.getByLabel("Files to attach").setInputFiles(file);
  },
};

for (const [what, call] of Object.entries(CALLS)) {
  test(`${what} that is refused says that the page is signed out`, async ({ page, context, server }) => {
    const { id } = await server.client.session.create.mutate({ title: "Mine" });
    await signIn(page, server);
    await page.goto(`${server.url}/s/${id}`);
    await expect(page.getByText("No messages yet.")).toBeVisible();
    await context.clearCookies();
    await call(page);
    await expect(page.getByRole("heading", { name: "Sign in to see your sessions" })).toBeVisible();
  });
}

test("a page of another origin can neither read nor write", async ({ page, browser, server }) => {
  await signIn(page, server);
  const { port } = new URL(server.url);
  // Same machine, another origin: cookies ignore ports, so the browser sends them.
  const context = page.context();
  const foreign = await context.newPage();
  await foreign.route("http://localhost:1/", async (route) =>
    route.fulfill({ body: "<title>foreign</title>" }),
  );
  await foreign.goto("http://localhost:1/");
  const outcome = await foreign.evaluate(async (target) => {
    const call = async (path: string, init: RequestInit): Promise<string> => {
      try {
        const response = await fetch(`http://127.0.0.1:${target}${path}`, {
          credentials: "include",
          ...init,
        });
        return String(response.status);
      } catch (error) {
        return error instanceof TypeError ? "blocked" : String(error);
      }
    };
    const body = JSON.stringify({ prompt: "run: id" });
    return [
      await call("/trpc/session.list?input=%7B%7D", {}),
      await call("/trpc/task.submit", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      }),
      await call("/trpc/task.submit", {
        method: "POST",
        mode: "no-cors",
        headers: { "content-type": "text/plain" },
        body,
      }),
    ];
  }, port);
  expect(outcome.slice(0, 2)).toEqual(["blocked", "blocked"]);
  const { items } = await server.client.task.list.query({});
  expect(items).toEqual([]);
  await browser.newContext().then(async (other) => other.close());
});
