import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Review } from "./review.ts";

const stored = new Map<string, string>();
const open: Review[] = [];
beforeEach(() => {
  stored.clear();
  vi.stubGlobal(
    "localStorage",
    new Proxy(
      {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
        removeItem: (key: string) => stored.delete(key),
      },
      {
        ownKeys: () => [...stored.keys()],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    ),
  );
});
afterEach(() => {
  for (const review of open.splice(0)) review.close();
  vi.unstubAllGlobals();
});

function reviewOf(sessionId: string): Review {
  const review = new Review(sessionId);
  open.push(review);
  return review;
}

const LINE = { kind: "added", before: null, after: 1, text: "x" } as const;
const outline = (review: Review) =>
  review.comments.getState().map(({ path, text, editing }) => [path, text, editing]);

it("keeps comments, and what is being written, across reloads and for their session alone", async () => {
  const review = reviewOf("s");
  const first = review.begin("a.ts", [LINE]);
  review.write(first, "Rename this. ");
  review.save(first);
  review.write(review.begin("b.ts", [LINE]), "half a sent");
  const reloaded = reviewOf("s");
  await expect
    .poll(() => outline(reloaded))
    .toEqual(
      expect.arrayContaining([
        ["a.ts", "Rename this.", null],
        ["b.ts", "", "half a sent"],
      ]),
    );
  expect(outline(reviewOf("other"))).toEqual([]);
});

it("is the same in all tabs, and another tab takes nothing from under the typist", async () => {
  const [here, there] = [reviewOf("s"), reviewOf("s")];
  const id = here.begin("a.ts", [LINE]);
  here.write(id, "one");
  here.save(id);
  await expect.poll(() => outline(there)).toEqual([["a.ts", "one", null]]);
  there.edit(id);
  there.write(id, "two");
  here.begin("b.ts", [LINE]);
  await expect.poll(() => outline(there).length).toBe(2);
  expect(outline(there)).toContainEqual(["a.ts", "one", "two"]);
});

it("goes back to what was saved, and forgets what never was", async () => {
  const review = reviewOf("s");
  const [kept, dropped] = [review.begin("a.ts", [LINE]), review.begin("b.ts", [LINE])];
  review.write(kept, "one");
  review.save(kept);
  review.edit(kept);
  review.write(kept, "two");
  review.cancel(kept);
  review.write(dropped, "never mind");
  review.cancel(dropped);
  expect(outline(review)).toEqual([["a.ts", "one", null]]);
  review.remove(kept);
  await expect.poll(() => stored.size).toBe(0);
});
