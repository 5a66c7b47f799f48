import { secretVariable } from "../server/secret-variable.ts";
import { Command } from "commander";
import { findDataDir, present } from "../server/data-dir.ts";
import { localPath } from "../server/local-path.ts";
import type { TargetOptions } from "../server/target.ts";
import { explained } from "./explained.ts";
import type { CommandContext } from "./context.ts";

export function rotateKeyCommand(context: CommandContext): Command {
  return new Command("rotate-key")
    .summary("encrypt stored credentials with a new key")
    .description(
      "Replace the key that credentials of projects, providers and MCP servers are encrypted with. Stop the server first. " +
        "If it is interrupted, nothing is lost: run it again. Backups from before need the key from before.",
    )
    .option("--json", "print the key's file and the number of credentials as JSON")
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { out, env } = context.terminal;
      const { rotateKey } = await import("@trunkline/server/rotate-key");
      const dataDir = findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, env);
      const path = (name: string): string | undefined => {
        const value = present(env[name]);
        return value === undefined ? undefined : localPath(value);
      };
      const summary = await explained(async () =>
        rotateKey({
          dataDir,
          sharedDir: path("TRUNKLINE_SHARED_DIR") ?? dataDir,
          databaseUrl: secretVariable("TRUNKLINE_DATABASE_URL", env),
          keyFile: path("TRUNKLINE_CREDENTIALS_KEY_FILE"),
        }),
      );
      await out.write(
        json
          ? `${JSON.stringify(summary)}\n`
          : `${summary.values === 1 ? "1 credential is" : `${summary.values} credentials are`} encrypted with a new key, in ${summary.file}\n`,
      );
    });
}
