import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { forgetProcesses, openProcessLedger } from "./runner/process-ledger.ts";
import { reapLeftovers } from "./tools/process/leftovers.ts";
import { findProgram } from "./tools/sandbox/find-program.ts";
import { findSystemMounts } from "./tools/sandbox/system-mounts.ts";
import { WEB_ENTRY } from "./web/start-web.ts";
import { prepareWebSandbox } from "./web/web-sandbox.ts";

export const WEB_DIRECTORY = fileURLToPath(new URL("../../web", import.meta.url));

/** Ends what an earlier process of this data directory left running, before the first tool starts. */
export async function adoptProcesses({ dataDir }: Config, logger: Logger) {
  const directory = join(dataDir, "processes");
  const owner = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
  const { ledger, left } = await openProcessLedger(directory);
  const survivors = await reapLeftovers({ owner, records: left });
  if (survivors.length > 0) logger.error({ pids: survivors }, "processes of an earlier run cannot be ended");
  await forgetProcesses(directory, left);
  return { owner, ledger };
}

/** In development the UI's process compiles, and writes beside its sources. */
export async function sandboxWeb({ web, sandbox, dataDir, toolEnvironment }: Config, logger: Logger) {
  if (web === "dev" || sandbox.mode === "off") return null;
  return prepareWebSandbox({
    bwrap: await findProgram("bwrap", toolEnvironment["PATH"] ?? ""),
    system: (await findSystemMounts({ network: false })).arguments,
    directory: WEB_DIRECTORY,
    entry: WEB_ENTRY,
    dataDir,
    logger,
  });
}
