import { execFile } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { RAW_NAMES, rawNamesIn, writeRawNames } from "../../common/testing/raw-names.ts";
import { workspaceFiles } from "./workspace-files.ts";

const run = promisify(execFile);

let directory: TemporaryDirectory;
let workspace: string;
beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  workspace = directory.join("workspace");
  await mkdir(workspace);
});
afterEach(async () => directory[Symbol.asyncDispose]());

const at = (...names: string[]) => join(workspace, ...names);
const list = async (path = ".", cursor?: string, limit = 100) =>
  workspaceFiles.list(workspace, { path, cursor, limit });
const refused = (reason: string) => ({ name: "TrunklineError", reason });

describe("list", () => {
  it("shows directories first, with sizes, times, links as they are written, and modes", async () => {
    await writeFile(at("b.txt"), "12345");
    await writeFile(at("a.sh"), "", { mode: 0o755 });
    await mkdir(at("src"));
    await symlink("/etc/passwd", at("link"));
    await run("mkfifo", [at("pipe")]);
    await utimes(at("b.txt"), 1, 2);
    const { items, nextCursor } = await list();
    expect(nextCursor).toBeNull();
    expect(items.map(({ name, kind }) => [name, kind])).toEqual([
      ["src", "directory"],
      ["a.sh", "file"],
      ["b.txt", "file"],
      ["link", "link"],
      ["pipe", "other"],
    ]);
    expect(items[1]).toMatchObject({ executable: true, bytes: 0 });
    expect(items[2]).toMatchObject({ executable: false, bytes: 5, modifiedAt: 2_000, target: null });
    expect(items[3]).toMatchObject({ bytes: null, target: "/etc/passwd" });
  });

  it("gives every entry once over pages of any size, whatever its name", async () => {
    const names = [
      "ä",
      "é".repeat(120),
      "z z",
      "\u{1F600}",
      "-x",
      ".hidden",
      ...Array.from({ length: 20 }, (_, index) => String(index)),
    ];
    for (const name of names) await writeFile(at(name), "");
    await mkdir(at("deep", "er"), { recursive: true });
    await writeRawNames(workspace);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(".", cursor, 3);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const raw = (name: string): string => `${name}\u{fffd}`;
    expect(seen.toSorted()).toEqual(
      ["deep", ...names, raw("directory"), raw("file"), raw("link")].toSorted(),
    );
    expect(seen.slice(0, 3)).toEqual(["deep", raw("directory"), names.toSorted()[0]]);
    expect((await list("deep")).items).toMatchObject([{ name: "er", path: "deep/er" }]);
  });

  it("is empty where nothing has run yet, and says what is wrong with a path", async () => {
    const nowhere = directory.join("nowhere");
    expect(await workspaceFiles.list(nowhere, { path: ".", cursor: undefined, limit: 1 })).toEqual({
      items: [],
      nextCursor: null,
    });
    await writeFile(at("file"), "");
    await symlink("..", at("out"));
    await expect(list("missing")).rejects.toMatchObject(refused("not_found"));
    for (const path of ["..", "/etc", "a/../../..", "file", "out", "out/workspace/.."]) {
      await expect(list(path), path).rejects.toMatchObject(refused("validation_failed"));
    }
    await expect(list(".", "bm9uc2Vuc2U")).rejects.toMatchObject(refused("cursor_invalid"));
  });
});

