import { afterEach, beforeEach, expect, it, vi } from "vitest";

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null });
});
afterEach(() => vi.unstubAllGlobals());

const ITEM = "trunkline.page-key";
const keyOf = (user: string, code: string): string => code.repeat(43) + user;

/** A page that is loaded now. */
async function load() {
  vi.resetModules();
  return { ...(await import("./page-key.ts")), ...(await import("./page-user.ts")) };
}

it("stays with its user's key when somebody else signs in, in another tab, and takes a new one of its own user", async () => {
  stored.set(ITEM, keyOf("alice", "a"));
  const page = await load();
  expect(page.pageUser()).toBe("alice");
  stored.set(ITEM, keyOf("bob", "b"));
  expect(page.pageKeyHeader()).toEqual({ [page.PAGE_KEY_HEADER]: keyOf("alice", "a") });
  expect(page.pageUser()).toBe("alice");
  stored.set(ITEM, keyOf("alice", "c"));
  expect(page.pageKeyHeader()).toEqual({ [page.PAGE_KEY_HEADER]: keyOf("alice", "c") });
  stored.delete(ITEM);
  expect(page.pageUser()).toBe("alice");
});

it("is nobody's while nobody is signed in, and where the key is from before it named its user", async () => {
  const page = await load();
  expect([page.pageUser(), page.pageKeyHeader()]).toEqual([null, {}]);
  stored.set(ITEM, keyOf("", "a"));
  expect(page.pageUser()).toBeNull();
  expect(page.pageKeyHeader()).toEqual({ [page.PAGE_KEY_HEADER]: keyOf("", "a") });
  stored.set("trunkline:user", JSON.stringify("noted"));
  expect(page.pageUser()).toBe("noted");
});
