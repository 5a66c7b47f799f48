import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@trunkline/client";
import { afterEach, expect, it } from "vitest";
import { toCommandError } from "../command-error.ts";
import { UnansweredError, submitOnce } from "../messages/submit-once.ts";
import { checkedFetch, SilentServerError } from "./checked-fetch.ts";

const ID = "01a22c85-4c4f-7770-be5c-322f293b2280";
const TASK = { id: ID, sessionId: ID, state: "canceled", prompt: "hello" };

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function clientOf(answer: RequestListener, silenceLimitMs: number) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, client: createClient({ url, fetch: checkedFetch(globalThis.fetch, { silenceLimitMs }) }) };
}

it("gives up on what takes connections and answers nothing, and says so", async () => {
  const { url, client } = await clientOf(() => {}, 20);
  const error: unknown = await client.task.cancel.mutate({ taskId: ID }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SilentServerError);
  const target = { url, tokenSource: null, tokenKept: null };
  expect(toCommandError(error, target, () => "").message).toContain(
    `${url} takes connections, but answers nothing.`,
  );
});

it("does not know whether such a server took a task, and does not ask again", async () => {
  const asked: string[] = [];
  const { client } = await clientOf(({ url = "" }) => void asked.push(url), 20);
  await expect(submitOnce(client, { prompt: "hello", whenBusy: "enqueue" })).rejects.toThrow(UnansweredError);
  expect(asked.filter((url) => url.startsWith("/trpc/"))).toHaveLength(1);
});

it("waits for a call as long as the server answers others", async () => {
  let healths = 0;
  let answerCall = (): void => {};
  const { client } = await clientOf((request, response) => {
    const json = { "content-type": "application/json" };
    if (request.url !== "/health") {
      answerCall = () => void response.writeHead(200, json).end(JSON.stringify([{ result: { data: TASK } }]));
      return;
    }
    healths += 1;
    response.writeHead(404).end();
    if (healths === 3) answerCall();
    // Generous: what must not happen is that an answer that came counts as none.
  }, 1_000);
  await expect(client.task.cancel.mutate({ taskId: ID })).resolves.toMatchObject({ state: "canceled" });
  expect(healths).toBeGreaterThanOrEqual(3);
});
