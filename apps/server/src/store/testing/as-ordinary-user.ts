import { execFileSync } from "node:child_process";

const NOBODY = 65_534;

/**
 * Runs a module's function in a process of an ordinary user, to whom modes mean something, and gives that user the directory.
 * @param args as JSON has them
 */
export function asOrdinaryUser(
  directory: string,
  module: URL,
  call: string,
  ...args: readonly unknown[]
): void {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, directory]);
  execFileSync("chmod", ["755", directory]);
  const script = `const loaded = await import(${JSON.stringify(module.href)});
    ${isRoot ? `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});` : ""}
    await loaded.${call}(...${JSON.stringify(args)});`;
  execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: "/" });
}
