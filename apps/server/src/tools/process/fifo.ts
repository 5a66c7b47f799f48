import { spawn } from "node:child_process";
import { once } from "node:events";
import { close, open } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

// Raw descriptors: a FileHandle would close its own on garbage collection, and these change owners.
export const openFd = promisify(open);
export const closeFd = promisify(close);

/** Opens the ends of new pipes by their names, which are gone afterwards. Node has no call for it. */
export async function withFifos<T>(
  count: number,
  openEnds: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-pipe-"));
  try {
    const paths = Array.from({ length: count }, (_, index) => join(directory, `pipe-${index}`));
    const mkfifo = spawn("mkfifo", ["-m", "600", ...paths], { stdio: "ignore" });
    const [code] = (await once(mkfifo, "exit")) as [number | null];
    if (code !== 0) throw new Error(`mkfifo failed with exit code ${code}`);
    return await openEnds(paths);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
