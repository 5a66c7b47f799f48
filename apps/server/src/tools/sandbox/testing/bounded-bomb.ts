import { readFile } from "node:fs/promises";
import { join } from "node:path";

const GENERATIONS = 9;

/** The first one has three children, each other two: past the limit of processes by a quarter thousand, and no more. */
export const MAX_BOMBS = 1 + 3 * (2 ** (GENERATIONS - 1) - 1);

export interface BombOptions {
  /** What the first one does once the limit has refused a process: go on with the others, or end with this exit code. */
  afterRefusal: "stay" | 0 | 1;
  /** When each of them ends by itself, in seconds; longer than the test takes to end them. */
  deadlineSeconds?: number;
}

/**
 * A command that forks as a fork bomb does and takes no TERM, and is harmless where no limit holds: each process has a
 * few children at most, a bounded number of generations follow each other, all end at one deadline and sleep until then.
 * A bomb without these bounds, in a test of a limit that is broken, takes down the machine that runs the test.
 *
 * Each leaves a byte in the workspace once it lives. None ends before the deadline but by being killed together with all,
 * so that their number is how many there were at once; less those who have not had a turn yet.
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
  /** Processes that there were at once. */
  bombs: number;
  /** Of these, how many wanted more and did not get it. */
  refusals: number;
}

export async function countBombs(workspace: string): Promise<BombCount> {
  const count = async (name: string) => (await readFile(join(workspace, name)).catch(() => "")).length;
  return { bombs: await count("bombs"), refusals: await count("refusals") };
}
