import { stripVTControlCharacters } from "node:util";

/**
 * Makes what models and tools wrote safe to show: a terminal obeys control characters, and some of them set the
 * clipboard or forge what was printed before. Lines and tabs stay; `--json` has everything.
 */
export function plainText(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll("\r\n", "\n")
      // C0 but tab and newline, DEL, C1; and the marks that turn the direction of writing around.
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "")
  );
}

/** @returns the lines of a tool's output as a terminal would leave them: a carriage return starts a line over. */
export function outputLines(output: string): string[] {
  const lines = output
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => plainText(line.replace(/\r+$/, "").split("\r").at(-1) ?? ""))
    .map((line) => line.replaceAll("\t", "  ").trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/** @returns the text on one line, for rows and tables. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, " ").trim();
}
