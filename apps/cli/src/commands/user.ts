import { SCOPES, type Scope, type User } from "@trunkline/contract";
import { Command, Option } from "commander";
import { findUser } from "../access/find-user.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

export function userCommand(context: CommandContext): Command {
  return new Command("user")
    .summary("manage users")
    .description("Add, list and remove users. Needs a token with the admin scope, such as the server's own.")
    .addCommand(addCommand(context))
    .addCommand(inviteCommand(context))
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context));
}

function addCommand(context: CommandContext): Command {
  return new Command("add")
    .summary("add a user")
    .description("Add a user. They need an invitation to sign in.")
    .argument("<name>", "lowercase letters, digits, '.', '_', '-' and '@'")
    .option("--restore", "restore a removed user with the sessions that were kept")
    .option("--json", "print the user as JSON")
    .action(async (name: string, options: { restore?: true; json?: true }, command: Command) => {
      const { out, err } = context.terminal;
      const user = await connect(context, command).user.create.mutate({
        name,
        restore: options.restore === true,
      });
      if (options.json) return await out.write(`${JSON.stringify(user)}\n`);
      await out.write(`${user.id}\n`);
      const invite = hints(context)("user", "invite", name);
      // No admin lets somebody in who had joined: it would let the admin in.
      const next =
        options.restore === true
          ? `Next: if ${name} had joined before, start the server with TRUNKLINE_RECOVER_USER=${name}, which prints a link for them. If not: ${invite}.`
          : `Next: ${invite}, and send ${name} the link.`;
      return await err.write(err.colors.dim(`${next}\n`));
    });
}

function inviteCommand(context: CommandContext): Command {
  return new Command("invite")
    .summary("print the link that lets a new user in")
    .description(
      "Print a link that lets a new user in. It works once, within a week, and a new one replaces it. Whoever opens it " +
        "gets the user's first token, so send it to nobody else.",
    )
    .argument("<name>", "name of the user")
    .addOption(
      new Option("--scope <scope>", "what they may do; each scope includes the ones before it")
        .choices([...SCOPES])
        .default("write"),
    )
    .option("--json", "print the invitation as JSON")
    .action(async (name: string, options: { scope: Scope; json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const { id: userId } = await findUser(client, name);
      const invitation = await client.user.invite.mutate({ userId, scope: options.scope });
      const url = `${context.target?.url ?? ""}/invite?code=${invitation.code}`;
      await out.write(options.json ? `${JSON.stringify({ ...invitation, url })}\n` : `${url}\n`);
    });
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list the users, newest first")
    .description("List users, newest first, including removed users whose sessions were kept.")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one user per line as JSON")
    .action(async (options: { limit: number; json?: true }, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const found = await awaiting(
        terminal.err,
        "Loading",
        takeItems(options.limit, (page) => client.user.list.query(page)),
      );
      await printListing(terminal, found, {
        columns: userColumns(terminal.out.colors, context.clock.now()),
        json: options.json === true,
        none: "No users.",
      });
    });
}

function removeCommand(context: CommandContext): Command {
  return new Command("remove")
    .summary("remove a user")
    .description(
      "Remove a user: their tokens stop working, their streams end, and their tasks are canceled. Their sessions are " +
        "kept, visible to nobody, until the user is restored or the sessions are deleted.",
    )
    .argument("<name>", "name of the user")
    .option("--delete-sessions", "also delete their sessions with all files")
    .option("--json", "print the user as JSON")
    .action(async (name: string, options: { deleteSessions?: true; json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const { id: userId } = await findUser(client, name);
      const deleteSessions = options.deleteSessions === true;
      const user = await client.user.remove.mutate({ userId, deleteSessions });
      const what = deleteSessions ? "their sessions were deleted" : "their sessions are kept";
      await out.write(options.json ? `${JSON.stringify(user)}\n` : `Removed ${name}; ${what}.\n`);
    });
}

function userColumns(colors: Colors, nowMs: number): Column<User>[] {
  return [
    { title: "USER", cell: ({ id }) => id },
    { title: "ADDED", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    {
      title: "STATE",
      cell: ({ removedAt }) => (removedAt === null ? "active" : "removed"),
      paint: (text, { removedAt }) => (removedAt === null ? text : colors.dim(text)),
    },
    { title: "NAME", cell: ({ name }) => name },
  ];
}
