import { formatTable, type Column } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const DEFAULT_LISTED = 20;
export const MAX_LISTED = 10_000;

/** Prints items as a table, or as JSON lines. Everything else goes to stderr, so that counting lines counts items. */
export async function printListing<T>(
  { out, err }: Terminal,
  { items, hasMore }: { items: readonly T[]; hasMore: boolean },
  {
    columns,
    json,
    none,
    more = (count) => `Showing the newest ${count}. For more: --limit`,
  }: {
    columns: readonly Column<T>[];
    json: boolean;
    none: string;
    more?: (count: number) => string;
  },
): Promise<void> {
  if (json) {
    for (const item of items) await out.write(`${JSON.stringify(item)}\n`);
  } else if (items.length > 0) {
    const { titles, rows } = formatTable(items, columns, out.width());
    await out.write((titles === "" ? "" : out.colors.dim(titles)) + rows.join(""));
  }
  if (items.length === 0 && !json) await err.write(`${none}\n`);
  if (hasMore) await err.write(err.colors.dim(`${more(items.length)}\n`));
}
