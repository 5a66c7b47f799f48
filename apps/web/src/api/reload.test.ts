import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, it } from "vitest";
import { reload } from "./reload.ts";

const queryKey = ["changes", "session"];
const queries = new QueryClient();
afterEach(() => queries.clear());

/** What is shown of a server whose first answer is on its way until the test lets it arrive. */
function show() {
  const server = { state: "old", asked: 0 };
  const arrival = Promise.withResolvers<void>();
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: async () => {
      const { state } = server;
      server.asked += 1;
      if (server.asked === 1) await arrival.promise;
      return state;
    },
    staleTime: Infinity,
  });
  const stop = observer.subscribe(() => {});
  return { server, arrive: arrival.resolve, shown: () => observer.getCurrentResult().data, stop };
}

it("asks again after a first answer that was asked for before the change", async () => {
  const { server, arrive, shown, stop } = show();
  server.state = "new";
  const reloaded = reload(queries, queryKey);
  arrive();
  await reloaded;
  stop();
  expect(shown()).toBe("new");
});

it("gives no answer up, and asks once for all that changed before", async () => {
  const { server, arrive, shown, stop } = show();
  server.state = "new";
  const reloaded = [reload(queries, queryKey), reload(queries, queryKey), reload(queries, queryKey)];
  arrive();
  await Promise.all(reloaded);
  stop();
  expect([shown(), server.asked]).toEqual(["new", 2]);
});
