import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { faultIn, parserToLookAt } from "./testing/parser.ts";

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

it.each(await pages())("%s shows commands and options that there are", async (name) => {
  const lines = commandLines(await readFile(new URL(name, ROOT), "utf8"));
  const faults = lines.flatMap((line) => {
    const found = faultIn(program, line);
    return found === null ? [] : [`trunkline ${line}: ${found}`];
  });
  expect(faults).toEqual([]);
});

it("finds commands and options that there are not", async () => {
  const page =
    "`trunkline sessions --al` and `trunkline sesions`\n\n```sh\ntrunkline user list --jsn   # all\n```\n";
  expect(commandLines(page).map((line) => faultIn(program, line))).toEqual([
    "no option '--jsn' of 'list'",
    "no option '--al' of 'sessions'",
    "no command 'sesions'",
  ]);
});
