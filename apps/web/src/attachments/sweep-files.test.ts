import { beforeEach, expect, it, vi } from "vitest";

/** Takes the place of IndexedDB. */
const shelves = new Map<string, Map<string, unknown>>();
vi.resetModules();
vi.doMock("../text/kept.ts", () => ({
  Shelf: class {
    readonly #items = new Map<string, unknown>();
    constructor(name: string) {
      shelves.set(name, this.#items);
    }
    read = async (key: string) => this.#items.get(key) ?? null;
    keys = async () => [...this.#items.keys()];
    write = async (key: string, value: unknown) => this.#items.set(key, value) === this.#items;
    forget = async (...names: string[]) => {
      for (const name of names) this.#items.delete(name);
    };
  },
}));
const { keepText } = await import("../text/kept-text.ts");
const { keepFile } = await import("./kept-files.ts");
const { sweepFiles } = await import("./sweep-files.ts");
vi.doUnmock("../text/kept.ts");
vi.resetModules();

const DAY_MS = 86_400_000;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  return () => vi.useRealTimers();
});

it("keeps the files of what is written, however long ago, and removes those of nothing", async () => {
  for (const id of ["draft", "outbox", "nobody"]) await keepFile(id, new Blob(["x"]));
  const file = (id: string) => ({ id, name: "a.txt", mediaType: "text/plain", bytes: 1 });
  await keepText("trunkline:draft:new@u:tab", Object.assign({ text: "half a" }, { files: [file("draft")] }));
  await keepText("trunkline:outbox:key", Object.assign({ text: "sent" }, { files: [file("outbox")] }));
  vi.setSystemTime(Date.now() + 400 * DAY_MS);
  await keepFile("new", new Blob(["x"]));
  await sweepFiles();
  expect([...(shelves.get("files")?.keys() ?? [])]).toEqual(["draft", "outbox", "new"]);
});
