import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Config, Settings } from "../config/config.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { findProgram } from "../tools/sandbox/find-program.ts";
import { findSystemMounts } from "../tools/sandbox/system-mounts.ts";
import { startWeb, WEB_ENTRY, type WebSupervisor } from "../web/start-web.ts";
import { prepareWebSandbox } from "../web/web-sandbox.ts";

const WEB_DIRECTORY = fileURLToPath(new URL("../../../web", import.meta.url));

/** How long the UI's process may take to end, in ms. */
const WEB_GRACE_MS = 2_000;

/** Starts the UI, which comes up in its own time. Null: there is none. */
export async function openWeb(
  config: Settings,
  { lifecycle, logger }: { lifecycle: Lifecycle; logger: Logger },
): Promise<WebSupervisor | null> {
  if (config.web === "off") return null;
  const web = startWeb({
    directory: WEB_DIRECTORY,
    mode: config.web === "dev" ? "development" : "production",
    sandbox: await sandboxWeb(config, logger),
    basePath: config.basePath,
    logger,
  });
  lifecycle.started("web", async () => web.stop(WEB_GRACE_MS));
  return web;
}

/** In development the UI's process compiles, and writes beside its sources. */
async function sandboxWeb({ web, sandbox, dataDir, toolEnvironment }: Config, logger: Logger) {
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
