import { SCOPES, type Scope, type Token } from "@trunkline/contract";
import { Command, Option } from "commander";
import { findUser } from "../access/find-user.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext, expiryOf } from "./context.ts";
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
    .summary("manage tokens")
    .description("Create tokens of your own; list and revoke yours, or anybody's with the admin scope.")
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

function createCommand(context: CommandContext): Command {
  return new Command("create")
    .summary("create a token of your own and print it")
    .description(
      "Create a token of your own and print it. It is not stored, so it can't be shown again. It can't have more rights " +
        "or a later expiry than the token that creates it.",
    )
    .argument("<name>", "name of the token, e.g. laptop")
    .addOption(
      new Option("--scope <scope>", "what it may do; each scope includes the ones before it")
        .choices([...SCOPES])
        .default("write"),
    )
    .option("--expires <span>", "lifetime: 12h, 30d, 8w (default: never expires)", parseSpan)
    .option("--json", "print token and secret as JSON")
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const { scope, expires } = options;
      const expiresAt = await expiryOf(context, client, expires);
      const created = await client.token.create.mutate({
        name,
        scope,
        ...(expiresAt !== null && { expiresAt }),
      });
      if (options.json) return await out.write(`${JSON.stringify(created)}\n`);
      // Alone on stdout, for piping.
      await out.write(`${created.secret}\n`);
      return await err.write(err.colors.dim("It is shown only once.\n"));
    });
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list tokens and signed-in browsers, newest first")
    .description("List valid tokens and signed-in browsers, newest first.")
    .option("--user <name>", "of this user")
    .option("--all", "of all users")
    .option("--ended", "include revoked and expired ones")
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
        "Loading",
        takeItems(options.limit, (page) => client.token.list.query({ ...filter, ...page })),
      );
      await printListing(terminal, found, {
        columns: tokenColumns(terminal.out.colors, context.clock.now()),
        json: options.json === true,
        none: "No tokens.",
      });
    });
}

function revokeCommand(context: CommandContext): Command {
  return new Command("revoke")
    .summary("revoke tokens")
    .description(
      "Revoke tokens. Browsers that signed in with them are signed out, and live streams end within a second.",
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
      title: "EXPIRES",
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
