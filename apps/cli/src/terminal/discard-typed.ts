/** Nobody who is in the middle of typing pauses for so long at a key. In milliseconds. */
const QUIET_MS = 700;

const CTRL_C = "\u0003";
const CTRL_Z = "\u001a";

/**
 * Throws away what has been typed, up to the moment at which nothing has come for a while. A terminal keeps what was
 * typed while nobody read it; reading it key by key brings that to light, finished line or not.
 *
 * The terminal is left in that mode, for whoever reads next.
 *
 * @returns `left` where the terminal is gone or Ctrl-C was pressed
 */
export async function discardTyped(
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<"quiet" | "left" | "withdrawn"> {
  const { promise, resolve } = Promise.withResolvers<"quiet" | "left" | "withdrawn">();
  const quiet = setTimeout(() => resolve("quiet"), QUIET_MS);
  const onData = (data: Buffer | string): void => {
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

/** Ctrl-Z, which is a key like any other while keys are read one by one. */
function suspend(stdin: NodeJS.ReadStream): void {
  process.once("SIGCONT", () => stdin.setRawMode(true));
  stdin.setRawMode(false);
  process.kill(process.pid, "SIGTSTP");
}
