/**
 * Texts that are read together with those of other rows, in bytes. How many rows a page has says nothing of its size: a larger
 * text is read by itself, once the page has room for it.
 */
export const READ_TOGETHER_BYTES = 32_768;

/** A page ends before the row that would make it larger, in bytes of texts, unless it is the first. */
const MAX_PAGE_BYTES = 4_000_000;

/**
 * Completes the rows of a page, as far as they fit into it.
 * @param whole gives the row with its texts, which it may have to read; undefined: it is gone.
 */
export async function wholeRows<Row extends { text_bytes: number }, Whole>(
  rows: readonly Row[],
  whole: (row: Row) => Promise<Whole | undefined>,
): Promise<{ items: Whole[]; isCut: boolean }> {
  const items: Whole[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.text_bytes;
    if (items.length > 0 && bytes > MAX_PAGE_BYTES) return { items, isCut: true };
    const item = await whole(row);
    if (item !== undefined) items.push(item);
  }
  return { items, isCut: false };
}