describe("read", () => {
  const read = async (piece: { fromByte?: number; fromLine?: number; maxBytes?: number } = {}) =>
    workspaceFiles.read(workspace, {
      path: "file",
      fromByte: undefined,
      fromLine: undefined,
      maxBytes: 64,
      ...piece,
    });
  const TEXT = `${"short\r\n".repeat(30)}${"żółw \u{1F422} ".repeat(60)}\nlast line`;

  it.each([
    ["utf-8", Buffer.from(TEXT)],
    ["utf-16le", Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
    ["utf-16be", Buffer.from(`\uFEFF${TEXT}`, "utf16le").swap16()],
  ])(
    "gives a file of %s in pieces that are whole characters and, where they fit, whole lines",
    async (encoding, bytes) => {
      await writeFile(at("file"), bytes);
      let text = "";
      let next: number | null = 0;
      let pieces = 0;
      while (next !== null) {
        const piece = await read({ fromByte: next });
        expect(piece).toMatchObject({ encoding, bytes: bytes.length, fromByte: next, fromLine: null });
        if (pieces++ === 0) expect(piece.text.endsWith("\n")).toBe(true);
        text += piece.text;
        next = piece.nextByte;
      }
      expect(text).toBe(TEXT);
      expect(pieces).toBeGreaterThan(10);
    },
  );

  it("begins at a line, or at the character after the byte that was asked for", async () => {
    await writeFile(at("file"), "one\ntwo\nżółw\n");
    expect(await read({ fromLine: 2 })).toMatchObject({ fromLine: 2, fromByte: 4, text: "two\nżółw\n" });
    expect(await read({ fromByte: 9 })).toMatchObject({ fromByte: 10, text: "ółw\n", nextByte: null });
    expect(await read({ fromByte: 900 })).toMatchObject({ text: "", nextByte: null });
    await expect(read({ fromLine: 9 })).rejects.toMatchObject(refused("validation_failed"));
    await writeFile(at("file"), "");
    expect(await read()).toMatchObject({ bytes: 0, text: "", fromLine: 1, nextByte: null });
  });

  it("says that a file is not text, is Latin-1, or is no file", async () => {
    await writeFile(at("file"), Buffer.from([0x7f, 0x45, 0, 1]));
    expect(await read()).toMatchObject({ encoding: null, text: "", bytes: 4, nextByte: null });
    await writeFile(at("file"), Buffer.from("caf\u00e9s", "latin1"));
    expect(await read()).toMatchObject({ encoding: "windows-1252", text: "cafés" });
    await mkdir(at("folder"));
    const folder = workspaceFiles.read(workspace, {
      path: "folder",
      fromByte: undefined,
      fromLine: undefined,
      maxBytes: 64,
    });
    await expect(folder).rejects.toMatchObject(refused("validation_failed"));
  });
});

describe("archive", () => {
  async function unpacked(git = false): Promise<string> {
    const file = directory.join("archive.tar.gz");
    await writeFile(file, workspaceFiles.archive(workspace, { top: "top", git }));
    const target = directory.join(`out-${git}`);
    await mkdir(target);
    await run("tar", ["-xzf", file, "-C", target]);
    expect(await readdir(target)).toEqual(["top"]);
    return join(target, "top");
  }

  it("holds files of any size and name, empty directories, modes, times, and links as links", async () => {
    const large = Buffer.alloc(3_000_000, "0123456789abcdef");
    const longName = "n".repeat(120);
    const deep = at(...Array.from({ length: 5 }, () => longName));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, longName), "deep");
    await writeFile(at("large"), large);
    await writeFile(at("żółw \u{1F422}\n.txt"), "");
    await writeFile(at("run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await utimes(at("run.sh"), 1, 1_000_000_000);
    await chmod(at("large"), 0o600);
    await mkdir(at("empty"));
    await symlink("../../../etc/passwd", at("link"));
    await symlink("t".repeat(300), at("long-link"));
    await run("mkfifo", [at("pipe")]);
    for (const git of [".git", join("sub", ".git")]) {
      await mkdir(at(git), { recursive: true });
      await writeFile(at(git, "config"), "");
    }

    const top = await unpacked();
    expect((await readdir(top)).toSorted()).toEqual(
      ["empty", "large", "link", "long-link", longName, "run.sh", "sub", "żółw \u{1F422}\n.txt"].toSorted(),
    );
    expect(await readFile(join(top, "large"))).toEqual(large);
    expect(await readFile(join(top, ...Array.from({ length: 6 }, () => longName)), "utf8")).toBe("deep");
    expect(await readdir(join(top, "empty"))).toEqual([]);
    expect(await readdir(join(top, "sub"))).toEqual([]);
    expect(await readlink(join(top, "link"))).toBe("../../../etc/passwd");
    expect(await readlink(join(top, "long-link"))).toBe("t".repeat(300));
    expect((await lstat(join(top, "run.sh"))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(top, "run.sh"))).mtimeMs).toBe(1_000_000_000_000);
    expect((await lstat(join(top, "large"))).mode & 0o777).toBe(0o600);

    const withGit = await unpacked(true);
    expect(await readdir(join(withGit, "sub", ".git"))).toEqual(["config"]);
  });

  it("holds names that are no UTF-8", async () => {
    await writeRawNames(workspace);
    expect(await rawNamesIn(await unpacked())).toEqual(RAW_NAMES);
  });

  it("is of an empty directory where nothing has run yet", async () => {
    workspace = directory.join("nowhere");
    expect(await readdir(await unpacked())).toEqual([]);
  });

  it("closes everything when its reader leaves", async () => {
    for (let index = 0; index < 50; index++) {
      await mkdir(at(`d${index}`));
      await writeFile(at(`d${index}`, "file"), Buffer.alloc(100_000, Math.random().toString()));
    }
    const open = async () => (await readdir("/proc/self/fd")).length;
    const before = await open();
    for (let round = 0; round < 10; round++) {
      for await (const _ of workspaceFiles.archive(workspace, { top: "top", git: false })) break;
    }
    expect(await open()).toBeLessThanOrEqual(before);
  });
});
