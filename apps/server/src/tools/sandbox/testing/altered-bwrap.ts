import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bwrap } from "./sandbox-bench.ts";

/**
 * Creates a program named bwrap that runs the real one with altered arguments, like a careless change of ours would.
 * @param alter Body of a bash loop over the arguments: `$a` is one, `keep` keeps it, `add` adds others.
 * @returns a search path on which it comes first.
 */
export async function alteredBwrap(directory: string, alter: string): Promise<string> {
  return putBwrap(
    directory,
    `args=()
add() { args+=("$@"); }
keep() { args+=("$a"); }
for a; do
  ${alter}
done
exec ${bwrap} "\${args[@]}"`,
  );
}

export async function putBwrap(directory: string, script: string): Promise<string> {
  const programs = join(directory, "altered");
  await mkdir(programs, { recursive: true });
  await writeFile(join(programs, "bwrap"), `#!/bin/bash\n${script}\n`);
  await chmod(join(programs, "bwrap"), 0o755);
  return `${programs}:${process.env["PATH"]}`;
}
