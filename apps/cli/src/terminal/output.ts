import { once } from "node:events";
import type { Writable } from "node:stream";
import picocolors from "picocolors";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** An output stream and how to write to it. */
export interface Output {
  readonly stream: Writable;
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
  readonly colors: Colors;
  /** Columns of the terminal; Infinity if lines may be of any length. */
  width(): number;
  /** Resolves once there is room for more (backpressure). */
  write(text: string): Promise<void>;
  /** Aborts when nobody reads it any more. */
  readonly gone: AbortSignal;
}

interface TerminalStream extends Writable {
  isTTY?: boolean;
  columns?: number;
}

/** Something was not written, though somebody wants it. */
class OutputFailedError extends Error {
  override readonly name = "OutputFailedError";

  constructor(cause: Error) {
    super(`Can't write the output: ${fileProblem(cause)}.`, { cause });
  }
}

/**
 * Waits for what the system says of the last write.
 *
 * @throws CommandError if something was not written
 */
export async function assertWritten({ gone }: Output): Promise<void> {
  await new Promise(setImmediate);
  const why: unknown = gone.reason;
  if (why instanceof OutputFailedError) throw new CommandError(EXIT.failed, why.message, { cause: why });
}

/** https://no-color.org, and FORCE_COLOR for `less -R`. */
export function openOutput(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  const colored = !env["NO_COLOR"] && (isTerminal || Boolean(env["FORCE_COLOR"]));
  const gone = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // `trunkline tasks | head`: the reader has what it wanted. `trunkline export > full-disk`: it has not.
    gone.abort(error.code === "EPIPE" || error.code === "EIO" ? undefined : new OutputFailedError(error));
  });
  return {
    stream,
    isTerminal,
    colors: picocolors.createColors(colored),
    width: () => (isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY),
    gone: gone.signal,
    async write(text) {
      if (text === "" || gone.signal.aborted || stream.write(text)) return;
      await once(stream, "drain", { signal: gone.signal }).catch((error: unknown) => {
        if (!gone.signal.aborted) throw error;
      });
    },
  };
}
