import type { Json, ToolCall } from "@trunkline/contract";
import type { Colors } from "../terminal/output.ts";
import { visibleLines } from "../terminal/visible-text.ts";

type Paint = (text: string) => string;

/** Inputs that are removed from a file, and those that are added, by the names that tools use. */
const REMOVED = new Set(["oldText"]);
const ADDED = new Set(["newText", "content"]);

const INDENT = "  ";

/**
 * Shows exactly what a call will do, for the person who approves it: every input in full, line by line, with invisible
 * characters escaped; file contents as a diff.
 */
export function formatCallDetails(
  { tool, input }: Pick<ToolCall, "tool" | "input">,
  colors: Colors,
): string[] {
  const visible = (text: string): string[] => visibleLines(text, (escape) => colors.inverse(escape));
  const title = `${colors.yellow("?")} ${colors.bold(visible(tool).join(" "))}`;
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return [title, ...block(visible(JSON.stringify(input)), "│ ", colors.dim)];
  }
  const inputs = Object.entries(input);
  const rows = inputs.flatMap(([name, value]): string[] => {
    const lines = visible(textOf(value));
    if (REMOVED.has(name)) return block(withoutLastBreak(lines), "- ", colors.red);
    if (ADDED.has(name)) return block(withoutLastBreak(lines), "+ ", colors.green);
    if (inputs.length === 1) return block(lines, "│ ", colors.dim);
    const label = visible(name).join(" ");
    const [only = ""] = lines;
    return lines.length === 1
      ? [`${INDENT}${colors.dim(`${label}:`)} ${only}`]
      : [`${INDENT}${colors.dim(`${label}:`)}`, ...block(lines, "│ ", colors.dim)];
  });
  return [title, ...rows];
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function block(lines: readonly string[], mark: string, paint: Paint): string[] {
  return lines.map((line) => `${INDENT}${paint(mark)}${line}`);
}

/** The break that ends the last line begins no other. */
function withoutLastBreak(lines: readonly string[]): readonly string[] {
  return lines.length > 1 && lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
