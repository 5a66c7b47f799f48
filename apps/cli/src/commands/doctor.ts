import type { ModelList } from "@trunkline/contract";
import { Command } from "commander";
import { checkDataDir, checkDisk, checkNode } from "../doctor/check-machine.ts";
import { checkConfig } from "../doctor/check-config.ts";
import { checkProjectRoots } from "../doctor/check-projects.ts";
import { checkModelServers } from "../doctor/check-model-servers.ts";
import { checkServer } from "../doctor/check-server.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkRows } from "../doctor/check-rows.ts";
import { EXIT } from "../exit-code.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { CommandError } from "../command-error.ts";
import { findDataDir, present } from "../server/data-dir.ts";
import { localPath } from "../server/local-path.ts";
import { findLocalServer } from "../server/local-server.ts";
import type { TargetOptions } from "../server/target.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import { connect, hints, type CommandContext } from "./context.ts";

interface DoctorOptions extends TargetOptions {
  json?: true;
  verify?: true;
}

export function doctorCommand(context: CommandContext): Command {
  return new Command("doctor")
    .summary("check the setup")
    .description("Check this machine and the server, one line per check. Exits with 1 if a check fails.")
    .option("--verify", "also compare every row of the database with the logs (read-only)")
    .option("--json", "print one check per line as JSON")
    .action(async (options: DoctorOptions, command: Command) => {
      const { out, env } = context.terminal;
      const all = command.optsWithGlobals<DoctorOptions>();
      const dataDir = findDataDir(all.dataDir, env);
      const sharedDir = present(env["TRUNKLINE_SHARED_DIR"]);
      const server = await serverFindings(context, command, dataDir);
      const findings = [
        checkNode(process.versions.node),
        await checkDataDir(dataDir),
        await checkDisk(dataDir),
        ...(sharedDir === undefined ? [] : [await checkDisk(localPath(sharedDir), "shared disk")]),
        ...(await checkConfig(dataDir, env)),
        ...(await checkProjectRoots(dataDir, env)),
        ...(await checkModelServers(server.models)),
        ...server.findings,
      ];
      if (options.verify) {
        using status = openStatusLine(context.terminal.err);
        findings.push(
          ...(await checkRows(
            { dataDir, databaseUrl: secretVariable("TRUNKLINE_DATABASE_URL", env) },
            status,
          )),
        );
      }
      for (const finding of findings) {
        await out.write(options.json ? `${JSON.stringify(finding)}\n` : formatFinding(finding, out.colors));
      }
      if (findings.some(({ level }) => level === "fail")) context.exitCode = EXIT.failed;
    });
}

async function serverFindings(
  context: CommandContext,
  command: Command,
  dataDir: string,
): Promise<{ findings: Finding[]; models: ModelList | null }> {
  try {
    const client = connect(context, command);
    const local = findLocalServer(dataDir);
    const { target } = context;
    if (target === null) return { findings: [], models: null };
    const pid = local.state === "running" && local.record.url === target.url ? local.record.pid : null;
    return await checkServer(client, target, { pid, command: hints(context) });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { findings: [{ check: "server", level: "fail", message: error.message }], models: null };
  }
}

const WIDEST_CHECK = "data directory".length;

function formatFinding({ check, level, message }: Finding, colors: Colors): string {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[level];
  return `${paint(level.padEnd("fail".length))}  ${check.padEnd(WIDEST_CHECK)}  ${oneLine(message)}\n`;
}
