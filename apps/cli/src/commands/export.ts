import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { toMarkdown } from "../session-document/to-markdown.ts";
import { connect, type CommandContext } from "./context.ts";

interface ExportOptions {
  out?: string;
  format: "json" | "markdown";
}

export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .summary("write a session out")
    .description(
      "Write a session out as JSON, which holds all of it but the files of its workspace and can be imported again,\n" +
        "or as Markdown, to be read.",
    )
    .argument("<session>", "id of the session")
    .option("-o, --out <file>", "where to; it must not exist (else the standard output)")
    .addOption(new Option("--format <format>", "what to write").choices(["json", "markdown"]).default("json"))
    .action(async (sessionId: string, { out: file, format }: ExportOptions, command: Command) => {
      const { out } = context.terminal;
      const document = await connect(context, command).session.export.query({ sessionId });
      const text = format === "json" ? `${JSON.stringify(document)}\n` : toMarkdown(document);
      if (file === undefined) return await out.write(text);
      await writeNewFile(file, text);
      const { length } = document.events;
      return await out.write(`${file}  ${length} ${length === 1 ? "event" : "events"}\n`);
    });
}

/** For its owner alone, as it may hold anything that was said. */
async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const exists = "code" in error && error.code === "EEXIST";
    const why = exists
      ? `${path} exists already; name another file`
      : `It cannot be written: ${error.message}`;
    throw new CommandError(EXIT.usage, why, { cause: error });
  }
}
