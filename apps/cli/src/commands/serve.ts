import { Command, Option } from "commander";
import type { TargetOptions } from "../server/target.ts";
import type { CommandContext } from "./context.ts";
import { parseWholeNumber } from "./option-values.ts";

interface ServeOptions extends TargetOptions {
  port?: number;
  host?: string;
  web?: string;
}

export function serveCommand(_context: CommandContext): Command {
  return new Command("serve")
    .summary("start the server")
    .description(
      "Start the server in this terminal. Everything else is set by environment variables; the options win.",
    )
    .option(
      "-p, --port <number>",
      "port to listen on; 0 takes a free one (TRUNKLINE_PORT)",
      parseWholeNumber(0, 65_535),
    )
    .option("--host <address>", "address to listen on (TRUNKLINE_HOST)")
    .addOption(
      new Option("--web <mode>", "serve the web UI, or the API alone (TRUNKLINE_WEB)").choices([
        "on",
        "off",
        "dev",
      ]),
    )
    .action(async (_options: ServeOptions, command: Command) => {
      const { port, host, web, dataDir } = command.optsWithGlobals<ServeOptions>();
      const settings = {
        TRUNKLINE_PORT: port?.toString(),
        TRUNKLINE_HOST: host,
        TRUNKLINE_WEB: web,
        TRUNKLINE_DATA_DIR: dataDir,
      };
      for (const [name, value] of Object.entries(settings))
        if (value !== undefined) process.env[name] = value;
      // In this very process: signals arrive once, its pid is the server's, and no other command pays for loading it.
      await import("@trunkline/server/main");
    });
}
