import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

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

describe("calls to the server", () => {
  const sent: (string | null)[] = [];
  let accepted = "";
  /** Takes the place of the server, whose cookie is the browser's: it accepts the key that goes with that one. */
  const serve = async (_: unknown, { headers }: { headers: Headers }): Promise<Response> => {
    const key = headers.get("x-trunkline-page-key");
    sent.push(key);
    return new Response(null, { status: key === accepted ? 200 : 401 });
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", serve);
    sent.length = 0;
    stored.set(ITEM, keyOf("alice", "a"));
  });
  afterEach(() => vi.useRealTimers());

  it("are sent again once another tab, which has the cookie already, has stored its key", async () => {
    const page = await load();
    page.pageKey();
    accepted = keyOf("alice", "b");
    const answer = page.fetchWithKey("/trpc/x");
    setTimeout(() => stored.set(ITEM, accepted), 700);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answer).status).toBe(200);
    expect(sent).toEqual([keyOf("alice", "a"), accepted]);
  });

  it("are sent again at once if its user has signed in while they were on their way", async () => {
    const page = await load();
    vi.stubGlobal("fetch", async (...request: Parameters<typeof serve>) => {
      accepted = keyOf("alice", "b");
      stored.set(ITEM, accepted);
      return serve(...request);
    });
    expect((await page.fetchWithKey("/trpc/x")).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  it("are refused where nobody signs in, or somebody else has", async () => {
    const page = await load();
    page.pageKey();
    accepted = keyOf("bob", "b");
    const waiting = page.fetchWithKey("/trpc/x");
    await vi.advanceTimersByTimeAsync(2_500);
    expect((await waiting).status).toBe(401);
    stored.set(ITEM, accepted);
    expect((await page.fetchWithKey("/trpc/x")).status).toBe(401);
    stored.delete(ITEM);
    expect((await page.fetchWithKey("/trpc/x")).status).toBe(401);
    expect(sent).toEqual(Array.from({ length: 3 }, () => keyOf("alice", "a")));
  });
});

it("signing out of a page that was left open takes nothing from whoever has signed in since", async () => {
  const removeItem = (key: string): boolean => stored.delete(key);
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, removeItem });
  stored.set(ITEM, keyOf("alice", "a"));
  const page = await load();
  page.pageKey();
  stored.set(ITEM, keyOf("bob", "b"));
  page.forgetPageKey();
  expect(stored.get(ITEM)).toBe(keyOf("bob", "b"));
  stored.set(ITEM, keyOf("alice", "c"));
  page.forgetPageKey();
  expect(stored.has(ITEM)).toBe(false);
});
