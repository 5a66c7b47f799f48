import { downloadFile } from "@trunkline/client";
import type { TrunklineClient } from "@trunkline/client";
import { MAX_WORKSPACE_PAGE_SIZE, type WorkspaceEntry } from "@trunkline/contract";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { localPath } from "../server/local-path.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatSize } from "../terminal/size.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { MAX_LISTED, printListing } from "./listing.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";
import { printBytes } from "./print-bytes.ts";
import { writeNewFile } from "./write-new-file.ts";

interface FilesOptions {
  cat?: true;
  out?: string;
  limit: number;
  json?: true;
}

const DEFAULT_FILES = 500;

export function filesCommand(context: CommandContext): Command {
  return new Command("files")
    .summary("list or read the files of a session")
    .description(
      "List a directory of a session's workspace as it is now, or read one of its files. To take everything home: " +
        "`trunkline pull`.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[path]", "directory or file, relative to the workspace", ".")
    .option("--cat", "print the file")
    .addOption(new Option("-o, --out <file>", "save the file here; it must not exist").conflicts("cat"))
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_FILES)
    .addOption(new Option("--json", "print one entry per line as JSON").conflicts("cat"))
    .action(async (given: string | undefined, path: string, options: FilesOptions, command: Command) => {
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      if (options.cat === true) return await print(context, client, { sessionId, path });
      if (options.out !== undefined) {
        return await save(context, client, { sessionId, path, file: localPath(options.out) }, options);
      }
      return await list(context, client, { sessionId, path }, options);
    });
}

async function list(
  context: CommandContext,
  client: TrunklineClient,
  { sessionId, path }: { sessionId: string; path: string },
  options: FilesOptions,
): Promise<void> {
  const { terminal } = context;
  const load = (page: { cursor?: string; limit: number }) =>
    client.workspace.list.query({ ...page, sessionId, path });
  const found = await awaiting(
    terminal.err,
    "Loading",
    takeItems(options.limit, load, MAX_WORKSPACE_PAGE_SIZE),
  );
  await printListing(terminal, found, {
    columns: entryColumns(terminal.out.colors, context.clock.now()),
    json: options.json === true,
    none: path === "." ? "This session has no files yet." : "This directory is empty.",
    more: (count) => `Showing the first ${count}. For more: --limit`,
  });
}

async function print(
  { terminal: { out } }: CommandContext,
  client: TrunklineClient,
  file: { sessionId: string; path: string },
): Promise<void> {
  if (out.isTerminal) {
    const { encoding } = await client.workspace.read.query({ ...file, maxBytes: 1_024 });
    if (encoding === null) {
      throw new CommandError(EXIT.usage, `${file.path} is binary. Save it: --out FILE, or pipe it.`);
    }
  }
  await printBytes(out, await downloadFile(client, file));
}

async function save(
  context: CommandContext,
  client: TrunklineClient,
  { file, ...source }: { sessionId: string; path: string; file: string },
  { json }: FilesOptions,
): Promise<void> {
  const { out, err } = context.terminal;
  const bytes = await awaiting(
    err,
    "Downloading",
    downloadFile(client, source).then(async (body) => writeNewFile(file, body)),
  );
  await out.write(
    json === true ? `${JSON.stringify({ file, bytes })}\n` : `${oneLine(file)}  ${formatSize(bytes)}\n`,
  );
}

function entryColumns(colors: Colors, nowMs: number): Column<WorkspaceEntry>[] {
  return [
    {
      title: "SIZE",
      cell: ({ bytes }) => (bytes === null ? "-" : formatSize(bytes)),
      align: "right",
    },
    {
      title: "CHANGED",
      cell: ({ modifiedAt }) => formatAge(nowMs - modifiedAt),
      align: "right",
      spare: true,
    },
    {
      title: "NAME",
      cell: ({ name, kind, target, executable }) =>
        kind === "directory"
          ? `${name}/`
          : target === null
            ? `${name}${executable ? "*" : ""}`
            : `${name} -> ${target}`,
      paint: (text, { kind }) => (kind === "directory" ? colors.cyan(text) : text),
    },
  ];
}
