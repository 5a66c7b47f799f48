import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { ServerInfo } from "@trunkline/contract";
import { toCommandError } from "../command-error.ts";
import type { Target } from "../server/target.ts";
import type { Finding } from "./finding.ts";

const TIMEOUT_MS = 10_000;

/**
 * @param pid of the server on this machine that has the target's address; null for another's
 * @returns what can be told: a server that does not answer tells nothing else
 */
export async function checkServer(
  client: TrunklineClient,
  target: Target,
  pid: number | null,
): Promise<Finding[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const at = pid === null ? target.url : `${target.url}, pid ${pid}`;
  try {
    const info = await client.server.info.query(undefined, { signal });
    const token =
      target.tokenSource === null ? "none is needed" : `that of ${target.tokenSource} is accepted`;
    return [
      { check: "server", level: "ok", message: `${at}, version ${info.version}` },
      { check: "token", level: "ok", message: token },
      checkModel(info),
      checkSandbox(info),
    ];
  } catch (error) {
    if (signal.aborted) {
      const message = `${at} does not answer within ${TIMEOUT_MS / 1_000} s`;
      return [{ check: "server", level: "fail", message }];
    }
    const { message } = toCommandError(error, target);
    if (!isApiError(error, "unauthorized")) return [{ check: "server", level: "fail", message }];
    return [
      { check: "server", level: "ok", message: at },
      { check: "token", level: "fail", message },
    ];
  }
}

export function checkModel({ model, demo }: Pick<ServerInfo, "model" | "demo">): Finding {
  return demo
    ? {
        check: "model",
        level: "warn",
        message: `${model}: answers are scripted; give the server a provider's key`,
      }
    : { check: "model", level: "ok", message: model };
}

export function checkSandbox({ sandbox: { mode, active, reason } }: Pick<ServerInfo, "sandbox">): Finding {
  if (active) return { check: "sandbox", level: "ok", message: `commands of tasks run in it (${mode})` };
  const why = reason ?? (mode === "off" ? "it is turned off" : "the server does not say why");
  return { check: "sandbox", level: "warn", message: `commands of tasks have none: ${why}` };
}
