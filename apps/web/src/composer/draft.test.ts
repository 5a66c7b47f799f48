import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Draft, draftOf, forgetDraft } from "./draft.ts";

/** IndexedDB, which these tests have only where they ask for it. */
const shelf = vi.hoisted(() => ({ texts: new Map<string, unknown>(), isThere: false }));
vi.mock(import("../text/kept.ts"), async (original) => {
  const { Shelf } = await original();
  return {
    Shelf: class extends Shelf {
      override read = async (key: string) => shelf.texts.get(key) ?? null;
      override keys = async () => [...shelf.texts.keys()];
      override async write(key: string, value: unknown) {
        if (shelf.isThere) shelf.texts.set(key, value);
        return shelf.isThere;
      }
      override async forget(...names: string[]) {
        for (const name of names) shelf.texts.delete(name);
      }
    },
  };
});

const stored = new Map<string, string>();
let room = Infinity;
beforeEach(() => {
  shelf.texts.clear();
  shelf.isThere = false;
  stored.clear();
  room = Infinity;
  vi.stubGlobal(
    "localStorage",
    new Proxy(
      {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem(key: string, value: string) {
          if (value.length > room) throw new DOMException("full", "QuotaExceededError");
          stored.set(key, value);
        },
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
  vi.unstubAllGlobals();
});

it("is there again after a reload", async () => {
  (await opened("s1")).write("hello");
  expect(new Draft("s1").text()).toBe("hello");
  expect(new Draft("s2").text()).toBe("");
});

/** One whose stored text was read. */
async function opened(place: string, Of = Draft): Promise<Draft> {
  const draft = new Of(place);
  await draft.restore();
  return draft;
}

it("is there although the page that wrote it was of an earlier version", async () => {
  const { Draft: DraftOfAlice, tabName } = await pageOf("alice");
  const old = `trunkline:draft:s1:${tabName()}`;
  stored.set(old, JSON.stringify({ text: "from before", idempotencyKey: null }));
  const draft = new DraftOfAlice("s1");
  await draft.restore();
  expect(draft.text()).toBe("from before");
  expect(stored.has(old)).toBe(false);
  expect(new DraftOfAlice("s1").text()).toBe("from before");
});

it("is its user's alone: whoever signs in next in this browser neither sees nor replaces it", async () => {
  const { Draft: DraftOfAlice } = await pageOf("alice");
  (await opened("new", DraftOfAlice)).write("alice's words");
  const { Draft: DraftOfBob } = await pageOf("bob");
  const bobs = new DraftOfBob("new");
  await bobs.restore();
  expect(bobs.state.getState()).toMatchObject({ text: "", others: [] });
  bobs.write("bob's words");
  const { Draft: DraftAgain } = await pageOf("alice");
  const again = new DraftAgain("new");
  await again.restore();
  const { text, others } = again.state.getState();
  expect([text, ...others.map((other) => other.text)]).toContain("alice's words");
});

/** A page that its user has just loaded, in the same browser. */
async function pageOf(user: string) {
  stored.set("trunkline.page-key", "k".repeat(43) + user);
  vi.resetModules();
  const { Draft: Of } = await import("./draft.ts");
  const { tabName } = await import("../text/tab.ts");
  return { Draft: Of, tabName };
}

it("comes back in front of what was written since", async () => {
  const draft = await opened("s1");
  draft.giveBack({ text: "first", files: [] });
  expect(draft.text()).toBe("first");
  draft.write("second");
  draft.giveBack({ text: "first", files: [] });
  expect(draft.text()).toBe("first\n\nsecond");
  expect(new Draft("s1").text()).toBe("first\n\nsecond");
});

it("14.3: keeps its files with its text, until both are taken or given back", async () => {
  const file = { id: "f", name: "a.png", mediaType: "image/png", bytes: 3 };
  const draft = await opened("s1");
  draft.attach([file]);
  draft.write("look");
  expect(new Draft("s1").state.getState()).toMatchObject({ text: "look", files: [file] });
  const taken = draft.take();
  expect(taken).toEqual({ text: "look", files: [file] });
  expect(stored.size).toBe(0);
  draft.write("more");
  draft.giveBack(taken);
  expect(new Draft("s1").state.getState()).toMatchObject({ text: "look\n\nmore", files: [file] });
  draft.detach(file);
  expect(new Draft("s1").state.getState().files).toEqual([]);
});

it("B6: another tab's draft is offered, and taking it loses neither", async () => {
  stored.set("trunkline:draft:s1:another-tab", JSON.stringify({ text: "of the other tab" }));
  const draft = new Draft("s1");
  draft.write("of this tab");
  await draft.restore();
  const [other] = draft.state.getState().others;
  expect(other).toMatchObject({ text: "of the other tab" });
  draft.settle(other!, true);
  expect(draft.text()).toBe("of the other tab\n\nof this tab");
  expect(stored.has("trunkline:draft:s1:another-tab")).toBe(false);
  expect(draft.state.getState().others).toEqual([]);
});

it("B6: a draft that finds no room anywhere says so", async () => {
  room = 10;
  const draft = await opened("s1");
  draft.write("longer than there is room for");
  await expect.poll(() => draft.state.getState().isKept).toBe(false);
  draft.write("");
  await expect.poll(() => draft.state.getState().isKept).toBe(true);
});

describe("a draft that is too long to be shown at once", () => {
  const long = "many words ".repeat(1_000);
  const textsKept = async () => {
    const draft = await opened("s");
    return [draft.text(), ...shelf.texts.values(), ...stored.values()];
  };
  beforeEach(async () => {
    vi.stubGlobal("window", {});
    shelf.isThere = true;
    (await opened("s")).write(long);
    await expect.poll(() => [shelf.texts.size, stored.size]).toEqual([1, 0]);
  });

  it("is left by what comes back to a place that was not shown yet", async () => {
    const draft = draftOf("s");
    draft.giveBack({ text: "x", files: [] });
    await draft.whenRestored;
    expect(draft.text()).toBe(`${long}\n\nx`);
    await expect.poll(textsKept).toEqual([draft.text(), { text: draft.text(), files: [] }]);
    forgetDraft("s");
    await expect.poll(textsKept).toEqual([""]);
  });

  it("is left by what is typed, attached and sent before it was read", async () => {
    const file = { id: "f", name: "a.png", mediaType: "image/png", bytes: 3 };
    const draft = new Draft("s");
    const read = draft.restore();
    draft.add("sent");
    expect(draft.take().text).toBe("sent");
    draft.attach([file]);
    await read;
    expect(draft.state.getState()).toMatchObject({ text: long, files: [file] });
    await expect.poll(textsKept).toEqual([long, { text: long, files: [file] }]);
  });

  it("is not doubled where the browser filled its field in again", async () => {
    const draft = new Draft("s");
    const read = draft.restore();
    draft.add(`${long}and more`);
    await read;
    expect(draft.text()).toBe(`${long}and more`);
  });
});

it("is in front of what was typed while the page was loading", async () => {
  (await opened("s1")).write("the draft");
  const draft = new Draft("s1");
  draft.add("the draft");
  expect(draft.text()).toBe("the draft");
  draft.add("typed");
  await draft.restore();
  expect(draft.text()).toBe("the draft\n\ntyped");
  expect(new Draft("s1").text()).toBe("the draft\n\ntyped");
});

it("is gone with what was sent before it was read", async () => {
  (await opened("s1")).write("sent");
  const draft = new Draft("s1");
  const read = draft.restore();
  draft.take();
  await read;
  expect(stored.size).toBe(0);
});
