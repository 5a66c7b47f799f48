import stringWidth from "string-width";
import { fit } from "./fit.ts";
import { plainText } from "./plain-text.ts";

export interface Column<T> {
  title: string;
  /** Sanitised, and cut after a few hundred columns. */
  cell(item: T): string;
  /** Colours the cell once it has its width. */
  paint?: (text: string, item: T) => string;
  align?: "left" | "right";
  /** May be omitted on narrow terminals, starting from the last such column. */
  spare?: boolean;
}

const GAP = "  ";
const INDENT = "  ";
/** Minimum width of the last column before others are omitted. */
const ROOM_FOR_LAST = 20;
/** In a pipe lines may be long, but rows are still for reading; `--json` has everything. */
const MAX_CELL_WIDTH = 300;

/** Lines, each with its newline. */
export interface Table {
  /** Empty if each item takes two lines. */
  titles: string;
  rows: string[];
}

/**
 * Lays items out in columns. All but the last are as wide as their widest cell; the last takes the rest of `width` and
 * is cut, so that a row is one line. If even that does not fit, an item takes two lines.
 *
 * @param width of the terminal; Infinity: no limit
 */
export function formatTable<T>(items: readonly T[], columns: readonly Column<T>[], width: number): Table {
  const cells = items.map((item) => columns.map((column) => cellText(column, item)));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? "")), title.length),
  );
  const taken = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  if (width - taken < ROOM_FOR_LAST) {
    const spare = columns.findLastIndex((column) => column.spare);
    if (spare !== -1) return formatTable(items, columns.toSpliced(spare, 1), width);
    return { titles: "", rows: items.map((item) => stack(item, columns, width)) };
  }
  const last = width - taken;

  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string => {
    const laid = texts.map((text, index) => {
      const isLast = index === columns.length - 1;
      const fitted = isLast ? fit(text, last) : text;
      const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(fitted)));
      if (columns[index]?.align === "right") return space + paint(fitted, index);
      return paint(fitted, index) + (isLast ? "" : space);
    });
    return `${laid.join(GAP).trimEnd()}\n`;
  };
  return {
    titles: line(
      columns.map(({ title }) => title),
      (text) => text,
    ),
    rows: items.map((item, row) =>
      line(cells[row] ?? [], (text, index) => columns[index]?.paint?.(text, item) ?? text),
    ),
  };
}

/** Sanitised here, so that no column can forget it. */
function cellText<T>({ cell }: Column<T>, item: T): string {
  return fit(plainText(cell(item)).replaceAll(/\s/g, " "), MAX_CELL_WIDTH);
}

/** The first column on its own line, so that it can be copied whole, the others on a second one. */
function stack<T>(item: T, columns: readonly Column<T>[], width: number): string {
  const [first = "", ...rest] = columns.map((column) => {
    const text = cellText(column, item);
    return column.paint?.(text, item) ?? text;
  });
  return `${first}\n${INDENT}${fit(rest.join(GAP), width - INDENT.length)}\n`;
}
