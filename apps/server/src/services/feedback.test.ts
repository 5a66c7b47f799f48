import type { Check, ReviewComment } from "@trunkline/contract";
import { expect, it } from "vitest";
import { readFeedback } from "./feedback.ts";

it("tells the newest comments, as far as they fit, and of long texts the beginning", async () => {
  const comments = Array.from({ length: 300 }, (_, index): ReviewComment => {
    const place = { path: null, line: null, url: null, resolved: false };
    return { id: `${index}`, author: "somebody", at: index, text: "x".repeat(19_999), ...place };
  });
  comments.push({ ...comments[0]!, id: "last", at: 300, text: "y".repeat(1_000_000) });
  const check: Check = { id: "c", name: "c", state: "passed", url: null, summary: "z".repeat(1_000_000) };
  const forge = {
    find: async () => ({ number: 1 }),
    checks: async () => [check],
    comments: async () => comments,
  };
  const store = { events: { async *ofTypes() {} } };
  const publisher = { reviewPrompt: () => null };
  const where = { branch: "b", commit: "c", number: undefined };
  const found = await readFeedback({ store, publisher } as never, forge as never, "s", where);
  expect(found.comments).toHaveLength(100);
  expect(found.comments.map(({ id }) => id).slice(-2)).toEqual(["299", "last"]);
  expect(found.comments.at(-1)?.text).toHaveLength(20_001);
  expect(found.checks[0]?.summary).toHaveLength(20_001);
});
