import type { Project } from "@trunkline/contract";
import { Command } from "commander";
import { projectNamed } from "../project/find-project.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";
import { credentialCommand } from "./project-credential.ts";
import { addCommand, setCommand } from "./project-settings.ts";

export function projectCommand(context: CommandContext): Command {
  return new Command("project")
    .summary("manage projects")
    .description("Add, list and change projects: repositories that sessions work in.")
    .addCommand(addCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(setCommand(context))
    .addCommand(credentialCommand(context))
    .addCommand(removeCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list your projects and shared ones, newest first")
    .description("List your projects and shared ones, newest first.")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one project per line as JSON")
    .action(async (options: { limit: number; json?: true }, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const found = await awaiting(
        terminal.err,
        "Loading",
        takeItems(options.limit, (page) => client.project.list.query(page)),
      );
      await printListing(terminal, found, {
        columns: projectColumns(terminal.out.colors, context.clock.now()),
        json: options.json === true,
        none: "No projects.",
      });
    });
}

function showCommand(context: CommandContext): Command {
  return new Command("show")
    .summary("show a project's settings")
    .description("Show a project's settings and its last fetch. Its credential is never shown.")
    .argument("<name>", "name of the project")
    .option("--json", "print the project as JSON")
    .action(async (name: string, options: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const project = await projectNamed(connect(context, command), name, hints(context));
      if (options.json) return await out.write(`${JSON.stringify(project)}\n`);
      const shown = rows(project, context.clock.now());
      const width = Math.max(...shown.map(([title]) => title.length));
      return await out.write(
        shown.map(([title, text]) => `${out.colors.dim(title.padEnd(width))}  ${oneLine(text)}\n`).join(""),
      );
    });
}

function removeCommand(context: CommandContext): Command {
  return new Command("remove")
    .summary("remove a project")
    .description(
      "Remove a project with its credential and its copy on the server. The repository that it comes from is not touched.",
    )
    .argument("<name>", "name of the project")
    .option("--force", "even if sessions use it: they keep their files, and can't publish any more")
    .option("--json", "print the project as JSON")
    .action(async (name: string, options: { force?: true; json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const { id: projectId } = await projectNamed(client, name, hints(context));
      const project = await client.project.delete.mutate({ projectId, force: options.force === true });
      await out.write(options.json ? `${JSON.stringify(project)}\n` : `Removed ${name}.\n`);
    });
}

function rows({ source, lastFetch, credential, ...project }: Project, nowMs: number): [string, string][] {
  const list = (items: readonly string[]) => (items.length === 0 ? "none" : items.join(", "));
  return [
    ["name", project.name],
    ["source", source.kind === "git" ? source.url : source.path],
    ["base", project.baseRef ?? "the source's current branch"],
    ["setup", project.setup ?? ".trunkline/setup of the repository, if it has one"],
    ["network", project.network],
    ["allowed hosts", list(project.allowedHosts)],
    ["environment", list(project.environment)],
    ["instructions", project.instructions ?? "none"],
    ["shared", project.shared ? "with everybody on this server" : "no"],
    ["credential", credential?.kind ?? "none"],
    ["last fetch", fetchOf(lastFetch, nowMs)],
  ];
}

function fetchOf(lastFetch: Project["lastFetch"], nowMs: number): string {
  if (lastFetch === null) return "none yet";
  const { at, commit, error } = lastFetch;
  return `${formatAge(nowMs - at)} ago, ${error === null ? (commit ?? "") : `failed: ${error}`}`;
}

function projectColumns(colors: Colors, nowMs: number): Column<Project>[] {
  return [
    { title: "PROJECT", cell: ({ name }) => name },
    {
      title: "FETCHED",
      cell: ({ lastFetch }) => {
        if (lastFetch === null) return "never";
        return lastFetch.error === null ? formatAge(nowMs - lastFetch.at) : "failed";
      },
      paint: (text, { lastFetch }) => (lastFetch === null ? colors.dim(text) : text),
      align: "right",
    },
    { title: "NETWORK", cell: ({ network }) => network, spare: true },
    { title: "SOURCE", cell: ({ source }) => oneLine(source.kind === "git" ? source.url : source.path) },
  ];
}
