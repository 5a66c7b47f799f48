import { withoutSequences } from "./control-sequences.ts";

/**
 * Makes text from models, tools, files and servers safe to print: control characters could set the clipboard or forge
 * earlier lines. Newlines and tabs stay; `--json` has everything.
 */
export function plainText(text: string): string {
  return withoutSequences(text).replaceAll("\r\n", "\n").replaceAll(UNSAFE, "");
}

/** C0 except tab and newline, DEL, C1, and bidirectional controls. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** @returns the text on one line, for rows and tables. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, " ").trim();
}
