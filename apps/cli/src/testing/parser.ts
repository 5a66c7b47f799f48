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
