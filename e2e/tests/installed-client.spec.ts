import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readLog, say, ServerFixture } from "@trunkline/testkit";
import { InstalledClient, type BrowserConsumer } from "@trunkline/testkit/installed-client";
import { expect, test } from "../fixtures.ts";

/** Somebody's own site: a page with a bundle that uses the installed client. */
async function startSite(): Promise<{ origin: string } & AsyncDisposable> {
  await using project = await InstalledClient.install();
  const { code } = await project.bundle(await project.add("browser.ts"));
  const site = createServer((request, response) => {
    const script = request.url === "/client.js";
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(script ? code : "<!doctype html><title>Somebody's site</title>");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  return {
    origin: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      site.closeAllConnections();
      site.close();
      await once(site, "close");
    },
  };
}

test("the packed client submits and follows from a page of another origin, over a restart", async ({
  page,
  provider,
}) => {
  await using site = await startSite();
  const env = { ...provider.serverEnv, TRUNKLINE_ALLOWED_ORIGINS: site.origin };
  await using server = await ServerFixture.start({ env });
  await page.goto(site.origin);
  const call = { url: server.url, token: server.token, script: `${site.origin}/client.js` };

  // Under way until the server is killed, and again after that.
  const { promise: never } = Promise.withResolvers<void>();
  provider.enqueue(say.reply(say.text("begun"), say.until(never)), say.reply(say.text("from a page")));
  const asked = page.evaluate(async ({ url, token, script }) => {
    const client = (await import(script)) as BrowserConsumer;
    return client.ask(url, token, "go");
  }, call);
  const sessionId = await test.step("the task is under way", async () => {
    let id = "";
    await expect
      .poll(async () => {
        const { items } = await server.client.task.list.query({ states: ["working"] });
        id = items[0]?.sessionId ?? "";
        return items.length;
      })
      .toBe(1);
    return id;
  });
  // Not before: the reply that never ends would be for the server that comes after.
  await provider.request(1);
  await expect(page).toHaveTitle(/live/);
  await server.kill();
  await server.restart();

  const answer = await asked;
  expect(answer.state).toBe("completed");
  expect(answer.text).toContain("from a page");
  expect(answer.statuses.join(" ")).toMatch(/live.* waiting .*live/);
  const log = await readLog(server.client, sessionId);
  expect(answer.seqs.filter((seq) => log.some((event) => event.seq === seq))).toEqual(
    log.map(({ seq }) => seq),
  );
  expect(new Set(answer.seqs).size).toBe(answer.seqs.length);

  const refused = await page.evaluate(
    async ({ url, script }) => ((await import(script)) as BrowserConsumer).refusal(url, "wrong"),
    call,
  );
  expect(refused).toBe("unauthorized");
});
