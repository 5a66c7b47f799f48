import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { forgetProcesses, openProcessLedger } from "../runner/process-ledger.ts";
import { reapLeftovers } from "../tools/process/leftovers.ts";
import { removeLeftDirectories } from "../tools/process/short-lived-directory.ts";

/** Ends what an earlier process of this data directory left running, before the first tool starts. */
export async function adoptProcesses(dataDir: string, logger: Pick<Logger, "error">) {
  const directory = join(dataDir, "processes");
  const owner = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
  const { ledger, left } = await openProcessLedger(directory);
  const survivors = await reapLeftovers({ owner, records: left });
  if (survivors.length > 0) logger.error({ pids: survivors }, "processes of an earlier run cannot be ended");
  await forgetProcesses(directory, left);
  await removeLeftDirectories(Date.now());
  return { owner, ledger };
}
