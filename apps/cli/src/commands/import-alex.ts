import { basename, resolve } from "node:path";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
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
    .summary("import the sessions of alex")
    .description(
      "Import the sessions of alex, of all its generations. Its files are read and never changed; doing it " +
        "again imports what is new, and nothing twice. Exits with 1 where a session stays behind.",
    )
    .argument("<directory>", "a directory of session files, or the home directory with .alex-sessions in it")
    .option("--dry-run", "read, convert and check everything, and write nothing; needs no server")
    .option("--costs <directory>", "where the cost records are (else .alex-costs beside the sessions)")
    .option("--json", "print the whole report as JSON")
    .action(async (directory: string, options: ImportAlexOptions, command: Command) => {
      const { terminal } = context;
      // Loaded here, so that no other command pays for the contract's schemas.
      const { importDirectory } = await import("../import-alex/import-directory.ts");
      const { sendTo } = await import("../import-alex/send-document.ts");
      const { printReport } = await import("../import-alex/print-report.ts");
      const { isLoss } = await import("../import-alex/skip.ts");

      const send = options.dryRun ? null : sendTo(connect(context, command));
      using interrupt = listenForInterrupt(terminal.out.gone);
      const { report, error } = await withStatus(context, (onFile) =>
        importDirectory({
          directory: resolve(directory),
          costsDirectory: options.costs === undefined ? null : resolve(options.costs),
          send,
          onFile,
          signal: interrupt.signal,
        }),
      ).catch(explainUnreadable);

      if (report.files === 0) throw new CommandError(EXIT.usage, `There are no files in ${directory}`);
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

/** A directory that is not there is the caller's mistake. */
function explainUnreadable(error: unknown): never {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  throw new CommandError(EXIT.usage, `The directory cannot be read: ${error.message}`, { cause: error });
}
