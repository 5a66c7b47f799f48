import { readFile } from "node:fs/promises";
import type { ServerInfo } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Config } from "../../config/config.ts";
import type { ProcessLedger, Spawner } from "../port.ts";
import { createBareSpawner } from "../process/bare-spawner.ts";
import { refusedBecause, soloSpawner } from "../process/solo-spawner.ts";
import type { NoteUse } from "./disk-watch.ts";
import { findProgram } from "./find-program.ts";
import { laterSpawner } from "./later-spawner.ts";
import { planSandbox, withNetwork } from "./plan-sandbox.ts";
import { type ProbeResult, probeSandbox } from "./probe.ts";
import { canLimitNamespace } from "./process-namespace.ts";
import { processRoom } from "./process-shares.ts";
import { createSandboxSpawner } from "./sandbox-spawner.ts";
import { isShortage } from "./shortage.ts";

export interface SandboxChoice {
  spawner: Spawner;
  /** Current state. */
  state(): Promise<ServerInfo["sandbox"]>;
}

/**
 * Decides how commands run: in the sandbox if the probe passes, otherwise on the bare machine, with a warning; not at all as
 * long as the machine is too short of something to tell. Call once at the start, after leftovers of an earlier run were ended.
 * @throws Error if the sandbox is required but does not work; the message says what to do.
 */
export async function openSandbox(options: {
  sandbox: Pick<Config["sandbox"], "mode">;
  dataDir: string;
  sharedDir?: string;
  owner: string;
  ledger: ProcessLedger;
  /** Search path of the commands. */
  path: string;
  /** What commands see beside the system's directories; absent: nothing. */
  toolchains?: readonly string[];
  /** Knows what each owner's directories take together; absent: there is no limit. */
  noteUse?: NoteUse;
  /** Whether the server has more than one user: then nothing runs without a sandbox. */
  isShared: () => Promise<boolean>;
  logger: Logger;
}): Promise<SandboxChoice> {
  const { sandbox, isShared, logger } = options;
  const { mode } = sandbox;
  const bare = (reason: string): SandboxChoice => {
    logger.warn(
      { reason },
      "COMMANDS RUN WITHOUT A SANDBOX: they can read and write all that the server can",
    );
    return {
      spawner: soloSpawner(createBareSpawner(options), isShared, reason),
      state: async () => {
        const isRefused = await isShared();
        return {
          mode,
          active: false,
          reason: isRefused ? `commands are refused: ${refusedBecause(reason)}` : reason,
        };
      },
    };
  };
  if (mode === "off") return bare("TRUNKLINE_SANDBOX is off");
  const { spawner, probe } = await trialOf(options);
  if (spawner !== null && probe.available) {
    return { spawner, state: async () => ({ mode, active: true, reason: null }) };
  }
  const reason = probe.reason ?? "it is not available";
  if (mode === "auto" && probe.isShort === true) {
    logger.error({ reason }, "COMMANDS ARE REFUSED until their sandbox can be set up");
    const later = laterSpawner(async () => {
      const again = await trialOf(options);
      if (again.spawner !== null && again.probe.available) return again.spawner;
      throw new Error(again.probe.reason);
    }, reason);
    return {
      spawner: later,
      state: async () => {
        const { missing } = later;
        return {
          mode,
          active: missing === null,
          reason: missing && `commands are refused until it can be set up: ${missing}`,
        };
      },
    };
  }
  if (mode === "auto") return bare(reason);
  throw new Error(
    `TRUNKLINE_SANDBOX is 'required', but there is no sandbox: ${reason}. ` +
      "Fix that, or set it to 'auto' to run commands without a sandbox",
  );
}

interface TrialOptions {
  dataDir: string;
  sharedDir?: string;
  owner: string;
  ledger: ProcessLedger;
  path: string;
  toolchains?: readonly string[];
  noteUse?: NoteUse;
}

interface Trial {
  spawner: Spawner | null;
  probe: ProbeResult;
}

async function trialOf(options: TrialOptions): Promise<Trial> {
  try {
    return await trySandbox(options);
  } catch (error) {
    if (!(error instanceof Error) || !isShortage(error)) throw error;
    return { spawner: null, probe: { available: false, reason: error.message, isShort: true } };
  }
}

async function trySandbox(options: TrialOptions): Promise<Trial> {
  const { dataDir, sharedDir, owner, ledger, path, toolchains = [], noteUse } = options;
  const unavailable = (reason: string) => ({ spawner: null, probe: { available: false, reason } });
  if (process.platform !== "linux") return unavailable("bubblewrap needs Linux");
  const [bwrap, bash] = await Promise.all([findProgram("bwrap", path), findProgram("bash", path)]);
  if (bwrap === null) return unavailable("bubblewrap (bwrap) is not installed");
  if (bash === null) return unavailable("bash is not installed");
  const isRoot = process.getuid?.() === 0;
  const processLimit = isRoot && canLimitNamespace() ? "namespace" : "user";
  const plan = await planSandbox({
    dataDir,
    ...(sharedDir !== undefined && { sharedDir }),
    toolchains,
    bash,
  });
  const networkPlan = await withNetwork(plan);
  const spawner = createSandboxSpawner({
    bwrap,
    bash,
    plan,
    networkPlan,
    processLimit,
    processRoom: await processRoom(),
    owner,
    ledger,
    noteUse,
  });
  const probe = await probeSandbox(spawner, plan, { path, processLimit });
  if (probe.reason === undefined) return { spawner, probe };
  return { spawner, probe: { ...probe, reason: await explain(probe.reason, { isRoot }) } };
}

/** Settings of kernels and distributions that forbid what bwrap needs. */
const SWITCHES: readonly { file: string; forbids: string; hint: string }[] = [
  { file: "kernel/unprivileged_userns_clone", forbids: "0", hint: "kernel.unprivileged_userns_clone is 0" },
  {
    file: "kernel/apparmor_restrict_unprivileged_userns",
    forbids: "1",
    hint: "kernel.apparmor_restrict_unprivileged_userns is 1 (bwrap needs an AppArmor profile that allows userns)",
  },
  { file: "user/max_user_namespaces", forbids: "0", hint: "user.max_user_namespaces is 0" },
];

async function explain(reason: string, { isRoot }: { isRoot: boolean }): Promise<string> {
  if (/unknown option/i.test(reason)) return `${reason} (bubblewrap 0.8 or newer is needed)`;
  if (isRoot && reason === "processes have no limit") {
    return `${reason}: before Linux 6.14 the kernel exempts root; run the server as an ordinary user`;
  }
  const hints: string[] = [];
  for (const { file, forbids, hint } of SWITCHES) {
    const value = await readFile(`/proc/sys/${file}`, "utf8").catch(() => "");
    if (value.trim() === forbids) hints.push(hint);
  }
  return hints.length === 0 ? reason : `${reason} (${hints.join("; ")})`;
}
