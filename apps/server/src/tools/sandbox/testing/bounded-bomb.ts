import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Past the limit of processes by half a thousand, and no more, whatever does not hold. */
const GENERATIONS = 10;
export const MAX_BOMBS = 2 ** GENERATIONS - 1;

export interface BombOptions {
  /** What the first one does once the limit has refused a process: go on with the others, or end with this exit code. */
  afterRefusal: "stay" | 0 | 1;
  /** When each of them ends by itself, in seconds; longer than the test takes to end them. */
  deadlineSeconds?: number;
}

/**
 * A command that forks as a fork bomb does and takes no TERM, and is harmless where no limit holds: each process has two
 * children at most, a bounded number of generations follow each other, and all end at one deadline. A bomb without these
 * bounds, in a test of a limit that is broken, takes down the machine that runs the test.
 *
 * Each that lives leaves a byte in the workspace. None ends before the deadline but by being killed together with all, so
 * that their number is how many there were at once.
 */
export function boundedBomb({ afterRefusal, deadlineSeconds = 20 }: BombOptions): string {
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
    children, refused = 0, False
    while generation < ${GENERATIONS} and children < 2 and time.monotonic() < deadline:
        try:
            if os.fork() == 0: return bomb(generation + 1)
            children += 1
        except BlockingIOError:
            if not refused: note("refusals")
            refused = True
            time.sleep(0.02)
    while time.monotonic() < deadline:
        if generation == 1 and ${afterRefusal === "stay" ? "False" : `os.path.exists("refusals")`}: os._exit(${afterRefusal === "stay" ? 0 : afterRefusal})
        time.sleep(0.05)

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
