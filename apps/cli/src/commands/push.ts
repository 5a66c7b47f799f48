import type { PushSubscription } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { printListing } from "./listing.ts";
import { parseId } from "./option-values.ts";

export function pushCommand(context: CommandContext): Command {
  return new Command("push")
    .summary("devices that get your push notifications")
    .description(
      "List and remove the browsers that get your push notifications. A browser subscribes in the web UI, under " +
        "Settings > Notifications.",
    )
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list your devices, newest first")
    .description("List the devices that get your push notifications, newest first.")
    .option("--json", "print one device per line as JSON")
    .action(async (options: { json?: true }, command: Command) => {
      const client = connect(context, command);
      const { items } = await awaiting(context.terminal.err, "Loading", client.push.list.query());
      await printListing(
        context.terminal,
        { items, hasMore: false },
        { columns: deviceColumns(Date.now()), json: options.json === true, none: "No devices." },
      );
    });
}

function removeCommand(context: CommandContext): Command {
  return new Command("remove")
    .summary("remove devices")
    .description("Remove devices. They get no more notifications.")
    .argument("<device...>", "ids of the devices, as push list prints them", (word, before?: string[]) => [
      ...(before ?? []),
      parseId("push list")(word),
    ])
    .option("--json", "print one device per line as JSON")
    .action(async (ids: string[], options: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      for (const subscriptionId of ids) {
        const device = await client.push.unsubscribe.mutate({ subscriptionId });
        await out.write(options.json ? `${JSON.stringify(device)}\n` : `Removed ${oneLine(device.device)}\n`);
      }
    });
}

function deviceColumns(nowMs: number): Column<PushSubscription>[] {
  return [
    { title: "DEVICE", cell: ({ id }) => id },
    { title: "NAME", cell: ({ device }) => device },
    { title: "ADDED", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    {
      title: "REACHED",
      cell: ({ lastSuccessAt }) => (lastSuccessAt === null ? "never" : formatAge(nowMs - lastSuccessAt)),
      align: "right",
    },
    { title: "PROBLEM", cell: ({ failure }) => failure ?? "" },
  ];
}
