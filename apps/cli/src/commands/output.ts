import { downloadBlob, type TrunklineClient } from "@trunkline/client";
import { type EventDataOf, MAX_EVENT_PAGE_SIZE } from "@trunkline/contract";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { localPath } from "../server/local-path.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { formatSize } from "../terminal/size.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";
import { printBytes } from "./print-bytes.ts";
import { writeNewFile } from "./write-new-file.ts";

interface OutputOptions {
  call?: string;
  out?: string;
}

export function outputCommand(context: CommandContext): Command {
  return new Command("output")
    .summary("print the whole output of a command")
    .description(
      "Print all that a tool call of a session put out, also where the transcript leaves out the middle. Without --call: of the " +
        "last call.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--call <id>", "the call's id, as `trunkline export` has it")
    .addOption(new Option("-o, --out <file>", "save it here; the file must not exist"))
    .action(async (given: string | undefined, { call, out: file }: OutputOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const { output, fullOutput } = await findEnd(client, sessionId, call);
      if (file !== undefined) {
        const bytes = fullOutput === undefined ? once(output) : await downloadBlob(client, fullOutput);
        const saved = await awaiting(err, "Downloading", writeNewFile(localPath(file), bytes));
        return await out.write(`${oneLine(file)}  ${formatSize(saved)}\n`);
      }
      if (fullOutput !== undefined) return await printBytes(out, await downloadBlob(client, fullOutput));
      const text = output.endsWith("\n") ? output : `${output}\n`;
      await out.write(out.isTerminal ? plainText(text) : text);
    });
}

/** From the newest event back. @throws CommandError if there is no such call, or it has not ended. */
async function findEnd(
  client: TrunklineClient,
  sessionId: string,
  callId: string | undefined,
): Promise<EventDataOf<"tool.ended">> {
  let before: number | undefined;
  for (;;) {
    const page = await client.session.events.query({
      sessionId,
      limit: MAX_EVENT_PAGE_SIZE,
      before: before ?? Number.MAX_SAFE_INTEGER,
    });
    for (const event of page.events.toReversed()) {
      if (event.type !== "tool.ended") continue;
      if (callId === undefined || event.data.callId === callId) return event.data;
    }
    const first = page.events[0]?.seq;
    if (!page.hasMore || first === undefined || first >= (before ?? Number.POSITIVE_INFINITY)) break;
    before = first;
  }
  throw new CommandError(
    EXIT.usage,
    callId === undefined
      ? "No tool call of this session has ended yet."
      : `No call ${oneLine(callId)} has ended in this session.`,
  );
}

async function* once(text: string): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(text);
}
