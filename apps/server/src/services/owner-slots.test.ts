import { expect, it } from "vitest";
import { actForRequest, requestIsOf } from "../fairness/caller.ts";
import { OwnerSlots } from "./owner-slots.ts";

it("lets so many of an owner's through, the others in their order, and nobody wait for somebody else's", async () => {
  const slots = new OwnerSlots(2);
  const through: string[] = [];
  const take = async (owner: string, name: string) => {
    const slot = await slots.take(owner);
    through.push(name);
    return slot;
  };
  const [first, second] = [await take("a", "1"), await take("a", "2")];
  const third = take("a", "3");
  const fourth = take("a", "4");
  await take("b", "other");
  expect(through).toEqual(["1", "2", "other"]);
  second[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  await fourth;
  expect(through).toEqual(["1", "2", "other", "3", "4"]);
  first[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  // All are free again.
  await Promise.all([take("a", "5"), take("a", "6")]);
  expect(through).toHaveLength(7);
});

it("lets nobody through who was shut out while they waited, and those after them", async () => {
  const slots = new OwnerSlots(1);
  const shutOut = new Set<string>();
  const take = async (token: string) =>
    actForRequest(token, async () => {
      requestIsOf("a", async () => {
        if (shutOut.has(token)) throw new Error("shut out");
      });
      return slots.take("a");
    });
  const first = await take("revoked");
  const waiting = Promise.allSettled([take("revoked"), take("other")]);
  shutOut.add("revoked");
  first[Symbol.dispose]();
  const [refused, taken] = await waiting;
  expect(refused).toMatchObject({ status: "rejected", reason: { message: "shut out" } });
  expect(taken.status).toBe("fulfilled");
});
