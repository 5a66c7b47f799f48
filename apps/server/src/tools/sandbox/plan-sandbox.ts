import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxPlan } from "./bwrap-arguments.ts";
import { writeIdentity } from "./identity.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { writeSandboxFiles } from "./sandbox-files.ts";
import { findSystemMounts } from "./system-mounts.ts";

/** Directory below the data directory for the sandbox's own files; no command sees it. */
export function sandboxDirectory(dataDir: string): string {
  return join(dataDir, "sandbox");
}

/** Determines once what this machine shows to commands without a network. */
export async function planSandbox(options: {
  /** Must exist. */
  dataDir: string;
  /** Must exist if given. */
  sharedDir?: string;
  /** What else to show, read-only; see `findHostToolchains`. */
  toolchains: readonly string[];
  /** Absolute path of bash. */
  bash: string;
  limits?: SandboxLimits;
}): Promise<SandboxPlan> {
  const { toolchains, bash, limits = DEFAULT_LIMITS } = options;
  const dataDir = await realpath(options.dataDir);
  const sharedDir = await realpath(options.sharedDir ?? options.dataDir);
  const system = await findSystemMounts({ network: false });
  const [identity, files] = await Promise.all([
    writeIdentity(sandboxDirectory(dataDir), { network: false }),
    writeSandboxFiles(sandboxDirectory(dataDir), bash),
  ]);
  return {
    system,
    toolchains,
    identity,
    limits,
    files,
    dataDir,
    hidden: [...new Set([dataDir, sharedDir])],
  };
}

/** The same with the machine's own network. */
export async function withNetwork(plan: SandboxPlan): Promise<SandboxPlan> {
  const [system, identity] = await Promise.all([
    findSystemMounts({ network: true }),
    writeIdentity(sandboxDirectory(plan.dataDir), { network: true }),
  ]);
  return { ...plan, system, identity };
}
