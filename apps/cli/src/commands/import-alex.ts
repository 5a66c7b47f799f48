import { basename } from "node:path";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { localPath } from "../server/local-path.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import { connect, type CommandContext } from "./context.ts";

interface ImportAlexOptions {
  dryRun?: true;
  json?: true;
  costs?: string;
}

export function importAlexCommand(context: CommandContext): Command {
  return new Command("import-alex")
    .summary("import sessions from alex")
    .description(
      "Import sessions from any version of alex. Its files are never changed, and importing again adds only what is " +
        "new. Exits with 1 if a session could not be imported.",
    )
    .argument("<directory>", "directory of session files, or the home directory that has .alex-sessions")
    .option("--dry-run", "read, convert and check everything, but write nothing; needs no server")
    .option("--costs <directory>", "directory of the cost records (default: .alex-costs beside the sessions)")
    .option("--json", "print the whole report as JSON")
    .action(async (directory: string, options: ImportAlexOptions, command: Command) => {
      const { terminal } = context;
      // Loaded lazily, so that other commands don't wait for the contract's schemas.
      const { importDirectory } = await import("../import-alex/import-directory.ts");
      const { sendTo } = await import("../import-alex/send-document.ts");
      const { printReport } = await import("../import-alex/print-report.ts");
      const { isLoss } = await import("../import-alex/skip.ts");

      const send = options.dryRun ? null : sendTo(connect(context, command));
      using interrupt = listenForInterrupt(terminal.out.gone);
      const { report, error } = await withStatus(context, (onFile) =>
        importDirectory({
          directory: localPath(directory),
          costsDirectory: options.costs === undefined ? null : localPath(options.costs),
          send,
          onFile,
          signal: interrupt.signal,
        }),
      ).catch(explainUnreadable);

      if (report.files === 0) throw new CommandError(EXIT.usage, `There are no files in ${directory}.`);
      if (options.json) await terminal.out.write(`${JSON.stringify(report, null, 2)}\n`);
      else await printReport(report, terminal.out);
      if (error !== null) throw error;
      if (report.stopped !== null) context.exitCode = EXIT.detached;
      else if (report.skips.some(isLoss)) context.exitCode = EXIT.failed;
    });
}

async function withStatus<T>(
  { terminal }: CommandContext,
  work: (onFile: (file: string, done: number, files: number) => void) => Promise<T>,
): Promise<T> {
  using status = openStatusLine(terminal.err);
  return await work((file, done, files) =>
    status.show({ label: "Importing", detail: `${done + 1} of ${files}: ${oneLine(basename(file))}` }),
  );
}

/** A missing directory is a usage error. */
function explainUnreadable(error: unknown): never {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  throw new CommandError(EXIT.usage, `Can't read the directory: ${fileProblem(error)}.`, { cause: error });
}
