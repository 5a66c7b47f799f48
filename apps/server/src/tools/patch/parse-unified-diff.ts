import { type FilePatch, type Hunk, PatchError } from "./file-patch.ts";

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const NO_PATH = "/dev/null";

/**
 * A unified diff, as by `diff -u` or git. Models miscount lines, so the numbers only help where a hunk fits several places; hunks
 * without numbers (`@@`) are taken, too.
 */
export function parseUnifiedDiff(lines: readonly string[]): FilePatch[] {
  const files: FilePatch[] = [];
  let renamedFrom: string | undefined;
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    if (line.startsWith("GIT binary patch") || line.startsWith("Binary files ")) {
      throw new PatchError("The patch changes a binary file: that is not supported");
    }
    if (line.startsWith("diff --git ")) renamedFrom = undefined;
    if (line.startsWith("rename from ")) renamedFrom = line.slice("rename from ".length);
    if (line.startsWith("rename to ") && renamedFrom !== undefined) {
      files.push({ path: renamedFrom, change: "update", moveTo: line.slice("rename to ".length), hunks: [] });
    }
    if (!isFileHeader(lines, at)) {
      at += 1;
      continue;
    }
    const file = fileOf(lines[at] ?? "", lines[at + 1] ?? "");
    const last = files.at(-1);
    const isRenamed = renamedFrom !== undefined && last?.moveTo === (file.moveTo ?? file.path);
    const target = isRenamed && last !== undefined ? last : file;
    if (target === file) files.push(file);
    renamedFrom = undefined;
    at = readHunks(lines, at + 2, target);
    if (target.change === "update" && target.moveTo === undefined && target.hunks.length === 0) {
      throw new PatchError(`${target.path}: the patch has no hunk ('@@') for it`);
    }
  }
  return files;
}

function isFileHeader(lines: readonly string[], at: number): boolean {
  return lines[at]?.startsWith("--- ") === true && lines[at + 1]?.startsWith("+++ ") === true;
}

function fileOf(before: string, after: string): FilePatch {
  const old = pathOf(before);
  const now = pathOf(after);
  const isGit = [old, now].every(
    (path, index) => path === NO_PATH || path.startsWith(index === 0 ? "a/" : "b/"),
  );
  const plain = (path: string): string => (isGit ? path.slice(2) : path);
  if (old === NO_PATH) return { path: plain(now), change: "add", hunks: [] };
  if (now === NO_PATH) return { path: plain(old), change: "delete", hunks: [] };
  const path = plain(old);
  const moved = plain(now) === path ? {} : { moveTo: plain(now) };
  return { path, change: "update", ...moved, hunks: [] };
}

/** Without a time of change. */
function pathOf(header: string): string {
  return (header.slice(4).split("\t", 1)[0] ?? "").trim();
}

/** @returns the first line after the file's hunks. */
function readHunks(lines: readonly string[], start: number, file: FilePatch): number {
  let at = start;
  while (at < lines.length && lines[at]?.startsWith("@@") === true) {
    const [, oldLine, oldCount = "1", , newCount = "1"] = HUNK.exec(lines[at] ?? "") ?? [];
    const hunk: Hunk = { anchors: [], lines: [], isAtEnd: false };
    if (oldLine !== undefined) hunk.line = Number(oldLine);
    else if (/^@@ [^@]+$/.test(lines[at] ?? "")) hunk.anchors.push((lines[at] ?? "").slice(3));
    at = readLines(lines, at + 1, hunk, oldLine === undefined ? null : [Number(oldCount), Number(newCount)]);
    file.hunks.push(hunk);
  }
  return at;
}

/** @param counts of old and new lines; null: unknown. */
function readLines(
  lines: readonly string[],
  start: number,
  hunk: Hunk,
  counts: [old: number, now: number] | null,
): number {
  let at = start;
  let [old, now] = counts ?? [0, 0];
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const isCounted = old > 0 || now > 0;
    if (line.startsWith("@@") || line.startsWith("diff --git ")) break;
    if (isFileHeader(lines, at) && (!isCounted || lines[at + 2]?.startsWith("@@") === true)) break;
    if (line.startsWith("\\")) {
      const last = hunk.lines.at(-1);
      if (last !== undefined) last.isUnended = true;
      continue;
    }
    // Editors remove the space of an empty line.
    const type = line === "" ? "keep" : TYPES[line.charAt(0)];
    if (type === undefined || (line === "" && counts !== null && !isCounted)) break;
    if (type !== "add") old -= 1;
    if (type !== "remove") now -= 1;
    hunk.lines.push({ type, text: line.slice(1) });
  }
  // Where nobody counted, empty lines at the end are between files.
  while (hunk.lines.at(-1)?.text === "" && hunk.lines.at(-1)?.type === "keep" && (old < 0 || now < 0)) {
    hunk.lines.pop();
    old += 1;
    now += 1;
  }
  return at;
}

const TYPES: Readonly<Record<string, "keep" | "remove" | "add">> = { " ": "keep", "-": "remove", "+": "add" };
