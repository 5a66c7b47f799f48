import cliTruncate from "cli-truncate";
import stringWidth from "string-width";

export interface Column<T> {
  title: string;
  cell(item: T): string;
  /** Colours the cell once it has its width. */
  paint?: (text: string, item: T) => string;
  align?: "left" | "right";
  /** May be left out where the terminal is narrow; the last such column goes first. */
  spare?: boolean;
}

const GAP = "  ";
/** Columns of the terminal that the last column should have before others are left out for it. */
const ROOM_FOR_LAST = 20;

/**
 * Lays items out in columns. All but the last have the width of what they hold; the last takes what is left of
 * `width` and is cut there, so that a row is a line.
 *
 * @param width of the terminal; Infinity where nothing has to fit
 */
export function formatTable<T>(items: readonly T[], columns: readonly Column<T>[], width: number): string {
  const cells = items.map((item) => columns.map((column) => column.cell(item)));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? "")), title.length),
  );
  const taken = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const spare = columns.findLastIndex((column) => column.spare);
  if (width - taken < ROOM_FOR_LAST && spare !== -1)
    return formatTable(items, columns.toSpliced(spare, 1), width);
  const last = Math.max(columns.at(-1)?.title.length ?? 0, width - taken);

  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string =>
    texts
      .map((text, index) => {
        const isLast = index === columns.length - 1;
        const fitted = isLast && stringWidth(text) > last ? cliTruncate(text, last) : text;
        const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(fitted)));
        if (columns[index]?.align === "right") return space + paint(fitted, index);
        return paint(fitted, index) + (isLast ? "" : space);
      })
      .join(GAP)
      .trimEnd();

  const titles = line(
    columns.map(({ title }) => title),
    (text) => text,
  );
  const rows = items.map((item, row) =>
    line(cells[row] ?? [], (text, index) => columns[index]?.paint?.(text, item) ?? text),
  );
  return [titles, ...rows].map((each) => `${each}\n`).join("");
}
