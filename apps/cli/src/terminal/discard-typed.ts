/** Nobody in the middle of typing pauses this long between keys, in ms. */
export const QUIET_MS = 700;

const CTRL_C = "\u0003";
const CTRL_Z = "\u001a";

/**
 * Discards typed input until nothing has arrived for a moment. A terminal buffers what is typed while nobody reads; raw
 * mode returns it, whether or not Enter was pressed.
 *
 * The terminal stays in raw mode for the next reader.
 *
 * @returns `left` if the terminal is gone or Ctrl-C was pressed
 */
export async function discardTyped(
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<"quiet" | "left" | "withdrawn"> {
  const { promise, resolve } = Promise.withResolvers<"quiet" | "left" | "withdrawn">();
  let isOver = false;
  const quiet = setTimeout(() => {
    isOver = true;
    // A process that was held up finds the time over before it has read what was typed meanwhile: one look at that first.
    setImmediate(() => {
      if (isOver) resolve("quiet");
    });
  }, QUIET_MS);
  const onData = (data: Buffer | string): void => {
    isOver = false;
    const keys = data.toString();
    if (keys.includes(CTRL_C)) {
      resolve("left");
      process.kill(process.pid, "SIGINT");
    } else if (keys.includes(CTRL_Z)) {
      suspend(stdin);
    }
    quiet.refresh();
  };
  const onEnd = (): void => resolve("left");
  const onAbort = (): void => resolve("withdrawn");
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  stdin.setRawMode(true);
  stdin.on("data", onData).on("end", onEnd).resume();
  try {
    const outcome = await promise;
    if (outcome !== "quiet") stdin.setRawMode(false);
    return outcome;
  } finally {
    clearTimeout(quiet);
    signal.removeEventListener("abort", onAbort);
    stdin.off("data", onData).off("end", onEnd).pause();
  }
}

/** Ctrl-Z, an ordinary key in raw mode. */
export function suspend(stdin: NodeJS.ReadStream): void {
  process.once("SIGCONT", () => stdin.setRawMode(true));
  stdin.setRawMode(false);
  process.kill(process.pid, "SIGTSTP");
}
