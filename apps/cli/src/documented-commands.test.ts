import { readdir, readFile } from "node:fs/promises";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { parserToLookAt } from "./testing/parser.ts";

const ROOT = new URL("../../../", import.meta.url);

const program = parserToLookAt();

async function pages(): Promise<string[]> {
  const docs = (await readdir(new URL("docs/", ROOT), { recursive: true })).map((name) => `docs/${name}`);
  // docs/cli.md is what the commands printed.
  const written = docs.filter((name) => name.endsWith(".md") && name !== "docs/cli.md");
  return ["README.md", "CONTRIBUTING.md", "DEPLOYMENT.md", "apps/cli/README.md", ...written];
}

/** Where a command may begin; and also where another program's begins, such as in a pipe or a substitution. */
const COMMAND = /(?:^|[|;(]|&&)\s*(?:\$ )?(?:sudo )?(?:[A-Z_]+=\S* )*trunkline ([^#|&;<>)]*)/g;

/** What follows `trunkline` in examples and in `code`, each up to the end of that command. */
function commandLines(page: string): string[] {
  const blocks = Array.from(
    page.matchAll(/^( *)```(?:sh|console)\n([\s\S]*?)^\1```/gm),
    ([, , text = ""]) => text,
  );
  const prose = page.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
  const inline = Array.from(prose.matchAll(/`([^`]+)`/g), ([, text = ""]) => text.replaceAll(/\s+/g, " "));
  const lines = [...blocks.flatMap((text) => text.replaceAll("\\\n", " ").split("\n")), ...inline];
  return lines.flatMap((line) =>
    // What is quoted may contain anything.
    Array.from(line.replaceAll(/"[^"]*"|'[^']*'/g, "TEXT").matchAll(COMMAND), ([, rest = ""]) => rest.trim()),
  );
}

/** Whether words that are no subcommand go to one of them: `models sonnet` is `models list sonnet`. Commander has no getter for it. */
function hasDefault(command: Command): boolean {
  const { _defaultCommandName: name } = command as unknown as { _defaultCommandName?: string | null };
  return typeof name === "string";
}

/** @returns what the parser does not know of it; null where it knows all */
function fault(line: string): string | null {
  const words = line.split(/\s+/);
  let command: Command = program;
  const options = [...program.options];
  while (words[0] !== undefined) {
    const [word] = words;
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) break;
    command = next;
    options.push(...next.options);
    words.shift();
  }
  const [word = ""] = words;
  // Placeholders are in capitals.
  const takesWords = command.registeredArguments.length > 0 || hasDefault(command);
  if (command.commands.length > 0 && !takesWords && /^[a-z][a-z-]*$/.test(word) && word !== "help")
    return `no command '${word}'`;
  for (const each of words) {
    if (each === "--") return null;
    if (!/^-{1,2}[a-z]/.test(each)) continue;
    const name = each.replace(/[=:,.].*$/, "");
    const isKnown = options.some(({ short, long }) => short === name || long === name);
    if (!isKnown && !["--help", "-h"].includes(name)) return `no option '${name}' of '${command.name()}'`;
  }
  return null;
}

it.each(await pages())("%s shows commands and options that there are", async (name) => {
  const lines = commandLines(await readFile(new URL(name, ROOT), "utf8"));
  const faults = lines.flatMap((line) => {
    const found = fault(line);
    return found === null ? [] : [`trunkline ${line}: ${found}`];
  });
  expect(faults).toEqual([]);
});

it("finds commands and options that there are not", async () => {
  const page =
    "`trunkline sessions --al` and `trunkline sesions`\n\n```sh\ntrunkline user list --jsn   # all\n```\n";
  expect(commandLines(page).map(fault)).toEqual([
    "no option '--jsn' of 'list'",
    "no option '--al' of 'sessions'",
    "no command 'sesions'",
  ]);
});
