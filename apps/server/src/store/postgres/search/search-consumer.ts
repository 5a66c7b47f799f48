import type { Compute, Job } from "../../../compute/port.ts";
import type { OutboxConsumer } from "../../../outbox/port.ts";
import { SEARCHED_TYPES } from "../../search-text.ts";
import type index from "./index-job.ts";
import type { IndexWork } from "./index-job.ts";
import type { DatabaseAddress } from "./thread-connection.ts";

const INDEX: Job<typeof index> = {
  name: "search index",
  module: new URL("./index-job.ts", import.meta.url),
  kind: "long",
};

const DEADLINE_MS = 60_000;

/** Owner of the jobs: nobody in particular, so it takes turns with the users' jobs. */
const OWNER = "search index";

/**
 * Keeps the search index up to date with the logs, slightly behind. Splitting texts into words costs what users write,
 * so a worker process does it; it reads and stores by itself, so that no text passes through the server.
 */
export function createSearchConsumer({
  compute,
  ...address
}: DatabaseAddress & { compute: Compute }): OutboxConsumer {
  const run = async (work: IndexWork[] | "rest", signal: AbortSignal) =>
    compute.run(INDEX, { ...address, work }, { owner: OWNER, deadlineMs: DEADLINE_MS, signal });

  return {
    name: "search",
    // Copied or imported texts are indexed when their session becomes visible.
    types: [...SEARCHED_TYPES, "session.forked", "session.imported"],
    async handle(entries, signal) {
      let work = entries.map(({ sessionId, seq, type }): IndexWork => {
        const isWhole = type === "session.forked" || type === "session.imported";
        return { sessionId, fromSeq: isWhole ? 1 : seq, toSeq: seq };
      });
      while (work.length > 0) ({ left: work } = await run(work, signal));
    },
    rest: async (signal) => (await run("rest", signal)).isMore,
  };
}
