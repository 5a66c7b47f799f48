import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

const BASE_PATH = "/team/agents";

/** A proxy that passes on what is below a path, and has something else everywhere else. */
class OtherApps implements AsyncDisposable {
  /** Paths that this server was asked for outside of the base path. */
  readonly asked: string[] = [];
  readonly #server: Server;
  #target = "";

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      const { method, headers, url = "" } = incoming;
      if (!url.startsWith(BASE_PATH)) {
        this.asked.push(url);
        outgoing.writeHead(404).end("another program");
        return;
      }
      const { host } = new URL(this.#target);
      const [hostname = "", port = ""] = host.split(":");
      // A connection for each: one that is kept may be closed by the server just as the next request goes out.
      const passed = request({ hostname, port, method, headers, path: url, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      outgoing.on("close", () => passed.destroy());
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
  }

  static async start(): Promise<OtherApps> {
    const apps = new OtherApps();
    apps.#server.listen(0, "127.0.0.1");
    await once(apps.#server, "listening");
    return apps;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve({ url }: ServerFixture): void {
    this.#target = url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

test("all of it works below a base path, and asks for nothing outside", async ({ page }) => {
  await using apps = await OtherApps.start();
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    web: "on",
    env: {
      ...provider.serverEnv,
      TRUNKLINE_BASE_PATH: `${BASE_PATH}/`,
      TRUNKLINE_ALLOWED_HOSTS: apps.host,
    },
  });
  apps.serve(server);
  const url = `http://${apps.host}${BASE_PATH}`;
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });

  // The one-time link, as it is printed, at the proxy's address.
  expect(new URL(server.signInUrl).pathname).toBe(`${BASE_PATH}/sign-in`);
  await page.goto(`${url}/sign-in${new URL(server.signInUrl).search}`);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  expect(page.url()).toBe(`${url}/`);
  const cookies = await page.context().cookies();
  expect(cookies.map(({ path }) => path)).toEqual([BASE_PATH]);

  await send(page, "reply: ```js\\nconst below = 1;\\n```");
  const sessionId = await sessionIdOf(page);
  expect(page.url()).toBe(`${url}/s/${sessionId}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByText("Done")).toBeVisible();

  // A worker with chunks of its own colours it.
  await expect(transcript.locator("code span[style]").first()).toBeVisible();

  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  expect(page.url()).toBe(`${url}/settings`);
  await page.goBack();
  await expect(transcript.getByText("Done")).toBeVisible();
  await page.reload();
  await expect(transcript.getByText("Done")).toBeVisible();
  await expect(page.getByRole("link", { name: /below/ }).first()).toHaveAttribute("aria-current", "page");

  // The worker keeps the pages of this server alone.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const scopes = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
  );
  expect(scopes).toEqual([`${BASE_PATH}/`]);

  await page.goto(`${url}/api/docs`);
  // It renders every route before it shows anything.
  await expect(page.getByRole("heading", { name: /^Trunkline/ })).toBeVisible({ timeout: 240_000 });
  const list = page.locator("#operations-Sessions-sessionList");
  await list.getByRole("button", { name: /List/ }).first().click();
  await list.getByRole("button", { name: "Execute" }).click();
  await expect(list.locator(".live-responses-table")).toContainText(sessionId);

  // A link to a session, in a browser that is signed in another way.
  await page.context().clearCookies();
  await signIn(page, { url, token: server.token });
  await page.goto(`${url}/s/${sessionId}`);
  await expect(transcript.getByText("Done")).toBeVisible();

  // What a token of one's own confirms is asked with that alone.
  await page.goto(`${url}/settings`);
  const tokens = page.getByRole("region", { name: "Tokens" });
  await tokens.getByRole("button", { name: "New token" }).click();
  await tokens.getByRole("textbox", { name: "Name" }).fill("nightly");
  await tokens.getByLabel("Confirm with a token").fill(server.token);
  await tokens.getByRole("button", { name: "Create" }).click();
  await expect(tokens.locator("code")).toHaveText(/^tl_/);

  expect(problems).toEqual([]);
  // Chromium asks for it on pages of no icon of their own.
  expect(apps.asked.filter((path) => path !== "/favicon.ico")).toEqual([]);
});
