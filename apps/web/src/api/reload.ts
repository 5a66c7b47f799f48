import type { QueryClient } from "@tanstack/react-query";

/**
 * Asks again, for what is shown. An answer that is on its way may be older than what has changed, and of a first one TanStack
 * Query would take no second: it is waited for, not given up, so that whoever reloads often sees something all the same.
 */
export async function reload(queries: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  if (queries.isFetching({ queryKey }) > 0)
    await queries.refetchQueries({ queryKey, type: "active" }, { cancelRefetch: false });
  // oxlint-disable-next-line eslint/no-restricted-properties -- nothing is on its way any more
  await queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
}
