import { mkdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningProcess, Spawner } from "../port.ts";
import type { SandboxPlan } from "./bwrap-arguments.ts";
import { lastProcessId } from "./limits.ts";
import { sandboxDirectory } from "./plan-sandbox.ts";
import { CHECKED, probeScript } from "./probe-script.ts";
import { isShortage } from "./shortage.ts";

export interface ProbeResult {
  /** Whether every promise holds. */
  available: boolean;
  /** Why not. */
  reason?: string;
  /** Whether that is for lack of something, such as room on the disk: then nobody knows what holds. */
  isShort?: boolean;
}

/**
 * Timeout of the probe's command, in ms. It takes about fifty, and on a machine with far too much to do two hundred times as long;
 * giving up would let commands run without a sandbox from then on.
 */
const PROBE_LIMIT_MS = 60_000;

/** Maximum bytes of the probe's output to read. */
const MAX_OUTPUT = 8_192;

const NAMESPACES = ["user", "pid", "net", "ipc", "uts", "mnt"];

/** Runs a command in a real sandbox that tries to escape. */
export async function probeSandbox(
  spawner: Spawner,
  plan: SandboxPlan,
  options: { path: string; processLimit: "user" | "namespace" },
): Promise<ProbeResult> {
  const directory = sandboxDirectory(plan.dataDir);
  const workspace = join(directory, "probe");
  const canary = join(directory, "canary");
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  await writeFile(canary, "", { mode: 0o600 });
  const script = probeScript({
    canary,
    namespaces: await ownNamespaces(),
    limits: plan.limits,
    isFiltered: plan.files.filter !== null,
    lastPid: options.processLimit === "namespace" ? lastProcessId(plan.limits) : null,
  });
  let output = "";
  try {
    const running = await spawner.spawn({
      argv: ["bash", "--noprofile", "--norc", "-c", script],
      cwd: workspace,
      environment: { PATH: options.path },
      network: "off",
      onOutput: (bytes) => {
        if (output.length < MAX_OUTPUT) output += Buffer.from(bytes).toString();
      },
    });
    await withinLimit(running);
    const said = output.trim().split("\n");
    const isComplete = said.pop() === CHECKED;
    if (!isComplete) said.push("the probe did not come to its end");
    if (isComplete && !(await isThere(join(workspace, ".trunkline-probe")))) {
      said.push("what is written into the workspace is lost");
    }
    return said.length === 0 ? { available: true } : { available: false, reason: said.join("; ") };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { available: false, reason, isShort: isShortage(error) };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function withinLimit(running: RunningProcess): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, PROBE_LIMIT_MS);
  await Promise.race([running.exited, late.promise]);
  clearTimeout(timer);
  await running.end();
}

async function ownNamespaces(): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(
      NAMESPACES.map(async (name) => [name, await readlink(`/proc/self/ns/${name}`)] as const),
    ),
  );
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
