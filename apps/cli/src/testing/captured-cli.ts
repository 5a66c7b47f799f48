import { tmpdir } from "node:os";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { ReadStream } from "node:tty";
import { runCli } from "../cli.ts";
import { openOutput } from "../terminal/output.ts";

export interface CapturedOptions {
  env?: Record<string, string>;
  /** Piped input; absent: an idle terminal. */
  stdin?: string;
}

/** Runs a command line in this process, with pipes for a terminal. */
export async function runCaptured(
  args: string[],
  { env = {}, stdin }: CapturedOptions = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const input = new PassThrough();
  // An idle terminal, unless the test pipes something in.
  if (stdin === undefined) Object.assign(input, { isTTY: true, setRawMode: () => input });
  else input.end(stdin);
  const [out, err] = [new PassThrough(), new PassThrough()];
  const captured = Promise.all([text(out), text(err)]);
  const exitCode = await runCli(args, {
    in: input as unknown as ReadStream,
    out: openOutput(out, env),
    err: openOutput(err, env),
    env: { TRUNKLINE_DATA_DIR: "/nowhere", ...env },
    // In no repository, which `run` would offer to use.
    cwd: tmpdir(),
    program: ["trunkline"],
  });
  out.end();
  err.end();
  const [outText, errText] = await captured;
  return { exitCode, out: outText, err: errText };
}
