import { readFile } from "node:fs/promises";
import { join } from "node:path";

const GENERATIONS = 9;

/** The first one has three children, each other two: a quarter thousand past the process limit, and no more. */
export const MAX_BOMBS = 1 + 3 * (2 ** (GENERATIONS - 1) - 1);

export interface BombOptions {
  /** What the first one does once the limit refuses a process: continue, or exit with this code. */
  afterRefusal: "stay" | 0 | 1;
  /** When each of them exits by itself, in seconds; longer than the test takes to end them. */
  deadlineSeconds?: number;
}

/**
 * A fork bomb that ignores TERM and is harmless if no limit holds: each process has few children, generations are
 * bounded, and all exit at one deadline and sleep until then. An unbounded bomb, in a test of a broken limit, would
 * take down the test machine.
 *
 * Each leaves a byte in the workspace once it runs. None ends before the deadline unless all are killed together, so
 * their number is how many ran at once, minus those not yet scheduled.
 */
export function boundedBomb({ afterRefusal, deadlineSeconds = 20 }: BombOptions): string {
  const first = afterRefusal === "stay" ? "False" : "generation == 1";
  const exitCode = afterRefusal === "stay" ? 0 : afterRefusal;
  return `exec python3 -c '
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deadline = time.monotonic() + ${deadlineSeconds}

def note(name):
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, b".")
    os.close(file)

def bomb(generation):
    note("bombs")
    wanted = 0 if generation == ${GENERATIONS} else 3 if generation == 1 else 2
    refused = False
    while wanted > 0 and time.monotonic() < deadline:
        try:
            if os.fork() == 0: bomb(generation + 1)
            wanted -= 1
        except BlockingIOError:
            if not refused: note("refusals")
            refused = True
            if generation == 1: break
            time.sleep(0.05)
    while ${first} and time.monotonic() < deadline:
        if os.path.exists("refusals"): os._exit(${exitCode})
        time.sleep(0.05)
    time.sleep(max(0, deadline - time.monotonic()))
    os._exit(0)

bomb(1)
'`;
}

export interface BombCount {
  /** Processes that ran at once. */
  bombs: number;
  /** Of these, how many were refused another process. */
  refusals: number;
}

export async function countBombs(workspace: string): Promise<BombCount> {
  const count = async (name: string) => (await readFile(join(workspace, name)).catch(() => "")).length;
  return { bombs: await count("bombs"), refusals: await count("refusals") };
}
