import { once } from "node:events";
import type { Writable } from "node:stream";
import picocolors from "picocolors";

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

/** https://no-color.org, and FORCE_COLOR for `less -R`. */
export function openOutput(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  const colored = !env["NO_COLOR"] && (isTerminal || Boolean(env["FORCE_COLOR"]));
  const gone = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // `trunkline tasks | head`: the reader has what it wanted.
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    gone.abort();
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
