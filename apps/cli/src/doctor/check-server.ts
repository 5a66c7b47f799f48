import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { ModelList, ServerInfo } from "@trunkline/contract";
import packageJson from "../../package.json" with { type: "json" };
import { toCommandError } from "../command-error.ts";
import type { Target } from "../server/target.ts";
import { formatSize } from "../terminal/size.ts";
import { formatDuration } from "../terminal/duration.ts";
import { type Finding, nameSome } from "./finding.ts";

const TIMEOUT_MS = 10_000;

/**
 * @param pid of the server, if it runs on this machine
 * @returns the findings, only one if the server does not answer; and the models that it has
 */
export async function checkServer(
  client: TrunklineClient,
  target: Target,
  { pid, command }: { pid: number | null; command: (...words: string[]) => string },
): Promise<{ findings: Finding[]; models: ModelList | null }> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const at = pid === null ? target.url : `${target.url}, pid ${pid}`;
  try {
    const info = await client.server.info.query(undefined, { signal });
    const { agents } = await client.agent.list.query(undefined, { signal });
    const models = await client.model.list.query(undefined, { signal });
    const token = target.tokenSource === null ? "not required" : `${target.tokenSource} is accepted`;
    const findings: Finding[] = [
      checkVersion(at, info.version),
      { check: "token", level: "ok", message: token },
      checkModel(info, models),
      checkSandbox(info),
      ...(info.network === undefined ? [] : [checkNetwork(info.network, info.sandbox)]),
      ...(info.git === undefined ? [] : [checkGit(info.git)]),
      // Earlier versions do not tell.
      ...(info.toolchains === undefined ? [] : [checkToolchains(info.toolchains)]),
      ...checkAgents(agents),
      ...(info.disk === undefined ? [] : [checkDiskBudget(info.disk)]),
      // Earlier versions have none.
      ...(info.consumers ?? []).map(checkConsumer),
    ];
    return { findings, models };
  } catch (error) {
    if (signal.aborted) {
      const message = `${at} did not answer within ${TIMEOUT_MS / 1_000} s`;
      return { findings: [{ check: "server", level: "fail", message }], models: null };
    }
    const { message } = toCommandError(error, target, command);
    const findings: Finding[] = isApiError(error, "unauthorized")
      ? [
          { check: "server", level: "ok", message: at },
          { check: "token", level: "fail", message },
        ]
      : [{ check: "server", level: "fail", message }];
    return { findings, models: null };
  }
}

/** Which agents beside the built-in one can be used, and what the others lack; nothing where there is none. */
export function checkAgents(agents: readonly { name: string; needs?: string | null }[]): Finding[] {
  const others = agents.filter(({ name }) => name.startsWith("acp:"));
  const ready = others.filter(({ needs }) => needs === null).map(({ name }) => name);
  if (ready.length === 0) return [];
  const lacking = others.flatMap(({ name, needs }) => (typeof needs === "string" ? `${name}: ${needs}` : []));
  const message = [`${ready.join(", ")} can be used`, ...lacking].join("; ");
  return [{ check: "agents", level: "ok", message }];
}

/** Client and server come from one package; other versions work, but not all of them. */
export function checkVersion(at: string, version: string): Finding {
  const message = `${at}, version ${version}`;
  return version === packageJson.version
    ? { check: "server", level: "ok", message }
    : {
        check: "server",
        level: "warn",
        message: `${message}; this command is version ${packageJson.version}. Use the same one on both sides`,
      };
}

