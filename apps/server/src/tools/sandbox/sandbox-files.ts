import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileCallFilter } from "./call-filter.ts";
import { ownKeyringProgram } from "./own-keyring.ts";

const run = promisify(execFile);

/** Files for starting the sandbox. No command sees their directory. */
export interface SandboxFiles {
  /** The seccomp filter; null for an unsupported architecture. */
  filter: string | null;
  /** Goes before bwrap and gives it a session keyring of its own; null where it can't run. */
  keyring: string | null;
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
  const keyring = await writeKeyringProgram(join(directory, "own-keyring"), bash);
  const supervisor = join(directory, "supervisor");
  await rm(supervisor, { force: true });
  await copyFile(bash, supervisor);
  // A process whose executable its user can't read is not inspectable by that user (ptrace(2)): a command can neither
  // change the supervisor's memory nor take its descriptors.
  await chmod(supervisor, 0o100);
  return { filter: program === null ? null : filter, keyring, supervisor };
}

/** @returns the path; null for a processor that there is no program for, or where files of this disk can't be run. */
async function writeKeyringProgram(path: string, bash: string): Promise<string | null> {
  const program = ownKeyringProgram();
  if (program === null) return null;
  await rm(path, { force: true });
  await writeFile(path, program, { mode: 0o500 });
  try {
    await run(path, [bash, "-c", "exit 0"], { timeout: 5_000, env: {} });
    return path;
  } catch {
    return null;
  }
}
