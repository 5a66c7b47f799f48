import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Draft } from "./draft.ts";

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("is there again after a reload", () => {
  new Draft("s1").write("hello");
  expect(new Draft("s1").text()).toBe("hello");
  expect(new Draft("s2").text()).toBe("");
});

it("is forgotten once the server has it, and not before", async () => {
  const draft = new Draft("s1");
  draft.write("hello");
  const taken = Promise.withResolvers<void>();
  const sending = draft.send(() => taken.promise);
  expect(draft.text()).toBe("");
  expect(new Draft("s1").text()).toBe("hello");
  taken.resolve();
  await sending;
  expect(stored.size).toBe(0);
});

it("comes back when it could not be sent, and goes out again under the same key", async () => {
  const draft = new Draft("s1");
  draft.write("hello");
  const keys: string[] = [];
  const refuse = async (_prompt: string, key: string): Promise<void> => {
    keys.push(key);
    throw new Error("offline");
  };
  await expect(draft.send(refuse)).rejects.toThrow("offline");
  expect(draft.text()).toBe("hello");
  await expect(draft.send(refuse)).rejects.toThrow("offline");
  await expect(new Draft("s1").send(refuse)).rejects.toThrow("offline");
  expect(new Set(keys).size).toBe(1);
});

it("is another task once it was changed", async () => {
  const draft = new Draft("s1");
  const keys: string[] = [];
  const submit = async (_prompt: string, key: string): Promise<void> => {
    keys.push(key);
    throw new Error("offline");
  };
  draft.write("hello");
  await expect(draft.send(submit)).rejects.toThrow("offline");
  draft.write("hello!");
  await expect(draft.send(submit)).rejects.toThrow("offline");
  expect(new Set(keys).size).toBe(2);
});

it("loses nothing of what was written while it was on its way", async () => {
  const draft = new Draft("s1");
  draft.write("first");
  const taken = Promise.withResolvers<void>();
  const sending = draft.send(() => taken.promise);
  draft.write("second");
  taken.reject(new Error("offline"));
  await expect(sending).rejects.toThrow("offline");
  expect(draft.text()).toBe("first\n\nsecond");
  expect(new Draft("s1").text()).toBe("first\n\nsecond");
});

it("keeps what was begun while another one was taken", async () => {
  const draft = new Draft("s1");
  draft.write("first");
  const sending = draft.send(async () => draft.write("second"));
  await sending;
  expect(draft.text()).toBe("second");
  expect(new Draft("s1").text()).toBe("second");
});
