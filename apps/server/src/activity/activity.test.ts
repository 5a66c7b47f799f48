import { expect, it } from "vitest";
import { createActivity } from "./activity.ts";

it("E7: a follower that is aborted before it starts is not kept, and ends at once", async () => {
  const activity = createActivity();
  const hints = activity.follow("alice", AbortSignal.abort());
  activity.changed("s", "alice");
  expect(await hints.next()).toEqual({ done: true, value: undefined });
});

it("tells an owner's followers of the owner's sessions, and nobody else", async () => {
  const activity = createActivity();
  const controller = new AbortController();
  const alice = activity.follow("alice", controller.signal);
  const bob = activity.follow("bob", controller.signal);
  activity.changed("a", "alice");
  activity.changed("a", "alice");
  activity.changed("b", "bob");
  activity.removed("c", "alice");
  expect((await alice.next()).value).toEqual({ changed: ["a"], removed: ["c"], reset: false });
  expect((await bob.next()).value).toEqual({ changed: ["b"], removed: [], reset: false });
  controller.abort();
  expect((await alice.next()).done).toBe(true);
});
