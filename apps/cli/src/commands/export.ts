import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { toMarkdown } from "../session-document/to-markdown.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatSize } from "../terminal/size.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId } from "./option-values.ts";

interface ExportOptions {
  out?: string;
  format: "json" | "markdown";
  json?: true;
}

export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .summary("write a session out")
    .description(
      "Write a session out as JSON, which holds all of it but the files of its workspace and can be imported again, " +
        "or as Markdown, to be read.",
    )
    .argument("<session>", "id of the session", parseId("sessions"))
    .option("-o, --out <file>", "where to; it must not exist (else the standard output)")
    .addOption(new Option("--format <format>", "what to write").choices(["json", "markdown"]).default("json"))
    .option("--json", "say as JSON what was written to --out")
    .action(async (sessionId: string, { out: file, format, json }: ExportOptions, command: Command) => {
      const { out, err } = context.terminal;
      if (json && file === undefined && format !== "json") {
        throw new CommandError(EXIT.usage, "--json tells about the file that --out names; there is none");
      }
      const exporting = connect(context, command).session.export.query({ sessionId });
      const document = await awaiting(err, "reading the session", exporting);
      const text = format === "json" ? `${JSON.stringify(document)}\n` : toMarkdown(document);
      if (file === undefined) return await out.write(text);
      await writeNewFile(file, text);
      const [events, bytes] = [document.events.length, Buffer.byteLength(text)];
      if (json) return await out.write(`${JSON.stringify({ file: resolve(file), format, events, bytes })}\n`);
      const counted = `${events} ${events === 1 ? "event" : "events"}`;
      return await out.write(`${file}  ${counted}, ${formatSize(bytes)}\n`);
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
