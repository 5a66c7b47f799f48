import type { Share } from "@trunkline/contract";
import { Command, Option } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext, expiryOf, targetOf } from "./context.ts";
import { findSession } from "./find-id.ts";
import { printListing } from "./listing.ts";
import { parseId, parseSpan } from "./option-values.ts";

export function shareCommand(context: CommandContext): Command {
  return new Command("share")
    .summary("links that let anybody read a session")
    .description(
      "Create, list and revoke links to a session. Whoever has a link sees the session's transcript, live, and nothing else: " +
        "no files beyond what the transcript shows, no settings, no names of people.",
    )
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

function createCommand(context: CommandContext): Command {
  return new Command("create")
    .summary("create a link and print it")
    .description("Create a link to a session and print it. It can't be shown again.")
    .argument("<session>", "id of the session, or how it begins; 'last'")
    .addOption(
      new Option("--expires <span>", "lifetime: 12h, 30d, 8w, or never")
        .argParser((text) => (text === "never" ? text : parseSpan(text)))
        .default(parseSpan("7d"), "7d"),
    )
    .option("--json", "print link and secret as JSON")
    .action(async (word: string, options: { expires: number | "never"; json?: true }, command: Command) => {
      const { out, err } = context.terminal;
      const target = targetOf(context, command);
      const client = connect(context, command);
      const sessionId = await findSession(context, client, word);
      const span = options.expires === "never" ? undefined : options.expires;
      const expiresAt = await expiryOf(context, client, span);
      const { share, secret } = await client.share.create.mutate({ sessionId, expiresAt });
      const url = `${target.url.replace(/\/+$/, "")}/shared/${sessionId}#${secret}`;
      if (options.json) return await out.write(`${JSON.stringify({ share, secret, url })}\n`);
      // Alone on stdout, for piping.
      await out.write(`${url}\n`);
      return await err.write(
        err.colors.dim("Whoever has this link can read the session. It is shown only once.\n"),
      );
    });
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list the links to a session, newest first")
    .description("List the links that open a session, newest first.")
    .argument("<session>", "id of the session, or how it begins; 'last'")
    .option("--json", "print one link per line as JSON")
    .action(async (word: string, options: { json?: true }, command: Command) => {
      const client = connect(context, command);
      const sessionId = await findSession(context, client, word);
      const { items } = await awaiting(
        context.terminal.err,
        "Loading",
        client.share.list.query({ sessionId }),
      );
      await printListing(
        context.terminal,
        { items, hasMore: false },
        { columns: shareColumns(context.clock.now()), json: options.json === true, none: "No links." },
      );
    });
}

function revokeCommand(context: CommandContext): Command {
  return new Command("revoke")
    .summary("revoke links")
    .description("Revoke links. They open nothing any more, and whoever reads by them is cut off.")
    .argument("<link...>", "ids of the links, as share list prints them", (word, before?: string[]) => [
      ...(before ?? []),
      parseId("share list")(word),
    ])
    .option("--json", "print one link per line as JSON")
    .action(async (ids: string[], options: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      for (const shareId of ids) {
        const share = await client.share.revoke.mutate({ shareId });
        await out.write(options.json ? `${JSON.stringify(share)}\n` : `Revoked ${share.id}\n`);
      }
    });
}

function shareColumns(nowMs: number): Column<Share>[] {
  return [
    { title: "LINK", cell: ({ id }) => id },
    { title: "CREATED", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    {
      title: "OPENED",
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : formatAge(nowMs - lastUsedAt)),
      align: "right",
    },
    {
      title: "EXPIRES",
      cell: ({ expiresAt }) => (expiresAt === null ? "never" : `in ${formatAge(expiresAt - nowMs)}`),
    },
  ];
}
