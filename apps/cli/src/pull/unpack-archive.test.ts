import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { afterEach, beforeEach, expect, it } from "vitest";
import { unpackArchive } from "./unpack-archive.ts";

let root: string;
let target: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "trunkline-unpack-"));
  target = await mkdtemp(join(root, "target-"));
  await writeFile(join(root, "victim"), "untouched");
});
afterEach(async () => rm(root, { recursive: true, force: true }));

type Entry = { path: string; content?: string; mode?: number } & (
  | { type: "File" | "Directory" }
  | { type: "SymbolicLink" | "Link"; linkpath: string }
  | { type: "FIFO" }
);

function archive(...entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({ content = "", mode = 0o644, ...entry }) => {
    const bytes = Buffer.from(content);
    const block = Buffer.alloc(512);
    new Header({ ...entry, mode, size: bytes.length, mtime: new Date(0) }).encode(block);
    return [block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]));
}

const unpack = async (bytes: Buffer) =>
  unpackArchive(
    (async function* () {
      yield bytes;
    })(),
    target,
    new AbortController().signal,
  );

it.each([
  ["a name that goes up", [{ path: "top/../../victim", type: "File", content: "x" }]],
  ["an absolute name", [{ path: "/victim", type: "File", content: "x" }]],
  [
    "a name below a link",
    [
      { path: "top/sub", type: "SymbolicLink", linkpath: "." },
      { path: "top/up", type: "SymbolicLink", linkpath: "sub/.." },
      { path: "top/up/victim", type: "File", content: "x" },
    ],
  ],
  [
    "a hard link",
    [
      { path: "top/hard", type: "Link", linkpath: "../victim" },
      { path: "top/hard", type: "File", content: "x" },
    ],
  ],
] satisfies [string, Entry[]][])("lets nothing out by %s", async (_, entries) => {
  await unpack(archive({ path: "top/", type: "Directory", mode: 0o755 }, ...entries)).catch(() => undefined);
  expect(await readFile(join(root, "victim"), "utf8")).toBe("untouched");
  expect(await readdir(root)).toHaveLength(2);
});

it("keeps links that stay inside, and names those that do not", async () => {
  const links: Entry[] = [
    { path: "top/in", type: "SymbolicLink", linkpath: "dir/file" },
    // A link to a link, as libraries have them.
    { path: "top/dir/up", type: "SymbolicLink", linkpath: "../in" },
    { path: "top/dangling", type: "SymbolicLink", linkpath: "nowhere" },
    { path: "top/out", type: "SymbolicLink", linkpath: "../victim" },
    { path: "top/dir/far", type: "SymbolicLink", linkpath: "../../victim" },
    { path: "top/abs", type: "SymbolicLink", linkpath: "/etc/passwd" },
    // `here` is this very directory, so this leads one up.
    { path: "top/here", type: "SymbolicLink", linkpath: "." },
    { path: "top/trick", type: "SymbolicLink", linkpath: "here/.." },
    { path: "top/here/below", type: "SymbolicLink", linkpath: "in" },
  ];
  const { skippedLinks } = await unpack(
    archive(
      { path: "top/", type: "Directory", mode: 0o755 },
      { path: "top/dir/", type: "Directory", mode: 0o755 },
      { path: "top/dir/file", type: "File", content: "x", mode: 0o4755 },
      { path: "top/pipe", type: "FIFO" },
      ...links,
    ),
  );
  expect(skippedLinks).toEqual(["out", "dir/far", "abs", "trick", "here/below"]);
  expect((await readdir(target)).toSorted()).toEqual(["dangling", "dir", "here", "in"]);
  expect(await readlink(join(target, "dir", "up"))).toBe("../in");
  expect((await lstat(join(target, "dir", "file"))).mode & 0o7777).toBe(0o755);
});

it("fails where the archive breaks off", async () => {
  const whole = archive(
    { path: "top/", type: "Directory", mode: 0o755 },
    { path: "top/file", type: "File", content: Math.random().toString().repeat(1_000) },
  );
  await expect(unpack(whole.subarray(0, whole.length - 20))).rejects.toThrow();
});
