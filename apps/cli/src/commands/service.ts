import { execFile } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findHome } from "@trunkline/server/find-home";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { ENVIRONMENT_TEMPLATE, serviceFiles } from "../service/service-files.ts";
import { SERVICE_USER, unitText, type Manager } from "../service/unit.ts";
import type { CommandContext } from "./context.ts";

interface ServiceOptions {
  system?: true;
  user?: true;
  dryRun?: true;
}

const LAUNCHER = fileURLToPath(new URL("../../bin/trunkline.mjs", import.meta.url));

export function serviceCommand(context: CommandContext): Command {
  const { out, env } = context.terminal;
  const say = async (lines: readonly string[]): Promise<void> =>
    out.write(lines.map((line) => `${line}\n`).join(""));
  return new Command("service")
    .summary("run the server as a systemd service")
    .description("Run the server as a systemd service.")
    .addCommand(
      withManager(new Command("install"))
        .summary("write a systemd unit")
        .description(
          "Write a systemd unit and a file for keys and settings, and print the commands that start it. With --system, for the " +
            `whole machine, as the user ${SERVICE_USER}; with --user, for whoever runs this.`,
        )
        .option("--dry-run", "print what would be written, and write nothing")
        .action(async (options: ServiceOptions) => {
          const manager = managerOf(options);
          const { unit, environment } = serviceFiles(manager, env);
          const text = unitText({ manager, program: programOf(manager) });
          if (options.dryRun) return say([`# ${unit}`, text]);
          write(unit, text, 0o644);
          const done = [`Wrote ${unit}`];
          if (!existsSync(environment)) {
            write(environment, ENVIRONMENT_TEMPLATE, 0o600);
            done.push(`Wrote ${environment}: keys and settings go there`);
          }
          return say([...done, "", "Next:", ...nextSteps(manager)]);
        }),
    )
    .addCommand(
      withManager(new Command("uninstall"))
        .summary("remove the systemd unit")
        .description("Remove the systemd unit. Data, keys and settings stay.")
        .option("--dry-run", "print what would be removed, and remove nothing")
        .action(async (options: ServiceOptions) => {
          const manager = managerOf(options);
          const { unit, environment } = serviceFiles(manager, env);
          if (!existsSync(unit)) throw new CommandError(EXIT.failed, `There is no ${unit}.`);
          if (options.dryRun) return say([`Would remove ${unit}`]);
          try {
            rmSync(unit);
          } catch (error) {
            throw new CommandError(EXIT.failed, `Can't remove ${unit}: ${fileProblem(error)}.`, {
              cause: error,
            });
          }
          const flag = manager === "user" ? " --user" : "";
          return say([
            `Removed ${unit}`,
            `Left: ${environment} and the data`,
            "",
            "Next:",
            `  systemctl${flag} stop trunkline`,
            `  systemctl${flag} daemon-reload`,
          ]);
        }),
    )
    .addCommand(
      withManager(new Command("status"))
        .summary("say whether the unit is there and runs")
        .description("Say whether the unit is there, and whether it runs. Exits with 1 if not.")
        .action(async (options: ServiceOptions) => {
          const manager = managerOf(options);
          const { unit } = serviceFiles(manager, env);
          if (!existsSync(unit)) {
            context.exitCode = EXIT.failed;
            return say([`Not installed: there is no ${unit}`]);
          }
          const state = await unitState(manager);
          if (state !== "active") context.exitCode = EXIT.failed;
          return say([`${unit}: ${state}`]);
        }),
    );
}

function withManager(command: Command): Command {
  return command
    .option("--system", "of the whole machine; needs root")
    .option("--user", "of your own sessions (default, unless you are root)");
}

function managerOf({ system, user }: ServiceOptions): Manager {
  if (system && user) throw new CommandError(EXIT.usage, "Use --system or --user, not both.");
  if (system) return "system";
  return user || process.getuid?.() !== 0 ? "user" : "system";
}

/** @throws CommandError if the service's user could not read it */
function programOf(manager: Manager): string[] {
  const program = [realpathSync(process.execPath), realpathSync(LAUNCHER)];
  const home = findHome();
  const hidden = program.find((path) => path.startsWith(`${home}/`) || /^\/(?:home|root)\//.test(path));
  if (manager === "system" && hidden !== undefined) {
    throw new CommandError(
      EXIT.failed,
      `${hidden} is in somebody's home, where the user ${SERVICE_USER} can't read it. Install for the whole machine ` +
        "(npm install --global trunkline, as root, with Node 24.16 or newer), or use --user.",
    );
  }
  return program;
}

function write(path: string, text: string, mode: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
  } catch (error) {
    throw new CommandError(EXIT.failed, `Can't write ${path}: ${fileProblem(error)}.`, { cause: error });
  }
}

function nextSteps(manager: Manager): string[] {
  if (manager === "user") {
    return [
      "  systemctl --user daemon-reload",
      "  systemctl --user enable --now trunkline",
      "  loginctl enable-linger                    # also while you are signed out",
      "  trunkline login",
    ];
  }
  return [
    `  id ${SERVICE_USER} || useradd --system --home-dir /var/lib/trunkline --shell /usr/sbin/nologin ${SERVICE_USER}`,
    "  systemctl daemon-reload",
    "  systemctl enable --now trunkline",
    "  journalctl --unit trunkline               # with the sign-in link",
    "",
    `Commands for its data run as its user: sudo -u ${SERVICE_USER} env TRUNKLINE_DATA_DIR=/var/lib/trunkline trunkline doctor`,
    "It writes to /var/lib/trunkline alone, and sees no home. For repositories or backups elsewhere: systemctl edit trunkline, with",
    "  [Service]",
    "  ReadWritePaths=/srv/repositories",
    "  ProtectHome=no                            # only for what is in /home",
  ];
}

async function unitState(manager: Manager): Promise<string> {
  const args = [...(manager === "user" ? ["--user"] : []), "is-active", "trunkline"];
  try {
    return (await promisify(execFile)("systemctl", args)).stdout.trim();
  } catch (error) {
    // It also ends with an error for what does not run.
    const { stdout = "", stderr = "", code } = error as { stdout?: string; stderr?: string; code?: unknown };
    return stdout.trim() || (code === "ENOENT" ? "systemctl is not installed" : stderr.trim() || "unknown");
  }
}
