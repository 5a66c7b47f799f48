import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { ReadStream } from "node:tty";
import { runCli } from "../cli.ts";
import { openOutput } from "../terminal/output.ts";

export interface CapturedOptions {
  env?: Record<string, string>;
  /** What is piped in; absent for a terminal that nobody types at. */
  stdin?: string;
  /** What somebody types at a terminal that shows the standard error. */
  typed?: string;
}

/** Runs a command line in this process, with pipes for a terminal. */
export async function runCaptured(
  args: string[],
  { env = {}, stdin, typed }: CapturedOptions = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const input = new PassThrough();
  // A terminal that nobody types at, unless the test pipes something in.
  if (stdin === undefined) Object.assign(input, { isTTY: true, setRawMode: () => input });
  else input.end(stdin);
  if (typed !== undefined) input.end(typed);
  const [out, err] = [new PassThrough(), new PassThrough()];
  if (typed !== undefined) actAsTerminal(err);
  const captured = Promise.all([text(out), text(err)]);
  const exitCode = await runCli(args, {
    in: input as unknown as ReadStream,
    out: openOutput(out, env),
    err: openOutput(err, env),
    env: { TRUNKLINE_DATA_DIR: "/nowhere", ...env },
  });
  out.end();
  err.end();
  const [outText, errText] = await captured;
  return { exitCode, out: outText, err: errText };
}

/** What a spinner needs to write over itself. */
function actAsTerminal(stream: PassThrough): void {
  Object.assign(stream, {
    isTTY: true,
    columns: 80,
    cursorTo: (x: number) => cursorTo(stream, x),
    moveCursor: (x: number, y: number) => moveCursor(stream, x, y),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
  });
}
