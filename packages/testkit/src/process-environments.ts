import { readdir, readFile } from "node:fs/promises";

const commandLine = (pid: number): Promise<string> =>
  // Gone meanwhile.
  readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");

/**
 * Environments of all descendants of a process, from `/proc`; but for those that it has forked and that do not run their own
 * program yet: they still have everything of its own.
 */
export async function environmentsBelow(pid: number): Promise<Map<number, string>> {
  const own = await commandLine(pid);
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // Gone meanwhile.
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = Number(/^.*\) \S (\d+)/s.exec(stat)?.[1]);
    if (parent > 0) parents.set(Number(name), parent);
  }
  const found = new Map<number, string>();
  for (const [candidate] of parents) {
    for (let at = parents.get(candidate); at !== undefined; at = parents.get(at)) {
      if (at !== pid) continue;
      if ((await commandLine(candidate)) === own) break;
      const environment = await readFile(`/proc/${candidate}/environ`, "latin1").catch(() => "");
      if (environment !== "") found.set(candidate, environment.replaceAll("\0", "\n"));
      break;
    }
  }
  return found;
}
