import { type FilePatch, type Hunk, PatchError } from "./file-patch.ts";

const END = "*** End Patch";
const END_OF_FILE = "*** End of File";
const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOVE = /^\*\*\* Move to: (.+)$/;

/**
 * The form that coding models know by heart (codex's `apply_patch`): files by `*** Add|Update|Delete File: PATH`, in an update
 * optionally `*** Move to: PATH`, then hunks of ` `, `-` and `+` lines, each after `@@` with, perhaps, a line that comes before it.
 * @param start the line after `*** Begin Patch`
 */
export function parseMarkedPatch(lines: readonly string[], start: number): FilePatch[] {
  let at = start;
  const files: FilePatch[] = [];
  const problem = (what: string): PatchError => new PatchError(`Line ${at + 1} of the patch: ${what}`);
  let file: FilePatch | undefined;
  let hunk: Hunk | undefined;
  const openHunk = (): Hunk => {
    if (file === undefined) throw problem("a change must come after a line '*** Update File: PATH'");
    if (file.change === "delete") throw problem("a deleted file has no further lines");
    hunk = { anchors: [], lines: [], isAtEnd: false };
    file.hunks.push(hunk);
    return hunk;
  };
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const mark = line.trim();
    if (mark === END) return files;
    const [, kind, path = ""] = FILE.exec(mark) ?? [];
    if (kind !== undefined) {
      file = { path: path.trim(), change: kind.toLowerCase() as FilePatch["change"], hunks: [] };
      files.push(file);
      hunk = undefined;
      continue;
    }
    const target = MOVE.exec(mark)?.[1];
    if (target !== undefined) {
      if (file?.change !== "update" || file.hunks.length > 0) {
        throw problem("'*** Move to: PATH' goes right after '*** Update File: PATH'");
      }
      file.moveTo = target.trim();
      continue;
    }
    if (mark === END_OF_FILE) {
      if (hunk !== undefined) hunk.isAtEnd = true;
      hunk = undefined;
      continue;
    }
    if (line.startsWith("@@") && file?.change !== "add") {
      const isNext = hunk === undefined || hunk.lines.length > 0;
      const open = isNext || hunk === undefined ? openHunk() : hunk;
      // Models write line numbers here, too, from the other form.
      const anchor = line.slice(2).replace(/^ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/, "");
      if (anchor.trim() !== "") open.anchors.push(anchor.replace(/^ /, ""));
      continue;
    }
    if (line === "" && isLastOfSection(lines, at)) continue;
    const { lines: changed } = hunk ?? openHunk();
    const type = line === "" ? "keep" : TYPES[line.charAt(0)];
    if (type === undefined) throw problem("it starts with none of ' ', '-', '+', '@@' and '***'");
    if (file?.change === "add" && type !== "add" && line !== "") {
      throw problem("each line of an added file starts with '+'");
    }
    changed.push({ type: file?.change === "add" ? "add" : type, text: line.slice(1) });
  }
  throw new PatchError(`The patch does not end with '${END}': it may have been cut off`);
}

const TYPES: Readonly<Record<string, "keep" | "remove" | "add">> = { " ": "keep", "-": "remove", "+": "add" };

/** An empty line between two files, not part of either. */
function isLastOfSection(lines: readonly string[], at: number): boolean {
  const next = lines[at + 1]?.trim() ?? "";
  return next === END || FILE.test(next);
}
