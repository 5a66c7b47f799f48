import { spawn } from "node:child_process";
import { once } from "node:events";
import { close, open } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { withShortLivedDirectory } from "./short-lived-directory.ts";

// Raw descriptors: a FileHandle would close its own on garbage collection, and these change owners.
export const openFd = promisify(open);
export const closeFd = promisify(close);

/** Opens the ends of new pipes by their names, which are gone afterwards. Node has no call for it. */
export async function withFifos<T>(
  count: number,
  openEnds: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  return withShortLivedDirectory("pipe", async (directory) => {
    const paths = Array.from({ length: count }, (_, index) => join(directory, `pipe-${index}`));
    const mkfifo = spawn("mkfifo", ["-m", "600", ...paths], { stdio: "ignore" });
    const [code] = (await once(mkfifo, "exit")) as [number | null];
    if (code !== 0) throw new Error(`mkfifo failed with exit code ${code}`);
    return openEnds(paths);
  });
}
