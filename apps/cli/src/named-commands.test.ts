import { glob, readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import type { ReadStream } from "node:tty";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { EXIT } from "./exit-code.ts";
import { buildProgram } from "./program.ts";
import { ServerClock } from "./server/server-clock.ts";
import { openOutput } from "./terminal/output.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Decisions tell what was once; a test may name what does not exist. */
const LEFT_OUT = /node_modules|\/dist\/|\.next|docs\/decisions|\.test\.tsx?$|\/testing\//;
const TEXTS = ["*.md", "docs/**/*.md", "{apps,packages}/*/*.md", "{apps,packages}/*/src/**/*.{ts,tsx}"];

/** In a text: after a backtick, a prompt or as a line of its own. */
const WRITTEN = /(?:`|^ {0,4}(?:\$ )?(?:sudo (?:-u \S+ )?)?|npx )trunkline((?: +[^\s`'"|;&#()\\]+)+)/gm;
/** In the source: what the commands' own hints are made of. */
const MADE = /\b(?:hints\(context\)|command|again|hint)\(((?:\s*"[^"]*",?)+)/g;

it("every command and option that a text of the product or the docs names exists", async () => {
  const program = buildProgram(emptyContext());
  const faults: string[] = [];
  let count = 0;
  for await (const path of glob(TEXTS, { cwd: ROOT })) {
    if (LEFT_OUT.test(path)) continue;
    const text = await readFile(`${ROOT}${path}`, "utf8");
    const written = [...text.matchAll(WRITTEN)].map(([, line = ""]) => line.trim().split(/ +/));
    const made = path.startsWith("apps/cli/")
      ? [...text.matchAll(MADE)].map(([, list = ""]) =>
          [...list.matchAll(/"([^"]*)"/g)].map(([, one = ""]) => one),
        )
      : [];
    for (const words of [...written, ...made]) {
      // Names of other things, such as connections, are made so.
      if (words.some((word) => word.includes("${"))) continue;
      count++;
      const fault = faultIn(program, words);
      if (fault !== null) faults.push(`${path}: trunkline ${words.join(" ")}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(200);
});

function faultIn(program: Command, words: readonly string[]): string | null {
  let command = program;
  const path = [program];
  for (const word of words) {
    if (word.startsWith("--") && word.length > 2) {
      const name = /^--[a-z][a-z-]*/.exec(word)?.[0];
      const known = path.flatMap(({ options }) => options.map(({ long }) => long));
      if (name !== undefined && name !== "--help" && !known.includes(name)) return `no option ${name}`;
      continue;
    }
    if (command.commands.length === 0 || !/^[a-z][a-z-]*$/.test(word)) continue;
    if (word === "help") return null;
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined && takesArguments(command)) return null;
    if (next === undefined) return `no command ${word}`;
    command = next;
    path.push(next);
  }
  return null;
}

/** Itself, or by a subcommand that need not be named. */
function takesArguments(command: Command): boolean {
  const { _defaultCommandName: name } = command as Command & { _defaultCommandName?: string | null };
  const stands = command.commands.find((one) => one.name() === name) ?? command;
  return stands.parent !== null && stands.registeredArguments.length > 0;
}

function emptyContext(): Parameters<typeof buildProgram>[0] {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  return {
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
  };
}
