import { describe, expect, it } from "vitest";
import { diffText } from "./diff-text.ts";
import { pathBytes, pathText } from "./git-path.ts";
import { parseRawDiff } from "./raw-diff.ts";

const ONE = "1".repeat(40);

describe("parseRawDiff", () => {
  it("reads modes, renames, binary files and names with everything that a name may hold", () => {
    const output = Buffer.from(
      [
        `:100644 100755 ${ONE} ${ONE} M`,
        "run\tme.sh",
        `:100644 100644 ${ONE} ${ONE} R087`,
        "old name",
        "new\nname",
        `:000000 120000 ${ONE} ${ONE} A`,
        "link",
        `:100644 000000 ${ONE} ${ONE} D`,
        "picture.png",
        "3\t1\trun\tme.sh",
        "1\t2\t",
        "old name",
        "new\nname",
        "1\t0\tlink",
        "-\t-\tpicture.png",
        "",
      ].join("\0"),
    );
    const plain = { binary: false, oldMode: "100644", newMode: "100644" };
    expect(parseRawDiff(output)).toEqual([
      { ...plain, path: "run\tme.sh", status: "modified", additions: 3, deletions: 1, newMode: "100755" },
      { ...plain, path: "new\nname", oldPath: "old name", status: "renamed", additions: 1, deletions: 2 },
      {
        ...plain,
        path: "link",
        status: "added",
        additions: 1,
        deletions: 0,
        oldMode: null,
        newMode: "120000",
      },
      {
        ...plain,
        path: "picture.png",
        status: "deleted",
        additions: null,
        deletions: null,
        binary: true,
        newMode: null,
      },
    ]);
  });

  it("leaves lines uncounted where git did not count them", () => {
    const output = Buffer.from(`:100644 100644 ${ONE} ${ONE} M\0a\0:100644 100644 ${ONE} ${ONE} T\0b\0`);
    expect(parseRawDiff(output)).toMatchObject([
      { path: "a", status: "modified", additions: null, deletions: null, binary: false },
      { path: "b", status: "type-changed", additions: null },
    ]);
    expect(parseRawDiff(Buffer.alloc(0))).toEqual([]);
  });

  it("refuses what is cut off, and what is no list of changes", () => {
    expect(() => parseRawDiff(Buffer.from(`:100644 100644 ${ONE} ${ONE} M\0`))).toThrow("ends in the middle");
    expect(() => parseRawDiff(Buffer.from(":nonsense\0a\0"))).toThrow("a line that is none");
    const cut = `:100644 100644 ${ONE} ${ONE} M\0a\0:100644 100644 ${ONE} ${ONE} M\0b\x001\t1\ta\0`;
    expect(() => parseRawDiff(Buffer.from(cut))).toThrow("ends in the middle");
  });
});

describe("paths", () => {
  it.each([
    "a",
    "a b/c\td",
    "-rf",
    "umlaut-ü",
    "\uFEFFbom",
    '"quoted"',
    'in "side',
    "back\\slash",
    "new\nline",
    ":(top)",
    "*?[]",
  ])("%j goes out and comes back as the same bytes", (name) => {
    const bytes = Buffer.from(name);
    expect(pathBytes(pathText(bytes))).toEqual(bytes);
  });

  it("quotes what is not UTF-8 as git does", () => {
    const bytes = Buffer.from([0x63, 0xe9, 0x22, 0x5c, 0x0a, 0x07, 0x7f, 0x2f, 0x61]);
    expect(pathText(bytes)).toBe(String.raw`"c\351\"\\\n\a\177/a"`);
    expect(pathBytes(pathText(bytes))).toEqual(bytes);
  });

  it.each(["", "/etc/passwd", "../up", "a/../../b", "a//b", "a/", ".", "a\0b", '"open', String.raw`"\q"`])(
    "%j is refused",
    (text) => expect(pathBytes(text)).toBeNull(),
  );
});

describe("diffText", () => {
  it("cuts at a line, and says so", () => {
    expect(diffText(Buffer.from("one\r\ntwo\n"), { maxBytes: 9, isCut: false })).toEqual({
      diff: "one\r\ntwo\n",
      truncated: false,
    });
    expect(diffText(Buffer.from("one\ntwo\n"), { maxBytes: 7, isCut: false })).toEqual({
      diff: "one\n",
      truncated: true,
    });
    expect(diffText(Buffer.from("one\ntw"), { maxBytes: 100, isCut: true })).toEqual({
      diff: "one\n",
      truncated: true,
    });
  });
});
