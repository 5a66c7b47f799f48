import type { ActivityBatch } from "@trunkline/contract";
import { expect, it } from "vitest";
import { isApiError } from "./api-error.ts";
import { createClient } from "./client.ts";
import { followActivity } from "./follow-activity.ts";
import { startContractServer } from "./testing/contract-server.ts";
import { startProtocolServer } from "./testing/protocol-server.ts";

const quick = { backoff: { minMs: 1, maxMs: 4 } };
const batch = (removed: string[], reset = false): ActivityBatch => ({ sessions: [], removed, reset });

it("asks for all that is the caller's, and yields what the server tells", async () => {
  const told = [batch([], true), batch(["01999999-0000-7000-8000-000000000001"])];
  await using server = await startContractServer({
    activity: {
      async *subscribe() {
        yield* told;
      },
    },
  });
  const seen: ActivityBatch[] = [];
  for await (const each of followActivity(createClient(server))) {
    seen.push(each);
    if (seen.length === told.length) break;
  }
  expect(seen).toEqual(told);
  expect(server.requestUrls).toEqual(["/trpc/activity.subscribe"]);
});

it("comes back after a lost connection and after what is no message, and says so", async () => {
  await using server = await startProtocolServer((subscriber, count) => {
    subscriber.open().raw(`data: ${JSON.stringify(batch([], true))}\n\n\n`);
    if (count === 1) subscriber.response.end();
    if (count === 2) subscriber.raw('data: {"sessions":[]}\n\n\n');
  });
  const states: string[] = [];
  const client = createClient({ url: server.url });
  const options = { ...quick, onState: ({ status }: { status: string }) => states.push(status) };
  let resets = 0;
  for await (const { reset } of followActivity(client, options)) {
    if (reset) resets += 1;
    if (resets === 3) break;
  }
  expect(states.join()).toBe("connecting,live,waiting,connecting,live,waiting,connecting,live");
});

it("ends by its signal, and throws where the server will not have it", async () => {
  await using server = await startProtocolServer((subscriber, count) => {
    if (count === 1) subscriber.open().raw(`data: ${JSON.stringify(batch([], true))}\n\n\n`);
    else subscriber.fail(401, "");
  });
  const client = createClient({ url: server.url });
  const stopped = new AbortController();
  for await (const _ of followActivity(client, { signal: stopped.signal })) stopped.abort();
  const refused = followActivity(client).next();
  await expect(refused).rejects.toSatisfy((error) => isApiError(error, "unauthorized"));
});
