import { Command } from "commander";
import { checkDataDir, checkDisk, checkNode } from "../doctor/check-machine.ts";
import { checkServer } from "../doctor/check-server.ts";
import type { Finding } from "../doctor/finding.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir, readServerRecord } from "../server/data-dir.ts";
import { findTarget, type TargetOptions } from "../server/target.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";

interface DoctorOptions extends TargetOptions {
  json?: true;
}

export function doctorCommand(context: CommandContext): Command {
  return new Command("doctor")
    .summary("check what a working setup needs")
    .description("Check this machine and the server, a line each. Exits with 1 where something fails.")
    .option("--json", "print one check per line as JSON")
    .action(async (options: DoctorOptions, command: Command) => {
      const { out, env } = context.terminal;
      const all = command.optsWithGlobals<DoctorOptions>();
      const dataDir = findDataDir(all.dataDir, env);
      const client = connect(context, command);
      const target = findTarget(all, env);
      const record = readServerRecord(dataDir);
      const findings = [
        checkNode(process.versions.node),
        await checkDataDir(dataDir),
        await checkDisk(dataDir),
        ...(await checkServer(client, target, record?.url === target.url ? record.pid : null)),
      ];
      for (const finding of findings) {
        await out.write(options.json ? `${JSON.stringify(finding)}\n` : formatFinding(finding, out.colors));
      }
      if (findings.some(({ level }) => level === "fail")) context.exitCode = EXIT.failed;
    });
}

const WIDEST_CHECK = "data directory".length;

function formatFinding({ check, level, message }: Finding, colors: Colors): string {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[level];
  return `${paint(level.padEnd("fail".length))}  ${check.padEnd(WIDEST_CHECK)}  ${oneLine(message)}\n`;
}
