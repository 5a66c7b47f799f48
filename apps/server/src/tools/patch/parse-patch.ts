import { checkSize, type FilePatch, PatchError } from "./file-patch.ts";
import { parseMarkedPatch } from "./parse-marked-patch.ts";
import { parseUnifiedDiff } from "./parse-unified-diff.ts";

const BEGIN = "*** Begin Patch";

/** Parses either form: `*** Begin Patch` or a unified diff. Linear in its length. @throws PatchError */
export function parsePatch(text: string): FilePatch[] {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  // What follows the last line end is no line.
  if (lines.at(-1) === "") lines.pop();
  const begin = lines.findIndex((line) => line.trim() === BEGIN);
  if (begin >= 0) return checkSize(parseMarkedPatch(lines, begin + 1));
  if (lines.some((line) => line.startsWith("--- ") || line.startsWith("diff --git "))) {
    return checkSize(parseUnifiedDiff(lines));
  }
  throw new PatchError(`The patch starts neither with '${BEGIN}' nor as a unified diff ('--- ', '+++ ')`);
}

/** The files that a patch reads or changes; none if it is no patch. */
export function pathsIn(text: string): string[] {
  try {
    return [...new Set(parsePatch(text).flatMap(({ path, moveTo = path }) => [path, moveTo]))];
  } catch (error) {
    if (error instanceof PatchError) return [];
    throw error;
  }
}
