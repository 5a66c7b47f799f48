import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import { buildProgram } from "../program.ts";
import { ServerClock } from "../server/server-clock.ts";
import { openOutput } from "../terminal/output.ts";

/** The command line's parser, to look at: nothing that it prints is read. */
export function parserToLookAt(): Command {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  return buildProgram({
    terminal: {
      in: input as unknown as ReadStream,
      out: openOutput(new PassThrough(), {}),
      err: openOutput(new PassThrough(), {}),
      env: {},
      cwd: "/",
      program: ["trunkline"],
    },
    clock: new ServerClock(),
    options: {},
    target: null,
    exitCode: EXIT.completed,
  });
}

/** Whether words that are no subcommand go to one of them: `models sonnet` is `models list sonnet`. Commander has no getter for it. */
function hasDefault(command: Command): boolean {
  const { _defaultCommandName: name } = command as unknown as { _defaultCommandName?: string | null };
  return typeof name === "string";
}

/** @returns what the parser does not know of a line's words; null where it knows all */
export function faultIn(program: Command, line: string): string | null {
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
