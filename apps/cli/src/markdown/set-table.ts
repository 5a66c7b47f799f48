import stringWidth from "string-width";
import type { Colors } from "../terminal/output.ts";
import { setInline } from "./inline-markdown.ts";

type Align = "left" | "right" | "center";

const GAP = "  ";
/** GFM 0.29, 4.10: the delimiter row that makes it a table. */
const DELIMITER_CELL = /^:?-+:?$/;

/**
 * @param lines that start with a bar
 * @param width columns of the terminal; Infinity: no limit
 * @returns the table with aligned columns, or one cell per line if that does not fit; null if it is not a table
 */
export function setTable(lines: readonly string[], colors: Colors, width: number): string[] | null {
  const [head = [], delimiters = [], ...rows] = lines.map(cellsOf);
  if (head.length !== delimiters.length || !delimiters.every((cell) => DELIMITER_CELL.test(cell)))
    return null;
  const inline = (text: string): string => setInline({ text, before: "", whole: true }, colors).shown;
  const titles = head.map(inline);
  const body = rows.map((row) => titles.map((_, index) => inline(row[index] ?? "")));
  const widths = titles.map((title, index) =>
    body.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? "")), stringWidth(title)),
  );
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  if (total > width) return stacked(titles, body, colors);

  const aligns = delimiters.map(alignOf);
  const line = (cells: readonly string[], paint: (text: string) => string = (text) => text): string =>
    cells
      .map((cell, index) =>
        pad(paint(cell), (widths[index] ?? 0) - stringWidth(cell), aligns[index] ?? "left"),
      )
      .join(GAP)
      .trimEnd();
  return [
    line(titles, colors.bold),
    colors.dim(widths.map((each) => "─".repeat(each)).join(GAP)),
    ...body.map((row) => line(row)),
  ];
}

function stacked(titles: readonly string[], body: readonly (readonly string[])[], colors: Colors): string[] {
  return body.flatMap((row, index) => [
    ...(index === 0 ? [] : [""]),
    ...row.map((cell, column) => `${colors.bold(`${titles[column]}:`)} ${cell}`.trimEnd()),
  ]);
}

/** An escaped bar belongs to its cell. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function alignOf(delimiter: string): Align {
  if (!delimiter.endsWith(":")) return "left";
  return delimiter.startsWith(":") ? "center" : "right";
}

function pad(text: string, room: number, align: Align): string {
  const before = align === "left" ? 0 : align === "right" ? room : Math.floor(room / 2);
  return " ".repeat(before) + text + " ".repeat(room - before);
}
