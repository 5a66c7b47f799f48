import { MAX_SEARCH_PAGE_SIZE, type SearchHit } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { paintMatches, snippetOf } from "../search/snippet.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { Output } from "../terminal/output.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface SearchOptions {
  session?: string;
  limit: number;
  json?: true;
}

export function searchCommand(context: CommandContext): Command {
  return new Command("search")
    .summary("search prompts, answers and tool calls")
    .description(
      "Search prompts, answers, tool inputs and outputs, newest first. All words must occur; the last may " +
        "be the beginning of one.",
    )
    .argument("<words...>", "words to search for")
    .option("-s, --session <session>", "search only in this session (an id, or how it begins; 'last')")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one result per line as JSON")
    .action(async (words: string[], options: SearchOptions, command: Command) => {
      const { terminal } = context;
      const text = words.join(" ");
      if (text.trim() === "") throw new CommandError(EXIT.usage, "No words to search for.");
      const client = connect(context, command);
      const sessionId =
        options.session === undefined ? undefined : await findSession(context, client, options.session);
      const found = await awaiting(
        terminal.err,
        "Searching",
        takeItems(
          options.limit,
          (page) => client.search.query.query({ text, sessionId, ...page }),
          MAX_SEARCH_PAGE_SIZE,
        ),
      );
      await printListing(terminal, found, {
        columns: hitColumns(terminal.out),
        json: options.json === true,
        none: "No results.",
      });
    });
}

const KINDS: Readonly<Record<string, string>> = {
  "task.submitted": "prompt",
  "text.ended": "answer",
  "tool.called": "call",
  "tool.ended": "output",
} satisfies Record<SearchHit["type"], string>;

function hitColumns({ colors, isTerminal }: Output): Column<SearchHit>[] {
  const snippet = (hit: SearchHit) => snippetOf(hit, { cut: isTerminal });
  return [
    { title: "SESSION", cell: ({ sessionId }) => sessionId },
    { title: "SEQ", cell: ({ seq }) => String(seq), align: "right" },
    { title: "KIND", cell: ({ type }) => KINDS[type] ?? type, paint: colors.dim, spare: true },
    {
      title: "TEXT",
      cell: (hit) => snippet(hit).text.trimEnd(),
      paint: (text, hit) =>
        paintMatches(text, snippet(hit).matches, (match) => colors.bold(colors.yellow(match))),
    },
  ];
}
