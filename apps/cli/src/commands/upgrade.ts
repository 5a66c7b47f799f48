import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { findDataDir } from "../server/data-dir.ts";
import { findLocalServer } from "../server/local-server.ts";
import type { TargetOptions } from "../server/target.ts";
import { serviceOf, systemctlLine } from "../service/running-unit.ts";
import { commandLine } from "../terminal/command-line.ts";
import { compareVersions, isVersion } from "../upgrade/compare-versions.ts";
import { findInstallation, installLine, startLine } from "../upgrade/installation.ts";
import { latestVersion } from "../upgrade/latest-version.ts";
import { hints, type CommandContext } from "./context.ts";

interface UpgradeOptions extends TargetOptions {
  to?: string;
}

export function upgradeCommand(context: CommandContext): Command {
  return new Command("upgrade")
    .summary("say how to get a newer version")
    .description(
      "Check that this machine's data can go to another version, and print the commands that get it there. Changes nothing. " +
        "Refuses to go back: an older version can't read what a newer one has written.",
    )
    .option(
      "--to <version>",
      "version to go to (default: the newest in the npm registry; in a checkout, of its repository)",
    )
    .action(async (options: UpgradeOptions, command: Command) => {
      const { out, env } = context.terminal;
      const given = command.optsWithGlobals<TargetOptions>().dataDir;
      const dataDir = findDataDir(given, env);
      const { version } = packageJson;
      const installation = findInstallation(env);
      // What is newest is what git brings.
      const isPull = options.to === undefined && installation.kind === "checkout";
      const to = isPull ? null : (options.to ?? (await latestVersion(env)));
      if (to !== null && !isVersion(to)) {
        throw new CommandError(EXIT.usage, `'${to}' is not a version, such as ${version}.`);
      }
      const step = to === null ? 1 : compareVersions(to, version);
      const { hasData, isEmbedded } = await checkStore(dataDir, env, step);
      if (step < 0 && hasData) {
        throw new CommandError(
          EXIT.failed,
          `${to} is older than ${version}, and can't read what ${version} has written to ${dataDir}. ` +
            `To go back, restore a backup from before the upgrade into another data directory, with version ${to}.`,
        );
      }
      if (step === 0) return await out.write(`This is ${version}, the version asked for. Nothing to do.\n`);
      const again = hints(context);
      const local = findLocalServer(dataDir);
      const isRunning = local.state === "running";
      const service = local.state === "running" ? serviceOf(local.record.pid) : null;
      const [stop, start] =
        service === null
          ? [again("stop"), startLine(installation, given) ?? again("serve", "-d")]
          : [systemctlLine(service, "stop"), systemctlLine(service, "start")];
      const lines = [
        ...(hasData && isEmbedded ? [again("backup", `trunkline-${version}.db`)] : []),
        ...(isRunning ? [stop] : []),
        ...installLine(installation, to ?? version),
        // A checkout's packages are installed by its own start.
        ...(isRunning && service !== null && installation.kind === "checkout"
          ? [commandLine(["pnpm", "--dir", installation.directory, "install"])]
          : []),
        ...(isRunning ? [start] : []),
      ];
      await out.write(
        `From ${version} to ${to ?? "the newest of the checkout's repository"}:\n${lines.map((line) => `  ${line}\n`).join("")}`,
      );
      if (!hasData) return;
      await out.write(
        "The first start brings the tables up to date; tasks that were interrupted go on. There is no way back but the backup.\n",
      );
    });
}

/** @throws CommandError where a later version has already used the data */
async function checkStore(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  step: number,
): Promise<{ hasData: boolean; isEmbedded: boolean }> {
  // Each node checks these tables when it starts.
  if (secretVariable("TRUNKLINE_DATABASE_URL", env) !== undefined)
    return { hasData: true, isEmbedded: false };
  // Loaded lazily, so that other commands don't wait for the database library.
  const { readStoreVersion } = await import("@trunkline/server/backup");
  const store = await readStoreVersion(dataDir);
  if (store !== null && store.later.length > 0 && step <= 0) {
    throw new CommandError(
      EXIT.failed,
      `${dataDir} was used by a later version than ${packageJson.version} (migration ${store.later.join(", ")}), which is the one ` +
        "to run: leave --to away.",
    );
  }
  return { hasData: store !== null, isEmbedded: true };
}
