import { EFFORTS, type Model } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTokens } from "../terminal/size.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { printListing } from "./listing.ts";
import { isRedirected, readText } from "./piped-text.ts";

const MAX_KEY_LENGTH = 10_000;

export function modelsCommand(context: CommandContext): Command {
  return new Command("models")
    .summary("list models, and store keys of your own")
    .description("List the models of the configured providers, and store your own keys for them.")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(keyCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list models, with what they can do")
    .description(
      "List the models of the configured providers. A provider's other models can be used, too, as PROVIDER:MODEL. " +
        "What they can do comes from a dated catalogue, prices are US dollars per million tokens; '-' is unknown.",
    )
    .argument("[text]", "only those whose name has this in it")
    .option("--json", "print one model per line as JSON")
    .action(async (text: string | undefined, options: { json?: true }, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { models, providers, fallbacks, catalogue } = await awaiting(
        terminal.err,
        "Asking for models",
        client.model.list.query(),
      );
      const wanted = text?.toLowerCase() ?? "";
      const items = models.filter(({ name, title }) =>
        `${name} ${title ?? ""}`.toLowerCase().includes(wanted),
      );
      await printListing(
        terminal,
        { items, hasMore: false },
        { columns: modelColumns(terminal.out.colors), json: options.json === true, none: "No such model." },
      );
      if (options.json) return;
      const silent = providers.filter(({ isReachable }) => isReachable === false).map(({ name }) => name);
      const notes = [
        ...(silent.length === 0 ? [] : [`Did not answer: ${silent.join(", ")}`]),
        ...(fallbacks.length === 0 ? [] : [`Fallbacks: ${fallbacks.join(", ")}`]),
        `Catalogue: ${catalogue.source}, ${catalogue.date}`,
      ];
      await terminal.err.write(terminal.err.colors.dim(`${notes.map(oneLine).join("\n")}\n`));
    });
}

function modelColumns(colors: Colors): Column<Model>[] {
  return [
    { title: "MODEL", cell: ({ name, isDefault }) => oneLine(isDefault ? `${name} (default)` : name) },
    {
      title: "CONTEXT",
      align: "right",
      cell: ({ contextTokens }) => (contextTokens === null ? "-" : formatTokens(contextTokens)),
    },
    {
      title: "ANSWER",
      align: "right",
      spare: true,
      cell: ({ maxOutputTokens }) => (maxOutputTokens === null ? "-" : formatTokens(maxOutputTokens)),
    },
    {
      title: "IMAGES",
      spare: true,
      cell: ({ readsImages }) => (readsImages === null ? "-" : readsImages ? "yes" : "no"),
    },
    { title: "$ IN/OUT", align: "right", cell: ({ prices }) => describePrices(prices) },
    { title: "EFFORT", cell: describeEfforts, paint: colors.dim },
  ];
}

/** US dollars per million tokens. */
function describePrices(prices: Model["prices"]): string {
  return prices === null ? "-" : `${prices.inputUsdPerMillion}/${prices.outputUsdPerMillion}`;
}

function describeEfforts({ effort, efforts }: Model): string {
  return effort === null ? describeRange(efforts) : `${describeRange(efforts)} (default ${effort})`;
}

/** As a range where there are no gaps. */
function describeRange(efforts: Model["efforts"]): string {
  if (efforts === null) return "-";
  const [first, last] = [efforts[0], efforts.at(-1)];
  if (first === undefined || last === undefined) return "none";
  const span = EFFORTS.indexOf(last) - EFFORTS.indexOf(first) + 1;
  return efforts.length > 2 && span === efforts.length ? `${first} to ${last}` : efforts.join(", ");
}

function keyCommand(context: CommandContext): Command {
  return new Command("key")
    .summary("store your own key for a provider")
    .description(
      "Store your own key for a provider, read from a pipe: your tasks use it in place of the server's. The server keeps it " +
        "encrypted and never shows it again; no command of a task can read it.",
    )
    .argument("<provider>", "name of the provider")
    .option("--remove", "remove the stored one")
    .option("--json", "print the provider as JSON")
    .action(async (provider: string, options: { remove?: true; json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const changed = options.remove
        ? await client.model.removeKey.mutate({ provider })
        : await client.model.setKey.mutate({ provider, key: await readKey(context, provider) });
      const done = options.remove ? "Removed your key for" : "Stored your key for";
      await out.write(options.json ? `${JSON.stringify(changed)}\n` : `${done} ${oneLine(provider)}.\n`);
    });
}

/** Never from an argument: other users of the machine see those, and shells keep them. */
async function readKey(context: CommandContext, provider: string): Promise<string> {
  const { in: stdin } = context.terminal;
  if (!isRedirected(stdin)) {
    const piped = hints(context)("models", "key", provider);
    throw new CommandError(EXIT.usage, `Pipe the key, so that no shell keeps it: pass show KEY | ${piped}`);
  }
  return (await readText(stdin, "The key", MAX_KEY_LENGTH)).trim();
}
