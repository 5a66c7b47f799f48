import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir } from "../server/data-dir.ts";
import { findLocalServer } from "../server/local-server.ts";
import { makeDataDir } from "../server/make-data-dir.ts";
import { startDetached } from "../server/start-detached.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { hints, type CommandContext } from "./context.ts";
import { parseWholeNumber } from "./option-values.ts";

interface ServeOptions extends TargetOptions {
  port?: number;
  host?: string;
  web?: string;
  basePath?: string;
  detach?: true;
  json?: true;
}

export function serveCommand(context: CommandContext): Command {
  return new Command("serve")
    .summary("start the server")
    .description(
      "Start the server in this terminal or, with -d, in the background. Environment variables " +
        "set everything else; options take precedence.",
    )
    .option(
      "-p, --port <number>",
      "port to listen on; 0: any free port (TRUNKLINE_PORT)",
      parseWholeNumber(0, 65_535),
    )
    .option("--host <address>", "address to listen on (TRUNKLINE_HOST)")
    .addOption(
      new Option("--web <mode>", "serve the web UI or only the API (TRUNKLINE_WEB)").choices([
        "on",
        "off",
        "dev",
      ]),
    )
    .option("--base-path <path>", "the path that it is below behind a proxy (TRUNKLINE_BASE_PATH)")
    .option("-d, --detach", "start it in the background; `trunkline stop` ends it")
    .option("--json", "with --detach: print its address, pid and log file as JSON")
    .action(async (_options: ServeOptions, command: Command) => {
      const { port, host, web, basePath, dataDir, detach, json } = command.optsWithGlobals<ServeOptions>();
      const settings = {
        TRUNKLINE_PORT: port?.toString(),
        TRUNKLINE_HOST: host,
        TRUNKLINE_WEB: web,
        TRUNKLINE_BASE_PATH: basePath,
        // Absolute, because the server may run elsewhere.
        TRUNKLINE_DATA_DIR: findDataDir(dataDir, context.terminal.env),
      };
      const given = Object.entries(settings).filter(([, value]) => value !== undefined);
      if (detach) return await serveDetached(context, Object.fromEntries(given), json === true);
      if (json) throw new CommandError(EXIT.usage, "--json needs --detach.");
      makeDataDir(settings.TRUNKLINE_DATA_DIR);
      refuseSecond(settings.TRUNKLINE_DATA_DIR);
      for (const [name, value] of given) process.env[name] = value;
      // In this process: signals arrive once, and its pid is the server's. Loaded lazily, so that other commands don't
      // pay for it.
      return void (await import("@trunkline/server/main"));
    });
}

async function serveDetached(
  context: CommandContext,
  settings: Record<string, string | undefined>,
  json: boolean,
): Promise<void> {
  const { terminal } = context;
  const { out, err, env } = terminal;
  const dataDir = findDataDir(settings["TRUNKLINE_DATA_DIR"], env);
  refuseSecond(dataDir);
  const server = await awaiting(err, "Starting a server", startDetached(dataDir, terminal, settings));
  if (json) return await out.write(`${JSON.stringify(server)}\n`);
  const { url, pid, logFile } = server;
  const command = hints(context);
  return await out.write(
    `Serving ${url}, pid ${pid}\n  its log:  ${logFile}\n  sign in:  ${command("login")}\n  stop it:  ${command("stop")}\n`,
  );
}

function refuseSecond(dataDir: string): void {
  const running = findLocalServer(dataDir);
  if (running.state !== "running") return;
  const { url, pid } = running.record;
  throw new CommandError(EXIT.failed, `A server is already running for ${dataDir}: ${url}, pid ${pid}.`);
}
