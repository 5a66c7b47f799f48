import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { localPath } from "../server/local-path.ts";
import { toMarkdown } from "../session-document/to-markdown.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatSize } from "../terminal/size.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface ExportOptions {
  out?: string;
  format: "json" | "markdown";
  json?: true;
}

export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .summary("export a session as JSON or Markdown")
    .description(
      "Export a session: as JSON, which can be imported and has everything but the files of the workspace, or as " +
        "Markdown, for reading.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("-o, --out <file>", "write to this file, which must not exist (default: standard output)")
    .addOption(new Option("--format <format>", "output format").choices(["json", "markdown"]).default("json"))
    .option("--json", "print what was written to --out as JSON")
    .action(
      async (given: string | undefined, { out: named, format, json }: ExportOptions, command: Command) => {
        const { out, err } = context.terminal;
        const file = named === undefined || named === "-" ? undefined : localPath(named);
        if (json && file === undefined && format !== "json") {
          throw new CommandError(EXIT.usage, "--json needs --out: it describes the file.");
        }
        const client = connect(context, command);
        const sessionId = await findSession(context, client, given);
        const document = await awaiting(
          err,
          "Exporting the session",
          client.session.export.query({ sessionId }),
        );
        const text = format === "json" ? `${JSON.stringify(document)}\n` : toMarkdown(document);
        if (file === undefined) return await out.write(text);
        await writeNewFile(file, text);
        const [events, bytes] = [document.events.length, Buffer.byteLength(text)];
        if (json) return await out.write(`${JSON.stringify({ file, format, events, bytes })}\n`);
        const counted = `${events} ${events === 1 ? "event" : "events"}`;
        return await out.write(`${file}  ${counted}, ${formatSize(bytes)}\n`);
      },
    );
}

/** Readable by its owner alone, as it may hold secrets. */
async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new CommandError(EXIT.usage, `Can't write ${path}: ${fileProblem(error)}.`, { cause: error });
  }
}
