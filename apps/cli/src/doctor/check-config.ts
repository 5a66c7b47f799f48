import { join } from "node:path";
import { present } from "../server/data-dir.ts";
import { localPath } from "../server/local-path.ts";
import type { Finding } from "./finding.ts";

/** What this machine's trunkline.config.json says, and each fault in it. Nothing where there is none. */
export async function checkConfig(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  // Loaded lazily, because the schemas take a while.
  const { checkConfigFile } = await import("@trunkline/server/config-file");
  const named = present(env["TRUNKLINE_CONFIG_FILE"]);
  const path = configFileOf(dataDir, env);
  const isSet = (name: string): boolean =>
    present(env[name]) !== undefined || present(env[`${name}_FILE`]) !== undefined;
  const found = await checkConfigFile(path, isSet);
  if (found === null) {
    return named === undefined
      ? []
      : [finding("fail", `TRUNKLINE_CONFIG_FILE names ${path}, which does not exist`)];
  }
  if ("faults" in found) return found.faults.map((fault) => finding("fail", `${path}: ${fault}`));
  const { sections, unset } = found;
  const sets = sections.length === 0 ? "sets nothing" : `sets ${sections.join(", ")}`;
  if (unset.length === 0) return [finding("ok", `${path} ${sets}`)];
  return [
    finding(
      "warn",
      `${path} ${sets}; not set in this shell, so the server needs it in its own: ${unset.join(", ")}`,
    ),
  ];
}

/** Where the server of this data directory has its file. */
export function configFileOf(dataDir: string, env: Readonly<Record<string, string | undefined>>): string {
  const named = present(env["TRUNKLINE_CONFIG_FILE"]);
  return named === undefined ? join(dataDir, "trunkline.config.json") : localPath(named);
}

function finding(level: Finding["level"], message: string): Finding {
  return { check: "config file", level, message };
}
