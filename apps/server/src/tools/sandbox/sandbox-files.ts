import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCallFilter } from "./call-filter.ts";

/** Files that the sandbox is started with. No command sees the directory they lie in. */
export interface SandboxFiles {
  /** The filter of system calls; null for a processor that there is none for. */
  filter: string | null;
  /** The supervisor's shell. */
  supervisor: string;
}

/**
 * Writes them anew.
 * @param directory Is made.
 * @param bash Absolute path of bash.
 */
export async function writeSandboxFiles(directory: string, bash: string): Promise<SandboxFiles> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const filter = join(directory, "call-filter");
  const program = compileCallFilter();
  if (program !== null) await writeFile(filter, program, { mode: 0o600 });
  const supervisor = join(directory, "supervisor");
  await rm(supervisor, { force: true });
  await copyFile(bash, supervisor);
  // Whom the kernel runs from a file that its user cannot read, it lets nobody of that user look into (ptrace(2)): a
  // command can neither change the supervisor's memory nor take its descriptors.
  await chmod(supervisor, 0o100);
  return { filter: program === null ? null : filter, supervisor };
}
