import { plainText } from "../terminal/plain-text.ts";

/**
 * @param lines safe to print
 * @param language info string of the fence; empty for none
 * @returns a code block whose fence is longer than any run of backticks in it (CommonMark 0.31, 4.5)
 */
export function codeBlock(lines: readonly string[], language = ""): string {
  const body = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** @returns the text as a code span (CommonMark 0.31, 6.1). */
export function codeSpan(text: string): string {
  const line = plainText(text).replaceAll(/\s+/g, " ").trim();
  const fence = "`".repeat(longestRun(line) + 1);
  // A space separates a backtick at the edge from the fence; renderers strip it.
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "" : `${fence}${space}${line}${space}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
