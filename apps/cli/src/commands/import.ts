import { importDocument } from "@trunkline/client";
import type { ImportSessionOutput } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatSize } from "../terminal/size.ts";
import { connect, hints, type CommandContext } from "./context.ts";

interface ImportOptions {
  key?: string;
  json?: true;
}

export function importCommand(context: CommandContext): Command {
  return new Command("import")
    .summary("import an exported session")
    .description("Create a session from an export. It gets new ids and keeps everything else.")
    .argument("<file>", "the exported JSON; - for the standard input")
    .option("--key <key>", "import once: the same key again returns the first import")
    .option("--json", "print the session, and whether it is new, as JSON")
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const { in: stdin, out, err } = context.terminal;
      // Loaded lazily, so that other commands don't wait for the contract's schemas.
      const { openSource, readDocument } = await import("../session-document/read-document.ts");
      const source = await openSource(file, stdin);
      const client = connect(context, command);
      const importAll = async (): Promise<ImportSessionOutput> => {
        const importKey = options.key;
        if ("bytes" in source)
          return awaiting(err, "Importing", importDocument(client, source.bytes, { importKey }));
        const { document, bytes } = readDocument(source);
        const sending = client.session.import.mutate({ document, importKey });
        return awaiting(err, `Importing ${document.events.length} events, ${formatSize(bytes)}`, sending);
      };
      const imported = await importAll();
      if (options.json) return await out.write(`${JSON.stringify(imported)}\n`);
      const { id } = imported.session;
      const what = imported.created ? "Imported." : "Already imported.";
      return await out.write(`${what}\n  show it:  ${hints(context)("attach", id)}\n`);
    });
}
