import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** Identifies what a setup runs on: the system's version and its programs. Changes when one of them is replaced. */
export async function describeImage(programs: readonly { name: string; path: string }[]): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const found = await Promise.all(
    programs.map(async ({ path }) => {
      const stats = await stat(path).catch(() => null);
      return `${path} ${stats?.size} ${stats?.mtimeMs}`;
    }),
  );
  return createHash("sha256")
    .update([process.platform, process.arch, release, ...found].join("\n"))
    .digest("hex");
}
