/** What a patch does to one file. */
export interface FilePatch {
  path: string;
  change: "add" | "delete" | "update";
  /** Its new path. */
  moveTo?: string;
  /** Of an added file: all of its lines are additions of one hunk. */
  hunks: Hunk[];
}

export interface Hunk {
  /** Lines that come before it in the file, each after the one before; they only say where to look. */
  anchors: string[];
  /** The first line that it replaces, from 1, according to whoever wrote it; absent: unknown. */
  line?: number;
  lines: HunkLine[];
  /** It ends with the file. */
  isAtEnd: boolean;
}

export interface HunkLine {
  type: "keep" | "remove" | "add";
  text: string;
  /** The file ends with this line, without a line end. */
  isUnended?: true;
}

/** What is wrong with a patch; the message is for the model. */
export class PatchError extends Error {
  override readonly name = "PatchError";
}

const MAX_PATCHED_FILES = 100;
const MAX_HUNKS = 1_000;

/** @throws PatchError */
export function checkSize(files: readonly FilePatch[]): FilePatch[] {
  if (files.length === 0) throw new PatchError("The patch changes no file");
  if (files.length > MAX_PATCHED_FILES) {
    throw new PatchError(`The patch changes more than ${MAX_PATCHED_FILES} files: split it`);
  }
  if (files.reduce((sum, { hunks }) => sum + hunks.length, 0) > MAX_HUNKS) {
    throw new PatchError(`The patch has more than ${MAX_HUNKS} hunks: split it`);
  }
  return [...files];
}
