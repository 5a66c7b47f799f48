import type { TrunklineClient } from "@trunkline/client";
import type { ChangedFile, Changes } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";

interface DiffOptions {
  stat?: true;
  from?: number;
  to?: number;
  json?: true;
}

interface Compared {
  sessionId: string;
  fromSeq: number | undefined;
  toSeq: number | undefined;
}

const parseSeq = parseWholeNumber(0, Number.MAX_SAFE_INTEGER);

export function diffCommand(context: CommandContext): Command {
  return new Command("diff")
    .summary("show what a session changed")
    .description(
      "Show how a session's files differ from those it started with, as git diff would. Commands' changes are included.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[path]", "only this file or directory")
    .option("--stat", "list the files instead")
    .option(
      "--from <seq>",
      "compare with the files after this event (default: the first checkpoint)",
      parseSeq,
    )
    .option("--to <seq>", "show the files after this event (default: the newest checkpoint)", parseSeq)
    .option("--json", "print the list of files as JSON")
    .action(
      async (given: string | undefined, path: string | undefined, options: DiffOptions, command: Command) => {
        const client = connect(context, command);
        const { out, err } = context.terminal;
        const sessionId = await findSession(context, client, given);
        const compared = { sessionId, fromSeq: options.from, toSeq: options.to };
        if (options.json || options.stat) {
          const changes = await awaiting(err, "Comparing", client.session.changes.query(compared));
          const listed = path === undefined ? changes : within(changes, path);
          await out.write(options.json ? `${JSON.stringify(listed)}\n` : statOf(listed, out));
          return;
        }
        for await (const diff of diffs(client, compared, path)) await out.write(painted(diff, out));
      },
    );
}

/** All in one where it is not too long, else file by file. */
async function* diffs(
  client: TrunklineClient,
  compared: Compared,
  path: string | undefined,
): AsyncGenerator<string, void> {
  const whole = await client.session.diff.query({ ...compared, path });
  if (!whole.truncated) {
    yield whole.diff;
    return;
  }
  const changes = await client.session.changes.query(compared);
  for (const file of (path === undefined ? changes : within(changes, path)).files) {
    const one = await client.session.diff.query({ ...compared, path: file.path, oldPath: file.oldPath });
    yield one.diff;
    if (one.truncated) yield `... ${file.path}: the rest is too long to show\n`;
  }
  if (changes.truncated) yield "... more files differ than can be listed\n";
}

function within(changes: Changes, path: string): Changes {
  const top = path.replace(/\/+$/, "");
  const files = changes.files.filter((file) => file.path === top || file.path.startsWith(`${top}/`));
  return { ...changes, files };
}

function statOf({ files, truncated }: Changes, { colors }: Output): string {
  if (files.length === 0) return "";
  const names = files.map(nameOf);
  const width = Math.min(60, Math.max(...names.map((name) => name.length)));
  const lines = files.map((file, index) => {
    const { additions, deletions, binary } = file;
    const counts =
      additions === null
        ? colors.dim(binary ? "binary" : "not counted")
        : `${colors.green(`+${additions}`)} ${colors.red(`-${deletions ?? 0}`)}`;
    return ` ${(names[index] ?? "").padEnd(width)} | ${counts}`;
  });
  const more = truncated ? "more than " : "";
  const count = `${more}${files.length} ${files.length === 1 ? "file" : "files"} changed`;
  return `${[...lines, ` ${count}`].join("\n")}\n`;
}

function nameOf({ path, oldPath, status }: ChangedFile): string {
  const name = oldPath === undefined ? path : `${oldPath} => ${path}`;
  return oneLine(status === "added" || status === "deleted" ? `${name} (${status})` : name);
}

/** A pipe gets every byte, so that `git apply` takes it; a terminal nothing that it would obey. */
function painted(diff: string, { isTerminal, colors }: Output): string {
  if (!isTerminal) return diff;
  return diff.replaceAll(/[^\n]+/g, (line) => {
    const plain = plainText(line);
    if (/^(diff |index |--- |\+\+\+ |new |deleted |old |similarity |rename )/.test(line))
      return colors.bold(plain);
    if (line.startsWith("@@")) return colors.cyan(plain);
    if (line.startsWith("+")) return colors.green(plain);
    return line.startsWith("-") ? colors.red(plain) : plain;
  });
}
