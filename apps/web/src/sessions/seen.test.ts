import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

it.each([undefined, "/agents"])("below %s, what another tab has seen stays seen", async (basePath) => {
  vi.resetModules();
  const stored = new Map<string, string>();
  const page = new EventTarget();
  vi.stubGlobal("document", { documentElement: { dataset: { basePath } } });
  vi.stubGlobal("window", page);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  const { markSeen, watchSeen } = await import("./seen.ts");
  const key = `${basePath ?? ""}trunkline:seen`;
  stored.set(key, JSON.stringify({ since: 1, ends: {} }));
  const stop = watchSeen();
  stored.set(key, JSON.stringify({ since: 1, ends: { there: 5 } }));
  page.dispatchEvent(Object.assign(new Event("storage"), { key }));
  markSeen("here", 7);
  stop();
  expect(JSON.parse(stored.get(key) ?? "")).toEqual({ since: 1, ends: { here: 7, there: 5 } });
});
