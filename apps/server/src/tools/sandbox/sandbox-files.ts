import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCallFilter } from "./call-filter.ts";

/** Files for starting the sandbox. No command sees their directory. */
export interface SandboxFiles {
  /** The seccomp filter; null for an unsupported architecture. */
  filter: string | null;
  /** The supervisor's shell. */
  supervisor: string;
}

/**
 * Rewrites them.
 * @param directory Created.
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
  // A process whose executable its user can't read is not inspectable by that user (ptrace(2)): a command can neither
  // change the supervisor's memory nor take its descriptors.
  await chmod(supervisor, 0o100);
  return { filter: program === null ? null : filter, supervisor };
}