/** Whether the default model's server, where it is one that lists its models, answers and has it. */
export function checkModel(
  { model, demo }: Pick<ServerInfo, "model" | "demo">,
  { models, providers }: Pick<ModelList, "models" | "providers">,
): Finding {
  const check = "model";
  if (demo) return { check, level: "warn", message: `${model}: scripted answers, no API key set` };
  const name = model.slice(0, model.indexOf(":"));
  const isReachable = providers.find((provider) => provider.name === name)?.isReachable ?? null;
  if (isReachable === false) {
    const message = `${model}: ${name} does not list its models. Check that it runs, and its address and key in the server's settings`;
    return { check, level: "warn", message };
  }
  const listed = models.filter(({ provider }) => provider === name).map((each) => each.name);
  // Ollama lists the tag that it adds to a name without one.
  const isListed = listed.includes(model) || listed.includes(`${model}:latest`);
  if (isReachable !== true || isListed) return { check, level: "ok", message: model };
  const others = listed.length === 0 ? "it has none" : `it has ${nameSome(listed)}`;
  const message = `${model}: ${name} lists no such model; ${others}. Get it there, or set another TRUNKLINE_MODEL`;
  return { check, level: "warn", message };
}

export function checkSandbox({ sandbox: { mode, active, reason } }: Pick<ServerInfo, "sandbox">): Finding {
  if (active) return { check: "sandbox", level: "ok", message: `commands run in a sandbox (mode ${mode})` };
  const why = reason ?? (mode === "off" ? "turned off" : "reason unknown");
  return { check: "sandbox", level: "warn", message: `commands are not sandboxed: ${why}` };
}

const REACHED: Readonly<Record<string, string>> = {
  off: "commands reach nothing, unless their project says otherwise",
  allowlist: "commands reach listed hosts",
  on: "commands reach whatever this machine does, its private network included",
};

export function checkNetwork(
  network: NonNullable<ServerInfo["network"]>,
  { active }: Pick<ServerInfo["sandbox"], "active">,
): Finding {
  if (!active)
    return { check: "network", level: "warn", message: "commands reach whatever this machine does" };
  const reached = REACHED[network];
  const message = reached === undefined ? network : `${network}: ${reached}`;
  return { check: "network", level: network === "on" ? "warn" : "ok", message };
}

export function checkGit({ version, reason }: NonNullable<ServerInfo["git"]>): Finding {
  if (version !== null) return { check: "git", level: "ok", message: version };
  return { check: "git", level: "warn", message: `no projects: ${reason ?? "reason unknown"}` };
}

export function checkToolchains(programs: NonNullable<ServerInfo["toolchains"]>): Finding {
  if (programs.length === 0) {
    return {
      check: "toolchains",
      level: "warn",
      message: "commands find neither compilers nor interpreters",
    };
  }
  const message = programs.map(({ name, path }) => `${name} (${path})`).join(", ");
  return { check: "toolchains", level: "ok", message };
}

/** From this share on the server warns. */
const SCARCE = 0.8;

export function checkDiskBudget({ usedBytes, budgetBytes }: NonNullable<ServerInfo["disk"]>): Finding {
  const check = "disk budget";
  if (usedBytes === null)
    return { check, level: "ok", message: `${formatSize(budgetBytes)}, not measured yet` };
  const share = usedBytes / budgetBytes;
  const message = `${formatSize(usedBytes)} of ${formatSize(budgetBytes)} used (${Math.round(share * 100)} %)`;
  if (share < SCARCE) return { check, level: "ok", message };
  const hint = "make room: trunkline retention, trunkline vacuum";
  return share < 1
    ? { check, level: "warn", message: `${message}; ${hint}` }
    : { check, level: "fail", message: `${message}: new tasks are refused; ${hint}` };
}

/** Longer than a restart of the database, or of the node that feeds it, takes. */
const MAX_LAG_MS = 60_000;

export function checkConsumer({
  name,
  waiting,
  lagMs,
  failures,
}: NonNullable<ServerInfo["consumers"]>[number]): Finding {
  if (lagMs <= MAX_LAG_MS && failures === 0) {
    return { check: "consumer", level: "ok", message: `${name} is up to date` };
  }
  const failed = failures === 0 ? "" : `; it failed ${failures} times in a row, see the server's log`;
  const behind = `${name} is ${waiting} events behind, the oldest ${formatDuration(lagMs)} old${failed}`;
  return { check: "consumer", level: "warn", message: behind };
}
