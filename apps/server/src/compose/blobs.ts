import { join } from "node:path";
import type { Logger } from "pino";
import { openBlobFiles } from "../blobs/blob-files.ts";
import { createBlobs } from "../blobs/blobs.ts";
import type { Config } from "../config/config.ts";
import { isAnyKept } from "../store/backup/kept-databases.ts";
import type { Store } from "../store/port.ts";
import { databasePath } from "../store/sqlite/database-path.ts";

export async function openBlobs(
  config: Pick<Config, "dataDir" | "sharedDir">,
  store: Store,
  { logger, now }: { logger: Logger; now: () => number },
) {
  return createBlobs({
    store: store.blobs,
    files: await openBlobFiles(join(config.sharedDir, "blobs"), !store.isExclusive),
    keepsFiles: async () => isAnyKept(databasePath(config.dataDir)),
    logger,
    now,
  });
}
