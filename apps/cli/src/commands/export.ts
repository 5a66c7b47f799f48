import { exportDocument } from "@trunkline/client";
import type { SessionDocument } from "@trunkline/contract";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { ForeignAnswerError } from "../server/checked-fetch.ts";
import { CutOffError } from "../server/cut-off.ts";
import { localPath } from "../server/local-path.ts";
import { EventCount } from "../session-document/count-events.ts";
import { toMarkdown } from "../session-document/to-markdown.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatSize } from "../terminal/size.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";
import { writeNewFile } from "./write-new-file.ts";

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
        const body = await awaiting(err, "Exporting the session", exportDocument(client, sessionId));
        const counter = new EventCount();
        const pieces = format === "json" ? asJson(body, counter) : asMarkdown(body, counter);
        if (file === undefined) {
          for await (const piece of pieces) await out.write(piece);
          return undefined;
        }
        const bytes = await writeNewFile(file, pieces);
        const { count: events } = counter;
        if (json) return await out.write(`${JSON.stringify({ file, format, events, bytes })}\n`);
        const counted = `${events} ${events === 1 ? "event" : "events"}`;
        return await out.write(`${oneLine(file)}  ${counted}, ${formatSize(bytes)}\n`);
      },
    );
}

/** How every document begins. */
const HEAD = '{"format":"trunkline.session",';

/** The document as it arrives, of any size, plus a newline. @throws CutOffError if it is not whole; ForeignAnswerError if it is none */
async function* asJson(body: AsyncIterable<Uint8Array>, counter: EventCount): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let head = "";
  for await (const bytes of body) {
    counter.add(bytes);
    const text = decoder.decode(bytes, { stream: true });
    head += text.slice(0, HEAD.length - head.length);
    if (!HEAD.startsWith(head)) throw new ForeignAnswerError();
    yield text;
  }
  if (!counter.isWhole) throw new CutOffError();
  yield `${decoder.decode()}\n`;
}

async function* asMarkdown(
  body: AsyncIterable<Uint8Array>,
  counter: EventCount,
): AsyncGenerator<string, void> {
  const json = (await Array.fromAsync(asJson(body, counter))).join("");
  yield toMarkdown(JSON.parse(json) as SessionDocument);
}
