/** Sessions that one look for those without a job reads. */
const PAGE = 500;

/**
 * Asks for one page each time, the next of all, and from the first again after the last: a look costs the same however
 * many there are.
 *
 * @param read the page that comes after an item, or the first
 */
export function pageInTurn<Item>(
  read: (page: { after: Item | undefined; limit: number }) => Promise<Item[]>,
): () => Promise<Item[]> {
  let last: Item | undefined;
  return async () => {
    const page = await read({ after: last, limit: PAGE });
    last = page.length < PAGE ? undefined : page.at(-1);
    return page;
  };
}
