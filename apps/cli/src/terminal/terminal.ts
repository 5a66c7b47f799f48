import { programWords } from "./command-line.ts";
import { openOutput, type Output } from "./output.ts";

/** What a command reads and writes: results go to `out`, everything else to `err`. */
export interface Terminal {
  readonly in: NodeJS.ReadStream;
  readonly out: Output;
  readonly err: Output;
  /** Where the command was started. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The words that start this program, for hints that can be pasted. */
  readonly program: readonly string[];
}

export function processTerminal(): Terminal {
  const env = process.env;
  return {
    in: process.stdin,
    out: openOutput(process.stdout, env),
    err: openOutput(process.stderr, env),
    cwd: process.cwd(),
    env,
    program: programWords(process.argv[1] ?? "trunkline", env),
  };
}
