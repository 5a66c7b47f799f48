import { SCOPES, type Scope, type Token } from "@trunkline/contract";
import { Command, Option } from "commander";
import { findUser } from "../access/find-user.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseId, parseSpan, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface CreateOptions {
  scope: Scope;
  expires?: number;
  json?: true;
}

interface ListOptions {
  limit: number;
  user?: string;
  all?: true;
  ended?: true;
  json?: true;
}

export function tokenCommand(context: CommandContext): Command {
  return new Command("token")
    .summary("what programs and browsers come in with")
    .description("Create tokens of your own; list and revoke yours, or, with the scope admin, anybody's.")
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

function createCommand(context: CommandContext): Command {
  return new Command("create")
    .summary("create a token of your own, and print it this once")
    .description(
      "Create a token of your own and print it. It is not stored, and can't be shown again. It has no more rights than the " +
        "token that creates it, and no later expiry.",
    )
    .argument("<name>", "what it is for")
    .addOption(
      new Option("--scope <scope>", "what it may do; each scope holds the ones before it")
        .choices([...SCOPES])
        .default("write"),
    )
    .option("--expires <span>", "how long it holds: 12h, 30d, 8w (default: for ever)", parseSpan)
    .option("--json", "print token and secret as JSON")
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const { scope, expires } = options;
      const created = await client.token.create.mutate({
        name,
        scope,
        ...(expires !== undefined && { expiresAt: Date.now() + expires }),
      });
      if (options.json) return await out.write(`${JSON.stringify(created)}\n`);
      // The secret alone, so that it can be piped into where it is kept.
      await out.write(`${created.secret}\n`);
      return await err.write(err.colors.dim("Keep it: it cannot be shown again\n"));
    });
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list tokens and signed-in browsers, newest first")
    .description("List the tokens and signed-in browsers that hold, newest first.")
    .option("--user <name>", "those of this user")
    .option("--all", "those of all users")
    .option("--ended", "also those that were revoked or have expired")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one token per line as JSON")
    .action(async (options: ListOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const filter = {
        ended: options.ended === true,
        everyone: options.all === true,
        ...(options.user !== undefined && { userId: (await findUser(client, options.user)).id }),
      };
      const found = await awaiting(
        terminal.err,
        "reading the list",
        takeItems(options.limit, (page) => client.token.list.query({ ...filter, ...page })),
      );
      await printListing(terminal, found, {
        columns: tokenColumns(terminal.out.colors, Date.now()),
        json: options.json === true,
        none: "No tokens.",
      });
    });
}

function revokeCommand(context: CommandContext): Command {
  return new Command("revoke")
    .summary("revoke tokens")
    .description(
      "Revoke tokens. Browsers that were signed in with them are signed out, and live streams end within a second.",
    )
    .argument("<token...>", "ids of the tokens", (word: string, before?: string[]) => [
      ...(before ?? []),
      parseId("token list")(word),
    ])
    .option("--json", "print one token per line as JSON")
    .action(async (ids: string[], options: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      for (const tokenId of ids) {
        const token = await client.token.revoke.mutate({ tokenId });
        await out.write(options.json ? `${JSON.stringify(token)}\n` : `Revoked ${oneLine(token.name)}\n`);
      }
    });
}

function tokenColumns(colors: Colors, nowMs: number): Column<Token>[] {
  const ago = (at: number | null) => (at === null ? "never" : formatAge(nowMs - at));
  return [
    { title: "TOKEN", cell: ({ id }) => id },
    { title: "USER", cell: ({ userName }) => userName },
    { title: "KIND", cell: ({ kind }) => kind, spare: true },
    { title: "SCOPE", cell: ({ scopes }) => scopes.at(-1) ?? "" },
    { title: "USED", cell: ({ lastUsedAt }) => ago(lastUsedAt), align: "right", spare: true },
    {
      title: "ENDS",
      cell: (token) => endOf(token, nowMs),
      paint: (text, { revokedAt }) => (revokedAt === null ? text : colors.dim(text)),
    },
    { title: "NAME", cell: ({ name }) => oneLine(name) },
  ];
}

function endOf({ revokedAt, expiresAt }: Token, nowMs: number): string {
  if (revokedAt !== null) return "revoked";
  if (expiresAt === null) return "never";
  return expiresAt <= nowMs ? "expired" : `in ${formatAge(expiresAt - nowMs)}`;
}
