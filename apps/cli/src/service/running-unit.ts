import { readFileSync } from "node:fs";
import { commandLine } from "../terminal/command-line.ts";
import type { Manager } from "./unit.ts";

/** A unit of systemd's that a process belongs to. */
export interface RunningUnit {
  manager: Manager;
  /** Such as `trunkline.service`. */
  name: string;
}

/** @returns the service that the process is in; null: none, or this is no Linux */
export function serviceOf(pid: number): RunningUnit | null {
  try {
    return serviceIn(readFileSync(`/proc/${pid}/cgroup`, "utf8"));
  } catch {
    // It has ended, or there is no /proc.
    return null;
  }
}

/**
 * @param cgroups lines of cgroups(7), `id:controllers:path`
 * @returns the service; null for sessions of a terminal, which are scopes, and for services that only run those, such as ssh's
 */
export function serviceIn(cgroups: string): RunningUnit | null {
  for (const line of cgroups.split("\n")) {
    const path = line.split(":").slice(2).join(":");
    const units = path.split("/").filter((part) => part.endsWith(".service"));
    const last = path.split("/").at(-1);
    const name = units.at(-1);
    if (name === undefined || name !== last || !/^trunkline\b/.test(name)) continue;
    return { manager: units.length > 1 && units[0]?.startsWith("user@") ? "user" : "system", name };
  }
  return null;
}

/** The line, for a shell, that does this with the unit. */
export function systemctlLine({ manager, name }: RunningUnit, verb: "stop" | "start"): string {
  return commandLine([...(manager === "user" ? ["systemctl", "--user"] : ["sudo", "systemctl"]), verb, name]);
}
