import type { Compute, Job } from "../../compute/port.ts";
import type { SearchIndex } from "../../search/port.ts";
import type search from "./search-job.ts";

const SEARCH: Job<typeof search> = {
  name: "search",
  module: new URL("./search-job.ts", import.meta.url),
  kind: "quick",
};

/** After which a page ends with what was found, and how much longer a single query may run, in ms. */
const PATIENCE_MS = 1_500;
const DEADLINE_MS = 10_000;

/** Search in the index of search-index.ts, in a worker process with its own connection. */
export function createSqliteSearch({ path, compute }: { path: string; compute: Compute }): SearchIndex {
  return {
    search: async ({ ownerId, text, sessionId, cursor, limit }) => {
      const before = cursor === undefined ? undefined : Number(cursor);
      const request = { path, ownerId, text, sessionId, before, limit, patienceMs: PATIENCE_MS };
      return compute.run(SEARCH, request, { owner: ownerId, deadlineMs: DEADLINE_MS });
    },
  };
}
